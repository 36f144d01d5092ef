"""`patchjury merge`: a colleague's runs folder, store and export become part of one's own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from core.records import replace
from core.session import open_session
from core.store import Store
from tests.support.command import command
from tests.support.runs import build_runs
from tests.support.store_writer import verdict


def stored(runs: Path) -> set[str]:
    """The ids of all verdicts stored beside runs."""
    histories = Store(runs / ".patchjury").load().verdicts.values()
    return {one.id for history in histories for one in history}


def test_stores_and_exports_are_merged_and_doing_it_again_adds_nothing(tmp_path: Path) -> None:
    mine = build_runs(tmp_path / "mine")
    hers = tmp_path / "hers"
    shutil.copytree(mine, hers)
    attempt = open_session(mine).triage.run_set.attempts[0]
    for runs, name in ((mine, "mine"), (hers, "hers")):
        told = replace(verdict(name, attempt.key), reviewer=name)
        Store(runs / ".patchjury").add_verdicts(attempt.reference_sha, [told])
    third = tmp_path / "third.json"
    assert command("export", hers, "--to", third).returncode == 0
    done = command("merge", mine, hers, third)
    assert done.returncode == 0, done.stderr
    assert f"{hers}: 1 verdict new; 0 records already here\n" in done.stdout
    assert f"{third}: nothing new; 1 record already here\n" in done.stdout
    assert stored(mine) == {"vmine", "vhers"}
    again = command("merge", mine, hers / ".patchjury", "--json")
    (entry,) = json.loads(again.stdout)["merged"]
    assert (entry["added"], entry["known"]) == ({}, 1)
    assert stored(hers) == {"vhers"}


def test_what_has_no_place_is_told_and_the_exit_code_says_so(tmp_path: Path) -> None:
    mine = build_runs(tmp_path / "mine")
    hers = Store(tmp_path / "hers")
    hers.add_verdicts("abcd", [verdict("a")])
    with (tmp_path / "hers" / "commits" / "abcd.jsonl").open("ab") as file:
        file.write(b"torn\n")
    done = command("merge", mine, tmp_path / "hers")
    assert done.returncode == 1
    assert "line 3: it is torn" in done.stderr
    assert stored(mine) == {"va"}
    (tmp_path / "empty").mkdir()
    for other in ("empty", "nowhere"):
        assert command("merge", mine, tmp_path / other).returncode == 2
