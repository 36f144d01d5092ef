"""Human commits: out of JSON in all its variants, by prefix, and out of git."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.errors import InputError, RepositoryError
from core.models import HumanCommit
from core.readers import read_runs
from tests.core.runs_on_disk import BASE, DIFF, HUMAN, commit_record, write, write_attempt

OTHER = "8aa1485f" + "0" * 32


def read_commit(root: Path, record: object) -> HumanCommit:
    """The commit of an attempt for HUMAN, with `record` in HUMAN's file."""
    write_attempt(root / "runs/item")
    write(root / f"commits/{HUMAN}.json", record)
    return read_runs(root).commits[HUMAN]


def test_every_field_of_a_commit_file(tmp_path: Path) -> None:
    commit = read_commit(tmp_path, commit_record())
    assert (commit.sha, commit.parent) == (HUMAN, BASE)
    assert (commit.subject, commit.message) == ("Make it fast", "Make it fast\n\nBecause.")
    assert commit.date == datetime(2025, 5, 1, 10, 29, 1, tzinfo=UTC)
    assert commit.files == ("a.py",)
    assert commit.diff is not None
    assert commit.diff.read() == DIFF


@pytest.mark.parametrize("diff", ["diff_text", "patch", "diff"])
def test_names_of_the_fields_vary(tmp_path: Path, diff: str) -> None:
    record = {
        "head_commit": HUMAN,
        "parent_commit": BASE,
        "subject": "Make it fast",
        "files_changed": "['a.py', 'b c.py']",
        "date": "2025-05-01",
        diff: DIFF,
    }
    commit = read_commit(tmp_path, record)
    assert (commit.subject, commit.parent) == ("Make it fast", BASE)
    assert commit.files == ("a.py", "b c.py")
    assert commit.date == datetime(2025, 5, 1, tzinfo=UTC)
    assert commit.diff is not None
    assert commit.diff.read() == DIFF


@pytest.mark.parametrize("value", [None, 7, "", [], {}, "[__import__('os')]", "[" * 9999, [None]])
def test_any_value_in_a_commit_file(tmp_path: Path, value: object) -> None:
    record = dict.fromkeys(commit_record(), value)
    commit = read_commit(tmp_path, record)
    assert (commit.sha, commit.files, commit.parent) == (HUMAN, (), None)


@pytest.mark.parametrize("text", ["Thu May 1 03:29:01 2025 -0700", "2025-05-01 03:29:01 -0700"])
def test_forms_of_a_date(tmp_path: Path, text: str) -> None:
    commit = read_commit(tmp_path, commit_record(commit_date=text))
    assert commit.date == datetime(2025, 5, 1, 10, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize("content", ["", "[]", "{}", "{", b"\xff"])
def test_a_broken_commit_file_is_named(tmp_path: Path, content: Any) -> None:
    commit = read_commit(tmp_path, content)
    assert commit == HumanCommit(HUMAN)
    problems = {problem.path for problem in read_runs(tmp_path).problems}
    assert problems == {f"commits/{HUMAN}.json", HUMAN}


def test_only_commits_of_attempts_are_listed(tmp_path: Path) -> None:
    write(tmp_path / f"commits/{BASE}.json", commit_record(BASE))
    read_commit(tmp_path, commit_record())
    assert list(read_runs(tmp_path).commits) == [HUMAN]


def test_abbreviated_ids_resolve_by_prefix_in_both_directions(tmp_path: Path) -> None:
    write_attempt(tmp_path / "runs/short", commits={"human": HUMAN[:8]})
    write_attempt(tmp_path / "runs/unnamed_8aa1485f", commits=None)
    write_attempt(tmp_path / "runs/dated-20260427", commits=None)
    write_attempt(tmp_path / "runs/other", commits={"human": BASE})
    write(tmp_path / f"commits/{HUMAN}.json", commit_record())
    write(tmp_path / f"commits/{BASE[:9]}.json", commit_record(BASE[:9]))
    runs = read_runs(tmp_path)
    human = {attempt.item: attempt.reference_sha for attempt in runs.attempts}
    assert human["short"] == human["unnamed_8aa1485f"] == HUMAN
    assert human["other"] == BASE
    assert human["dated-20260427"] == ""
    assert runs.commits[BASE].sha == BASE
    assert runs.commits[BASE].diff is not None
    assert [problem.reason for problem in runs.problems] == ["some attempts name no human commit"]


def test_an_ambiguous_id_is_left_and_named(tmp_path: Path) -> None:
    write_attempt(tmp_path / "runs/short", commits={"human": HUMAN[:8]})
    for sha in (HUMAN, OTHER):
        write(tmp_path / f"commits/{sha}.json", commit_record(sha))
    runs = read_runs(tmp_path)
    assert runs.attempts[0].reference_sha == HUMAN[:8]
    reasons = [problem.reason for problem in runs.problems if problem.path == HUMAN[:8]]
    assert reasons[0] == "is a prefix of several human commits"


def test_missing_commits_are_named_once_each_and_all_missing_once(tmp_path: Path) -> None:
    for number, sha in enumerate([HUMAN, HUMAN, BASE]):
        write_attempt(tmp_path / f"runs/{number}", commits={"human": sha})
    (problem,) = read_runs(tmp_path).problems
    assert "no human commit was found for any of 2 ids" in problem.reason
    write(tmp_path / f"commits/{BASE}.json", commit_record(BASE))
    (problem,) = read_runs(tmp_path).problems
    assert (problem.path, problem.reason[:15]) == (HUMAN, "no human commit")


def test_commits_named_by_the_user_come_first(tmp_path: Path) -> None:
    read_commit(tmp_path, commit_record(commit_subject="beside"))
    named = write(tmp_path / "other.jsonl", commit_record(commit_subject="named"))
    assert read_runs(tmp_path, commits=[named]).commits[HUMAN].subject == "named"
    nothing = write(tmp_path / "notes.json", {"a": 1})
    with pytest.raises(InputError, match="no human commits were found"):
        read_runs(tmp_path, commits=[nothing])


@pytest.fixture
def history(tmp_path: Path) -> tuple[Path, str, str]:
    """A repository with a work tree, and the ids of its last commit and of the one before."""
    repository = tmp_path / "history"
    repository.mkdir()

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(repository), *arguments], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    git("init", "-q", "-b", "main")
    for number in (1, 2):
        write(repository / "a.py", f"x = {number}\n")
        git("add", "a.py")
        git("commit", "-q", "-m", f"Make it {number}\n\nBecause.")
    git("clone", "-q", "--bare", str(repository), str(tmp_path / "bare.git"))
    git("bundle", "create", "-q", str(tmp_path / "history.bundle"), "main")
    return repository, git("rev-parse", "HEAD"), git("rev-parse", "HEAD~1")


@pytest.mark.parametrize("form", ["history", "bare.git", "history.bundle"])
def test_commits_out_of_git(tmp_path: Path, history: tuple[Path, str, str], form: str) -> None:
    _, head, parent = history
    write_attempt(tmp_path / "runs/0", commits={"human": head[:8]})
    write_attempt(tmp_path / "runs/1", commits={"human": parent})
    runs = read_runs(tmp_path / "runs", repository=tmp_path / form)
    commit = runs.commits[head]
    assert (runs.attempts[0].reference_sha, commit.parent) == (head, parent)
    assert (commit.subject, commit.date is not None) == ("Make it 2", True)
    assert commit.diff is not None
    assert "-x = 1\n+x = 2\n" in commit.diff.read()
    first = runs.commits[parent].diff
    assert first is not None
    assert "+x = 1\n" in first.read()
    assert runs.problems == ()


def test_git_completes_what_a_file_lacks_and_no_more(
    tmp_path: Path, history: tuple[Path, str, str]
) -> None:
    repository, head, parent = history
    write_attempt(tmp_path / "runs/0", commits={"human": head})
    record = commit_record(head, parent_hash=None, diff_text="", commit_date=None)
    write(tmp_path / f"runs/commits/{head}.json", record)
    commit = read_runs(tmp_path / "runs", repository=repository).commits[head]
    assert (commit.subject, commit.parent, commit.files) == ("Make it fast", parent, ("a.py",))
    assert commit.date is not None
    assert commit.diff is not None
    assert "+x = 2\n" in commit.diff.read()


@pytest.mark.parametrize("form", ["bare.git", "history.bundle"])
def test_a_repository_among_the_runs_is_used_by_itself(
    tmp_path: Path, history: tuple[Path, str, str], form: str
) -> None:
    _, head, _ = history
    write_attempt(tmp_path / "runs/0", commits={"human": head[:8]})
    (tmp_path / form).rename(tmp_path / "runs" / form)
    runs = read_runs(tmp_path / "runs")
    assert list(runs.commits) == [head]
    assert runs.commits[head].subject == "Make it 2"


def test_a_named_repository_that_is_none_is_an_error(tmp_path: Path) -> None:
    write_attempt(tmp_path / "runs/0")
    with pytest.raises(RepositoryError):
        read_runs(tmp_path / "runs", repository=tmp_path / "runs")


def test_git_is_not_imported_without_a_repository(tmp_path: Path) -> None:
    write_attempt(tmp_path / "runs/0")
    code = (
        "import sys, pathlib; from core.readers import read_runs; "
        "read_runs(pathlib.Path(sys.argv[1])); "
        "print([n for n in ('git', 'core.git.repository', 'openai', 'tinydb') if n in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
