"""Faulty journals, references, outputs of evaluators and stores by the thousand: nothing raises."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import PatchjuryError
from core.models import Assignment, Outcome, Verdict
from core.readers.load import READER_FAILED
from core.session import open_session
from core.store import Store
from tests.conftest import ROOT
from tests.support.runs import SHAS, build_runs
from tests.trials.conftest import Report
from tests.trials.file_mutants import mutant

MUTANTS = 5_000
LONGEST_SECONDS = 2.0


def _store(runs: Path) -> None:
    """Verdicts of two reviewers, facts and an assignment beside the runs."""
    session = open_session(runs, reviewer="ann")
    keys = [attempt.key for attempt in session.triage.run_set.attempts]
    for key in keys:
        session.triage.decide(key, outcome=Outcome.FAILURE, note="nöte", tags=("later",))
    session.triage.save()
    store, now = session.triage.store, datetime(2026, 5, 1, tzinfo=UTC)
    other = Verdict("v", keys[0], "bob", now, outcome=Outcome.TRUE_SUCCESS)
    store.add(SHAS[0], [other, Assignment("a", keys[0], "ann", now, "plan", "bob")])


def _use(runs: Path) -> str:
    """Open and count, as every command does first; what it says when it refuses."""
    try:
        session = open_session(runs, reviewer="ann")
        session.take_in_reports()
        session.statistics()
        session.triage.progress()
        for known in session.triage.assessments():
            session.triage.same_patch(known.attempt.key)
        assert not any(READER_FAILED in problem.reason for problem in session.triage.problems)
        return "problems" if session.triage.problems else "clean"
    except PatchjuryError:
        return "refused"


def _run(kinds: dict[str, Path], folder: Path, count: int, seed: int) -> tuple[Counter[str], float]:
    """Put a fault into one file after another; what became of each, and the slowest."""
    rng = random.Random(seed)
    said: Counter[str] = Counter()
    slowest = 0.0
    names = sorted(kinds)
    copies = {name: folder / name for name in names}
    for name in names:
        shutil.copytree(kinds[name], copies[name])
        _use(copies[name])  # imports do not count
    for _ in range(count):
        name = rng.choice(names)
        files = sorted(p for p in copies[name].rglob("*") if p.is_file() and p.suffix != ".bundle")
        path = rng.choice(files)
        before = path.read_bytes()
        path.write_bytes(mutant(rng, before))
        start = time.process_time()
        try:
            said[_use(copies[name])] += 1
        except BaseException as error:
            error.add_note(
                f"{name}: {path.relative_to(copies[name])}: {path.read_bytes()[:3000]!r}"
            )
            raise
        slowest = max(slowest, time.process_time() - start)
        path.write_bytes(before)
    return said, slowest


@pytest.mark.timeout(3600)
def test_journals_references_and_outputs(tmp_path: Path, report: Report) -> None:
    kinds = {p.name: p for p in (ROOT / "tests/cases/formats").iterdir() if p.is_dir()}
    kinds["iso"] = build_runs(tmp_path / "made")
    kinds["sample"] = ROOT / "sample_runs"
    said, slowest = _run(kinds, tmp_path / "copies", MUTANTS, 4)
    assert slowest < LONGEST_SECONDS
    report(f"{MUTANTS} faulty inputs: {dict(said)}, none raised, the slowest took {slowest:.2f} s")


@pytest.mark.timeout(3600)
def test_stores(tmp_path: Path, report: Report) -> None:
    runs = build_runs(tmp_path / "runs")
    _store(runs)
    (tmp_path / "only").mkdir()
    shutil.move(runs / ".patchjury", tmp_path / "only/.patchjury")
    rng, said, slowest = random.Random(5), Counter[str](), 0.0
    store = runs / ".patchjury"
    files = sorted(p for p in (tmp_path / "only/.patchjury").rglob("*") if p.is_file())
    for number in range(MUTANTS):
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(tmp_path / "only/.patchjury", store)
        path = store / rng.choice(files).relative_to(tmp_path / "only/.patchjury")
        path.write_bytes(mutant(rng, path.read_bytes()))
        start = time.process_time()
        try:
            said[_use(runs)] += 1
            if number % 10 == 0:
                Store(store).repair()
        except PatchjuryError:
            said["not repaired"] += 1
        except BaseException as error:
            error.add_note(f"{path.relative_to(store)}: {path.read_bytes()[:3000]!r}")
            raise
        slowest = max(slowest, time.process_time() - start)
    assert slowest < LONGEST_SECONDS
    report(f"{MUTANTS} faulty stores: {dict(said)}, none raised, the slowest took {slowest:.2f} s")
