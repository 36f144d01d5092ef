"""The rule `applies.no`: true, false or unknown, and where a patch fails."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.checks import check_attempt
from core.checks.context import CommitContext, Context
from core.git.repository import Repository
from core.models import Attempt, CheckReport, HumanCommit, PatchEvidence, PatchState, Severity, Side
from core.sources import FileText

LINES = [f"line {n}" for n in range(1, 31)]
GOOD = "--- a/f.py\n+++ b/f.py\n@@ -9,3 +9,3 @@\n line 9\n-line 10\n+ten\n line 11\n"
SECOND = "@@ -20,3 +20,3 @@\n line 20\n-line 99\n+x\n line 22\n"


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    tree = tmp_path / "work"
    subprocess.run(["git", "init", "-q", tree], check=True)
    (tree / "f.py").write_text("\n".join([*LINES, ""]), "utf-8")
    subprocess.run(["git", "add", "."], cwd=tree, check=True)
    subprocess.run(["git", "commit", "-qm", "base"], cwd=tree, check=True)
    with Repository.open(tree) as opened:
        yield opened


def _head(repository: Repository) -> str:
    command = ["git", "-C", str(repository.path), "rev-parse", "HEAD"]
    done = subprocess.run(command, check=True, capture_output=True)
    return done.stdout.decode().strip()


def _report(
    tmp_path: Path,
    text: str,
    repository: Repository | None,
    state: PatchState = PatchState.WHOLE,
    base: str | None = None,
) -> CheckReport:
    path = tmp_path / "model_patch.diff"
    path.write_text(text, "utf-8")
    evidence = PatchEvidence(state, FileText(str(path)), len(text), len(text))
    base = base or (_head(repository) if repository else "1" * 40)
    shared = CommitContext(HumanCommit("2" * 40), base, repository)
    attempt = Attempt("run/item", "2" * 40, base=base, patch=evidence)
    return check_attempt(Context(attempt, shared), families=("applies",))


def test_a_patch_that_applies_is_no_finding(tmp_path: Path, repository: Repository) -> None:
    report = _report(tmp_path, GOOD, repository)
    assert report.measures == {"applies": True}
    assert report.findings == ()


def test_a_failing_hunk_is_named_with_its_lines(tmp_path: Path, repository: Repository) -> None:
    report = _report(tmp_path, GOOD + SECOND, repository)
    assert report.measures == {"applies": False}
    (finding,) = report.findings
    assert finding.rule == "applies.no"
    assert finding.severity is Severity.ERROR
    assert not finding.certain
    assert finding.message == "hunk 2 does not match at base line 20 (patch line 8)"
    assert (finding.file, finding.line, finding.side) == ("f.py", 20, Side.BASE)


@pytest.mark.parametrize("text", ["no diff at all\n", GOOD[:-9], SECOND])
def test_what_git_cannot_read_does_not_apply(
    tmp_path: Path, repository: Repository, text: str
) -> None:
    report = _report(tmp_path, text, repository)
    assert report.measures["applies"] is False
    assert len(report.findings) == 1


def test_an_empty_patch_does_not_apply_but_is_not_found_twice(
    tmp_path: Path, repository: Repository
) -> None:
    report = _report(tmp_path, "\n", repository, PatchState.EMPTY)
    assert report.measures == {"applies": False}
    assert report.findings == ()


def test_unknown_is_said_with_its_reason(tmp_path: Path, repository: Repository) -> None:
    def unknown(report: CheckReport) -> object:
        assert report.measures["applies"] is None
        assert report.findings == ()
        return report.measures["applies.unknown"]

    assert unknown(_report(tmp_path, GOOD, None)) == "no repository was given"
    assert unknown(_report(tmp_path, GOOD, repository, PatchState.CUT)) == "the patch is cut"
    missing = _report(tmp_path, GOOD, repository, PatchState.MISSING)
    assert unknown(missing) == "there is no readable patch"
    elsewhere = unknown(_report(tmp_path, GOOD, repository, base="3" * 40))
    assert elsewhere == f"the repository does not contain {'3' * 40}"
