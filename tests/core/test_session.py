"""Patches on the base files of a session: hunks where git puts them, results beside each other."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from core.errors import ExportError
from core.models import Outcome
from core.patch.align import align
from core.patch.parse import parse_patch
from core.readers import Looks
from core.run_index.asked import Asked
from core.session import Session, counting, open_session
from core.stats.patch_facts import read_patch_facts
from tests.support.runs import BASE, HUMAN, SHAS, build_runs, unified, write_attempt, write_commit


@pytest.fixture
def repository(tmp_path: Path) -> tuple[Path, str]:
    """A repository with one commit, and its id."""
    folder = tmp_path / "repository"
    (folder / "engine").mkdir(parents=True)
    (folder / "engine/core.py").write_text(BASE, "utf-8")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "base")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    command = ["git", "rev-parse", "HEAD"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return folder, done.stdout.strip()


def session_of(tmp_path: Path, repository: tuple[Path, str], human: str, attempt: str) -> Session:
    folder, sha = repository
    runs = tmp_path / "runs"
    write_commit(runs / "commits", SHAS[0], "One", human, ["engine/core.py"])
    path = runs / "commits" / f"{SHAS[0]}.json"
    path.write_text(path.read_text("utf-8").replace("0" * 40, sha), "utf-8")
    write_attempt(
        runs,
        "repo/codex/m/2025-01-02_03-04-05/item-0",
        SHAS[0],
        attempt,
        commits={"pre": sha, "human": SHAS[0]},
    )
    return open_session(runs, repository=folder)


def test_hunks_stand_where_git_puts_them(tmp_path: Path, repository: tuple[Path, str]) -> None:
    stated = unified(BASE, HUMAN).replace("@@ -7,7 +7,7 @@", "@@ -107,7 +107,7 @@")
    session = session_of(tmp_path, repository, unified(BASE, HUMAN), stated)
    patch = session.on_base(parse_patch(stated), repository[1])
    assert [hunk.old_start for file in patch.files for hunk in file.hunks] == [7]
    (file,) = align(parse_patch(unified(BASE, HUMAN)), patch).files
    assert (file.counts.matched, file.counts.attempt_only, file.base_conflict) == (2, 0, None)
    assert patch.files[0].hunks[0].offset == -100
    assert session.on_base(parse_patch(stated), None).files[0].hunks[0].old_start == 107


def test_the_result_of_a_human_diff_that_lost_its_end(
    tmp_path: Path, repository: tuple[Path, str]
) -> None:
    human = unified(BASE, HUMAN)
    other = HUMAN.replace("value_30 = 30\n", "value_30 = 31\n")
    session = session_of(tmp_path, repository, human.strip(), unified(BASE, other))
    attempt, commit = session.triage.run_set.attempts[0], session.triage.run_set.commits[SHAS[0]]
    patch = session.result(attempt, commit)
    assert [file.path for file in patch.files] == ["engine/core.py"]
    assert "-value_30 = 30" in patch.lines and "+value_30 = 31" in patch.lines


def test_figures_are_of_the_moment_they_were_asked_for_while_verdicts_go_on(
    tmp_path: Path, repository: tuple[Path, str]
) -> None:
    session = session_of(tmp_path, repository, unified(BASE, HUMAN), unified(BASE, HUMAN))
    triage = session.triage
    key = triage.run_set.attempts[0].key
    for blind, outcome in ((False, Outcome.FAILURE), (True, Outcome.TRUE_SUCCESS)):
        triage.view.blind = blind
        before, count = session.statistics(), counting(session)
        triage.decide(key, outcome=outcome)
        assert count() == before
        assert session.statistics() != before


def test_an_export_of_remembered_runs_reads_them_first(tmp_path: Path) -> None:
    root = build_runs(tmp_path / "runs")
    session = open_session(root)
    session.remembered = Asked(str(root))
    assert session.export(tmp_path / "one.json") == 5
    assert session.remembered is None

    session.remembered = Asked(str(root))
    journal = min(root.rglob("journal.json"))
    journal.write_text(journal.read_text("utf-8").replace("success", "timeout"), "utf-8")
    with pytest.raises(ExportError, match="not as they were remembered"):
        session.export(tmp_path / "two.json")
    assert not (tmp_path / "two.json").exists()


def test_figures_of_patches_that_were_looked_at_in_passing_are_those_of_reading_them(
    tmp_path: Path,
) -> None:
    root = build_runs(tmp_path / "runs")
    own = unified("", "a\n", "model_patch.diff")
    write_attempt(root, "repo/codex/gpt-5/2025-02-02_00-00-00/own", SHAS[0], own)
    patch = {"exists": True, "size_bytes": len(own) + 9, "content": own}  # cut
    record = {"run_id": "r", "item_id": "i", "commit": SHAS[0], "patch": patch}
    more = [{**record, "item_id": f"{n}", "patch": {"content": f"+é{n}"}} for n in range(2)]
    (root / "attempts.json").write_text(json.dumps([record, *more], ensure_ascii=False))
    looks: Looks = {}
    passing = open_session(root, looks=looks)
    assert len(looks) == 7
    found = counting(passing)(read_patch_facts(passing.run_set.attempts, looks))
    assert found == open_session(root).statistics()
    assert (found.patches_read, found.own_diff_patches, found.distinct_patches) == (7, 2, 5)
