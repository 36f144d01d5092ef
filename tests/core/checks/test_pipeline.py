"""Many attempts: what is computed again, what is kept, and what a crash costs."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.checks import registry
from core.checks.check_document import attempt_entry, check_frame
from core.checks.inputs import rules_here
from core.checks.pipeline import Checked, check_runs
from core.checks.worker import ATTEMPT_SECONDS
from core.models import Attempt, CheckReport, Execution, LoadProblem, PatchState, RunSet
from core.records import replace
from core.store import Store
from tests.core.checks.check_samples import (
    BASE,
    FAST_CONFIG,
    HUMAN,
    Bench,
    Text,
    make_attempt,
    rules_of,
)
from tests.core.checks.commit_mutants import make_patch

ONE = make_patch(BASE, HUMAN)
TWO = make_patch(BASE, {**BASE, "engine/config.py": FAST_CONFIG})


@dataclass(frozen=True, slots=True)
class Trap:
    """A patch that does something to the worker process that reads it, and nothing elsewhere."""

    text: str
    hangs: bool = False
    name: str = "trap"

    def read(self) -> str:
        if multiprocessing.parent_process() is not None:
            if self.hangs:
                signal.pause()
            os._exit(7)
        return self.text


def run_set(bench: Bench, attempts: Iterable[Attempt]) -> RunSet:
    made = tuple(attempts)
    others = {a.reference_sha for a in made}
    commits = {sha: replace(bench.human(), sha=sha) for sha in others}
    return RunSet(Path("runs"), made, commits)


def five(bench: Bench) -> list[Attempt]:
    patches = [ONE, TWO, ONE.replace("batch_limit", "most"), "", TWO.replace("[:", "[0:")]
    return [
        make_attempt(
            patch,
            PatchState.WHOLE if patch else PatchState.EMPTY,
            key=f"run/{number}",
            human="ab"[number % 2] * 40,
            base=bench.sha,
        )
        for number, patch in enumerate(patches)
    ]


def check(
    bench: Bench, attempts: Iterable[Attempt], store: Store | None = None, **options: Any
) -> dict[str, Checked]:
    """The events of one pass by attempt, in this process unless `jobs` says otherwise."""
    pool: Executor | None = None if "jobs" in options else ThreadPoolExecutor(1)
    settings: dict[str, Any] = {"repository": bench.repository, "executor": pool, **options}
    made = run_set(bench, attempts)
    events = list(check_runs(made, store, **settings))
    assert [event.done for event in events] == list(range(1, len(events) + 1))
    return {event.report.attempt: event for event in events}


def computed(events: dict[str, Checked]) -> set[str]:
    return {key for key, event in events.items() if not event.reused}


def test_processes_and_threads_say_the_same(bench: Bench) -> None:
    threads = check(bench, five(bench))
    processes = check(bench, five(bench), jobs=2)
    assert len(threads) == 5
    for key, event in threads.items():
        assert replace(event.report, created=None) == replace(processes[key].report, created=None)
    assert threads["run/0"].report.criteria.optimization_logic_match is True


@pytest.mark.skipif(os.name != "posix", reason="priorities of Unix")
@pytest.mark.parametrize("niceness", (0, 3))
def test_the_processes_yield_as_far_as_they_are_told(bench: Bench, niceness: int) -> None:
    made = run_set(bench, five(bench))
    events = check_runs(made, repository=bench.repository, jobs=1, niceness=niceness)
    next(events)
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    (worker,) = multiprocessing.active_children()
    assert worker.pid is not None
    assert os.getpriority(os.PRIO_PROCESS, worker.pid) == usual + niceness
    events.close()


def test_a_stored_report_is_used_as_long_as_it_holds(bench: Bench, tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = check(bench, five(bench), store)
    second = check(bench, five(bench), store)
    assert computed(first) == set(second)
    assert not computed(second)
    assert {k: e.report for k, e in first.items()} == {k: e.report for k, e in second.items()}


def test_a_changed_patch_makes_its_own_report_stale_and_no_other(
    bench: Bench, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    attempts = five(bench)
    check(bench, attempts, store)
    text = ONE.replace("batch_limit", "at_most")
    changed = make_attempt(text, key="run/2", human=attempts[2].reference_sha, base=bench.sha)
    assert computed(check(bench, [*attempts[:2], changed, *attempts[3:]], store)) == {"run/2"}


def test_a_changed_human_commit_makes_its_attempts_stale(bench: Bench, tmp_path: Path) -> None:
    store = Store(tmp_path)
    made = run_set(bench, five(bench))
    list(check_runs(made, store, repository=bench.repository, executor=ThreadPoolExecutor(1)))
    other = replace(made.commits["a" * 40], diff=Text(TWO))
    after = replace(made, commits={**made.commits, "a" * 40: other})
    events = check_runs(after, store, repository=bench.repository, executor=ThreadPoolExecutor(1))
    again = {event.report.attempt for event in events if not event.reused}
    assert again == {a.key for a in made.attempts if a.reference_sha == "a" * 40}


def test_the_base_the_records_and_the_rules_count(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    attempts = five(bench)
    keys = {a.key for a in attempts}
    assert computed(check(bench, attempts, store, repository=None)) == keys
    assert computed(check(bench, attempts, store)) == keys  # now with the base files
    kept = check(bench, attempts, store, repository=None)  # which say no less without them
    assert computed(kept) == set()
    assert all(event.report.measures["applies"] is not None for event in kept.values())
    failed = replace(attempts[1], execution=Execution(returncode=1), marked_success=True)
    events = check(bench, [attempts[0], failed, *attempts[2:]], store)
    assert computed(events) == {"run/1"}
    check(bench, attempts, store)
    old = registry._RULES["patch"]["patch.size"]
    monkeypatch.setitem(
        registry._RULES["patch"], "patch.size", replace(old, version=old.version + 1)
    )
    rules_here.cache_clear()
    assert computed(check(bench, attempts, store)) == {a.key for a in attempts}


def test_a_subset_of_the_families_leaves_the_store_alone(bench: Bench, tmp_path: Path) -> None:
    store = Store(tmp_path)
    events = check(bench, five(bench), store, families=("files",))
    assert not any(tmp_path.iterdir())
    rules = {rule for event in events.values() for rule in rules_of(event.report)}
    assert rules
    assert {rule.partition(".")[0] for rule in rules} == {"files"}


@pytest.mark.usefixtures("quick_checks")
@pytest.mark.parametrize("hangs", [False, True], ids=["crash", "hang"])
def test_an_attempt_that_ends_its_worker_is_reported_and_the_others_are_done(
    bench: Bench, tmp_path: Path, hangs: bool
) -> None:
    trap = make_attempt(ONE, key="run/trap", human="a" * 40, source=Trap(ONE, hangs))
    store = Store(tmp_path)
    seconds = 12.0 if hangs else ATTEMPT_SECONDS  # the others have time on a slow machine
    events = check(bench, [*five(bench), trap], store, jobs=2, attempt_seconds=seconds)
    assert len(events) == 6
    caught = events["run/trap"].report
    assert rules_of(caught) == {"patch.unchecked"}
    assert caught.criteria.syntax_correct is None
    assert events["run/0"].report.criteria.syntax_correct is True
    assert not any("patch.unchecked" in rules_of(events[a.key].report) for a in five(bench))
    again = check(bench, [*five(bench), trap], store, jobs=1, attempt_seconds=2.0)
    assert all(event.reused for event in again.values()), "nothing is tried at every opening"
    assert rules_of(again["run/trap"].report) == {"patch.unchecked"}
    other = replace(trap, patch=replace(trap.patch, source=Text(TWO)))
    assert not check(bench, [other], store, jobs=1)["run/trap"].reused, "another patch is tried"


def test_what_is_done_is_kept_when_the_caller_stops(bench: Bench, tmp_path: Path) -> None:
    store = Store(tmp_path)
    made = run_set(bench, five(bench))
    with ThreadPoolExecutor(1) as pool:
        events = check_runs(made, store, repository=bench.repository, executor=pool)
        first = next(events)
        events.close()
    human = next(a.reference_sha for a in made.attempts if a.key == first.report.attempt)
    assert first.report.attempt in {report.attempt for report in store.facts(human)}


def test_cancelling_ends_the_pass(bench: Bench) -> None:
    assert not check(bench, five(bench), cancelled=lambda: True)


def test_reports_that_cannot_be_stored_are_told_with_the_reason(
    bench: Bench, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", "utf-8")
    events = check(bench, five(bench), Store(blocked))
    assert len(events) == 5
    assert all(event.problem for event in events.values())


def test_copies_across_commits_are_seen(bench: Bench) -> None:
    twins = [
        make_attempt(ONE, key="run/x", human="a" * 40, base=bench.sha),
        make_attempt(ONE, key="run/y", human="b" * 40, base=bench.sha),
    ]
    events = check(bench, twins)
    assert all("copies.attempt" in rules_of(event.report) for event in events.values())


# -- the document ----------------------------------------------------------------------------------


def _entry(bench: Bench, patch: str, **fields: Any) -> tuple[Attempt, CheckReport]:
    attempt = make_attempt(patch, base=bench.sha, **fields)
    return attempt, bench.check(patch, **fields)


def test_the_document_has_the_documented_shape(bench: Bench) -> None:
    attempt, report = _entry(bench, ONE, marked_success=True)
    entry = attempt_entry(attempt, report)
    assert list(entry) == [
        "attempt",
        "human_commit",
        "marked_success",
        "criteria",
        "measures",
        "findings",
        "outcome",
    ]
    assert entry["criteria"] == {
        "applies": True,
        "syntax_correct": True,
        "files_match": True,
        "optimization_logic_match": True,
        "is_complete": True,
        "is_template_code": False,
    }
    assert entry["outcome"] == "true_success"
    assert "applies" not in entry["measures"]
    assert {"rule", "severity", "certain", "file", "line", "message"} <= entry["findings"][0].keys()
    document = check_frame((LoadProblem("x.json", "not JSON"),))
    assert document["schema_version"] == 1
    assert list(document["load_problems"]) == [{"path": "x.json", "reason": "not JSON"}]


def test_what_checks_cannot_settle_stays_unknown_in_the_document(bench: Bench) -> None:
    entry = attempt_entry(*_entry(bench, TWO.replace("batch_limit", "most")))
    assert entry["criteria"]["optimization_logic_match"] is None
    assert entry["outcome"] == "undecided"
    nothing = make_attempt("", PatchState.EMPTY, marked_success=True)
    report = bench.check("", state=PatchState.EMPTY, marked_success=True)
    assert attempt_entry(nothing, report)["outcome"] == "false_positive"


def test_no_process_starts_where_all_facts_are_stored(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, store = run_set(bench, five(bench)), Store(tmp_path)
    list(check_runs(runs, store, repository=bench.repository, executor=ThreadPoolExecutor(1)))
    monkeypatch.delattr("core.checks.worker_pool.ProcessPoolExecutor")
    assert all(event.reused for event in check_runs(runs, store, repository=bench.repository))
