"""Facts of a check with the repository, in all that is done without it afterwards."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.checks import inputs
from core.checks.pipeline import check_runs
from core.models import FactCounts
from core.session import Session, open_session
from tests.support.runs import BASE, HUMAN, unified, write_attempt

RUN = "repo/codex/gpt-5/2025-01-02_03-04-05"


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """A repository with a base commit and the human's on it."""
    folder = tmp_path / "engine"
    (folder / "engine").mkdir(parents=True)
    subprocess.run(["git", "init", "-q", folder], check=True)
    for text in (BASE, HUMAN):
        (folder / "engine" / "core.py").write_text(text, "utf-8")
        for words in (["add", "-A"], ["commit", "-qm", "Make ten larger"]):
            subprocess.run(["git", "-C", str(folder), *words], check=True)
    return folder


def git(engine: Path, name: str) -> str:
    """The id of a commit."""
    command = ["git", "-C", str(engine), "rev-parse", name]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def runs(tmp_path: Path, engine: Path) -> Path:
    """Two attempts, one of which breaks the file far from its hunks; no parent is recorded."""
    root, human = tmp_path / "runs", git(engine, "HEAD")
    record = {"commit_hash": human, "commit_subject": "x", "diff_text": unified(BASE, HUMAN)}
    (root / "commits").mkdir(parents=True)
    (root / "commits" / f"{human}.json").write_text(json.dumps(record), "utf-8")
    broken = BASE.replace("value_20 = 20\n", "value_20 = (20\n")
    for item, after in (("item-0000", HUMAN), ("item-0001", broken)):
        patch = unified(BASE, after, context=1)
        pre = git(engine, "HEAD~1")
        write_attempt(root, f"{RUN}/{item}", human, patch, commits={"pre": pre, "human": human})
    return root


def check(runs: Path, repository: Path | None = None) -> int:
    """Check everything; returns how many attempts were recomputed."""
    session = open_session(runs, repository=repository)
    with ThreadPoolExecutor(1) as pool:
        done = check_runs(
            session.triage.run_set, session.triage.store, repository=repository, executor=pool
        )
        return sum(not one.reused for one in done)


def known(runs: Path, repository: Path | None = None) -> Session:
    """A session with the stored facts."""
    session = open_session(runs, repository=repository)
    session.take_in_reports()
    return session


def syntax(session: Session) -> list[bool | None]:
    """What is known of the syntax of each attempt."""
    return [known.criteria.syntax_correct for known in session.triage.assessments()]


def test_what_was_found_with_the_repository_holds_without_it(runs: Path, engine: Path) -> None:
    assert syntax(known(runs)) == [None, None]
    assert known(runs).fact_counts == FactCounts(none=2)
    assert check(runs, engine) == 2
    for repository in (None, engine):
        session = known(runs, repository)
        assert syntax(session) == [True, False]
        assert session.fact_counts == FactCounts(hold=2)
    assert check(runs) == 0  # nor is it replaced by what is found without
    assert syntax(known(runs)) == [True, False]
    assert known(runs).statistics().check_reports == FactCounts(hold=2)


def test_facts_without_the_repository_are_made_stronger_when_it_is_there(
    runs: Path, engine: Path
) -> None:
    assert check(runs) == 2
    assert syntax(known(runs)) == [None, None]
    assert known(runs, engine).fact_counts == FactCounts(hold=2)  # weak, and not wrong
    assert check(runs, engine) == 2
    assert check(runs, engine) == 0
    assert syntax(known(runs)) == [True, False]


def test_a_longer_prompt_keeps_the_facts_on_the_code(runs: Path, engine: Path) -> None:
    check(runs, engine)
    with (runs / "state" / "runs" / RUN / "item-0001" / "prompt.json").open("a") as file:
        file.write(" ")
    session = known(runs)
    assert syntax(session) == [True, False]
    assert session.fact_counts == FactCounts(hold=1, stale=1)
    assert check(runs) == 1
    assert syntax(known(runs)) == [True, False]
    assert known(runs).fact_counts == FactCounts(hold=2)


def test_another_python_keeps_the_facts_that_do_not_rest_on_it(
    runs: Path, engine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(runs, engine)
    monkeypatch.setattr(inputs, "engine", lambda: "python 3.99")
    session = known(runs)
    assert session.fact_counts == FactCounts(stale=2)
    assert syntax(session) == [None, None]
    first, second = session.triage.assessments()
    assert (first.criteria.files_match, second.criteria.files_match) == (True, True)
    assert first.report is not None
    assert first.report.measures["applies"] is True


def test_a_changed_patch_loses_its_own_facts(runs: Path, engine: Path) -> None:
    check(runs, engine)
    patch = runs / "state" / "runs" / RUN / "item-0001" / "model_patch.diff"
    patch.write_text(unified(BASE, BASE.replace("value_20 = 20\n", "value_20 = 21\n")), "utf-8")
    session = known(runs)
    assert syntax(session) == [True, None]
    assert session.fact_counts == FactCounts(hold=1, stale=1)
