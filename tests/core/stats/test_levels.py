"""Levels: how far attempts and commits get, and that unknown stays unknown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.assess.outcome import assess
from core.models import (
    Assessment,
    Attempt,
    CheckReport,
    Criteria,
    Execution,
    PatchEvidence,
    PatchState,
)
from core.readers import read_runs
from core.session import open_session
from core.stats.levels import CONDITIONS, Level, count_levels

WHOLE = PatchEvidence(PatchState.WHOLE)

REPOSITORY = os.environ.get("PATCHJURY_BENCH_REPO")  # tests themselves see no such variable


def known(
    key: str,
    commit: str,
    *,
    marked: bool | None = True,
    code: int | None = 0,
    state: PatchState = PatchState.WHOLE,
    applies: bool | None = None,
    facts: Criteria = Criteria(),  # noqa: B008 (a record that does not change)
) -> Assessment:
    attempt = Attempt(
        key,
        commit,
        marked_success=marked,
        patch=PatchEvidence(state),
        execution=Execution(returncode=code),
    )
    return assess(attempt, report=CheckReport(key, facts, measures={"applies": applies}))


def levels(*of: Assessment) -> dict[str, Level]:
    return {level.name: level for level in count_levels(of)}


def test_a_level_needs_all_before_it() -> None:
    good = Criteria(syntax_correct=True, files_match=True)
    found = levels(
        known("a", "x", applies=True, facts=good),
        known("b", "x", code=1, applies=True, facts=good),
        known("c", "y", marked=False, applies=True, facts=good),
    )
    assert (found["marked"].attempts.yes, found["marked"].commits.yes) == (2, 1)
    assert found["return code 0"].reached == ("a",)
    assert found["same files"].reached == ("a",)
    assert found["same files"].commits.no == 1


def test_unknown_is_neither_yes_nor_no() -> None:
    found = levels(known("a", "x"), known("b", "x", code=None, applies=False), known("c", "y"))
    assert found["return code 0"].unknown == ("b",)
    assert found["return code 0"].commits.yes == 2, "any attempt is enough"
    assert found["applies"].unknown == ("a", "c"), "b does not apply, whatever its code was"
    assert (found["applies"].attempts.low, found["applies"].attempts.high) == (0, 2 / 3)
    assert found["applies"].commits.unknown == 2


def test_a_cut_patch_is_no_whole_evidence() -> None:
    found = levels(known("a", "x", state=PatchState.CUT), known("b", "x", state=PatchState.EMPTY))
    assert found["patch"].reached == ("a",)
    assert found["evidence whole"].attempts.no == 2
    unreadable = levels(known("a", "x", state=PatchState.UNREADABLE))
    assert unreadable["patch"].unknown == unreadable["evidence whole"].unknown == ("a",)


def test_that_nobody_judged_says_nothing_of_the_attempt() -> None:
    facts = Criteria(True, True, True, True, False)
    found = levels(known("a", "x", applies=True, facts=facts))
    assert found["judged or reviewed"].attempts.unknown == 1
    assert found["complete"].attempts.unknown == 1


def test_an_attempt_that_names_no_commit_counts_for_none() -> None:
    found = levels(known("a", ""), known("b", "x"))
    assert found["marked"].attempts.yes == 2
    assert found["marked"].commits.total == 1
    assert list(found) == list(CONDITIONS)


def counts(level: Level) -> tuple[int, int]:
    return level.attempts.yes, level.commits.yes


def test_the_first_levels_of_the_published_attempts(shared: Path) -> None:
    """The 95.8 % of the published analysis are 92 of 96 commits with an attempt marked success."""
    runs = read_runs(shared / "isobench/analysis_reports/all_attempts_comprehensive.json")
    found = levels(*(assess(attempt) for attempt in runs.attempts))
    assert counts(found["marked"]) == (134, 92)
    assert counts(found["patch"]) == (133, 91)
    assert counts(found["return code 0"]) == (68, 46)
    assert counts(found["evidence whole"]) == (33, 24)


def test_all_levels_of_the_published_attempts(shared: Path, tmp_path: Path) -> None:
    """Needs the vLLM repository (CONTRIBUTING.md); one file of them has no parser here."""
    repository = REPOSITORY
    if not repository:
        pytest.skip("needs PATCHJURY_BENCH_REPO, a bare clone of vLLM")
    runs = shared / "isobench/analysis_reports/all_attempts_comprehensive.json"
    command = ["check", str(runs), "--repo", repository, "--db", str(tmp_path / "db")]
    subprocess.run([sys.executable, "-m", "tui.cli", *command], check=True, capture_output=True)
    session = open_session(runs, repository=Path(repository), db=tmp_path / "db")
    session.take_in_reports()
    found = levels(*session.triage.assessments())
    assert counts(found["applies"]) == (33, 24)
    parses, same = found["parses"], found["same files"]
    assert parses.attempts.yes + parses.attempts.unknown >= 30 and parses.attempts.unknown <= 2
    assert parses.commits.yes + parses.commits.unknown >= 24
    assert same.attempts.yes <= 27 <= same.attempts.yes + same.attempts.unknown
    assert same.commits.yes <= 21 <= same.commits.yes + same.commits.unknown
