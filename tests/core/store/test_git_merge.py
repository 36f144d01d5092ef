"""Two reviewers, two branches, real git: their stores merge without a conflict or a loss."""

from __future__ import annotations

import subprocess
from pathlib import Path

from core.models import Judgement, JudgementState
from core.store import Store
from core.store.identity import read_known
from tests.support.store_writer import verdict

SHA = "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"
OTHER = "0ec82edda59aaf5cf3b07aadf4ecce1aa1131add"


def git(folder: Path, *words: str) -> str:
    """What git says in a folder; it must succeed."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commit(folder: Path, message: str) -> None:
    """Commit everything."""
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)


def stored(folder: Path) -> set[str]:
    """The ids of everything in the store of a runs folder that has no problems."""
    contents = Store(folder / ".patchjury").load()
    assert contents.problems == ()
    verdicts = {v.id for history in contents.verdicts.values() for v in history}
    return verdicts | {j.id for history in contents.judgements.values() for j in history}


def two_reviewers(tmp_path: Path, *, begun: bool) -> tuple[Path, Path]:
    """A repository of runs and a clone of it, with a store that was begun before the cloning."""
    mine, hers = tmp_path / "mine", tmp_path / "hers"
    mine.mkdir()
    git(mine, "init", "-q", "-b", "main")
    (mine / "journal.json").write_text("{}", encoding="utf-8")
    if begun:
        Store(mine / ".patchjury").add_verdicts(SHA, [verdict("first")])
    commit(mine, "runs")
    git(tmp_path, "clone", "-q", str(mine), str(hers))
    return mine, hers


def merge(mine: Path, hers: Path) -> None:
    """Merge the clone's branch into the first."""
    git(mine, "pull", "-q", "--no-rebase", "--no-edit", str(hers), "main")


def test_two_branches_of_one_store_merge(tmp_path: Path) -> None:
    mine, hers = two_reviewers(tmp_path, begun=True)
    for folder, name in ((mine, "mine"), (hers, "hers")):
        store = Store(folder / ".patchjury")
        for number in range(5):
            store.add_verdicts(SHA, [verdict(f"{name}{number}", note="x" * number)])
            store.add_verdicts(OTHER, [verdict(f"{name}-other{number}", "run/1")])
        store.add_judgements(SHA, [Judgement(f"j-{name}", "run/0", JudgementState.REFUSED)])
        store.append_lines("ledger.jsonl", [f'{{"call": "{name}"}}'])
        commit(folder, name)
    expected = stored(mine) | stored(hers)
    merge(mine, hers)
    assert stored(mine) == expected
    assert len(expected) == 23
    store = Store(mine / ".patchjury")
    assert store.add_verdicts(SHA, [verdict("after")]) == 1
    commit(mine, "after")
    merge(hers, mine)
    assert stored(hers) == expected | {"vafter"}


def test_two_stores_that_were_begun_apart_merge_and_keep_both_ids(tmp_path: Path) -> None:
    mine, hers = two_reviewers(tmp_path, begun=False)
    for folder, name in ((mine, "mine"), (hers, "hers")):
        Store(folder / ".patchjury").add_verdicts(SHA, [verdict(name)])
        commit(folder, name)
    own_ids = Store(mine / ".patchjury").load().ids + Store(hers / ".patchjury").load().ids
    merge(mine, hers)
    assert stored(mine) == {"vmine", "vhers"}
    contents = Store(mine / ".patchjury").load()
    assert sorted(contents.ids) == sorted(own_ids)
    assert sorted(contents.written_by.values()) == sorted(own_ids)
    assert set(own_ids) == set(read_known().made)


def test_locks_and_drafts_are_not_committed(tmp_path: Path) -> None:
    mine, _ = two_reviewers(tmp_path, begun=True)
    files = git(mine, "ls-files").split()
    assert sorted(files) == sorted(
        [
            "journal.json",
            ".patchjury/.gitattributes",
            ".patchjury/.gitignore",
            ".patchjury/store.jsonl",
            f".patchjury/commits/{SHA}.jsonl",
        ]
    )
