"""A task beside a worker: said as elsewhere, whatever the source does to the process."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from core.checks.inputs import here_versions
from core.checks.machines.evidence_here import Machine, run_where_same, this_machine
from core.checks.machines.guest import run_as_guest
from core.checks.pipeline import check_runs
from core.checks.worker import ATTEMPT_SECONDS, CheckTask, run_task
from core.models import Attempt, CheckReport
from core.records import replace
from core.sources import TextSource
from tests.core.checks.check_samples import Bench, Text, make_attempt, rules_of
from tests.core.checks.machines.guest_samples import EndsProcess, LooksDifferent
from tests.core.checks.test_pipeline import ONE, five, run_set


class Guests(Executor):
    """Runs tasks as the threads of a cluster's worker do."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(2)

    def submit(self, fn: Any, /, *args: Any, **_: Any) -> Future[Any]:
        (task,) = args
        return self._threads.submit(run_as_guest, fn, task, ATTEMPT_SECONDS)


def reports(bench: Bench, attempts: list[Attempt], executor: Executor) -> dict[str, CheckReport]:
    made = run_set(bench, attempts)
    events = list(check_runs(made, repository=bench.repository, executor=executor))
    return {e.report.attempt: replace(e.report, created=None) for e in events}


def test_guests_say_the_same_and_what_ends_them_costs_one_attempt(bench: Bench) -> None:
    sources: dict[str, TextSource] = {"crash": EndsProcess(ONE), "other": LooksDifferent(ONE)}
    traps = [
        make_attempt(ONE, key=f"run/{name}", human="a" * 40, source=source)
        for name, source in sources.items()
    ]
    plain = five(bench)
    with ThreadPoolExecutor(1) as threads:
        expected = reports(bench, [*plain, *traps], threads)
    found = reports(bench, [*plain, *traps], Guests())
    for attempt in plain:
        assert found[attempt.key] == expected[attempt.key]
    said = {trap.key: [f.message for f in found[trap.key].findings] for trap in traps}
    ended = "the checks crashed or hung twice, so their answers are unknown"
    gave_up = "the checks failed, so nothing more is known"
    differs = f"{gave_up}: the machine that was asked sees another patch"
    assert said == {"run/crash": [ended], "run/other": [differs]}
    assert all(rules_of(found[trap.key]) == {"patch.unchecked"} for trap in traps)


def test_what_is_not_the_same_here_is_not_checked_and_says_what_differs(bench: Bench) -> None:
    tasks: list[CheckTask] = []

    class Keeping(ThreadPoolExecutor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            tasks.extend(args)
            return super().submit(fn, *args, **kwargs)

    with Keeping(1) as threads:
        reports(bench, five(bench), threads)
    for task in tasks:  # as the pipeline makes them
        same = run_where_same(run_task, task)
        assert not any(done.failure for done in same)
        assert all(done.reports for done in same)
    task = next(task for task in tasks if len(task.items) == 3)
    first, *others = task.items
    changed = replace(first.attempt.patch, source=Text("another"))
    moved = replace(first, attempt=replace(first.attempt, patch=changed))
    found = run_where_same(run_task, replace(task, items=(*others, moved)))
    assert [bool(done.reports) for done in found] == [True, True, False]
    assert found[2].failure == "the machine that was asked sees another patch"
    bare = run_where_same(run_task, replace(task, repository=None))
    assert all("sees another base" in done.failure for done in bare)
    nowhere = run_where_same(run_task, replace(task, repository=str(bench.repository / "none")))
    assert all("on the machine that was asked" in done.failure for done in nowhere)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"Python": "2.7"}, "Python is 2.7, here"),
        ({"ruff": "0.1"}, "ruff is 0.1, here"),
        ({"rules of syntax": "x"}, "rules of syntax is x, here"),
        ({"patchjury": "9"}, "patchjury is 9, here"),
    ],
)
def test_a_machine_that_checks_with_something_else_says_what(
    change: dict[str, str], told: str
) -> None:
    here = this_machine()
    assert here_versions().items() <= here.versions.items()
    assert list(here.differences(this_machine())) == []
    other = Machine({**here.versions, **change})
    assert [line.startswith(told) for line in here.differences(other)] == [True]


def test_a_machine_says_what_it_does_not_see(bench: Bench) -> None:
    there = this_machine([str(bench.repository), "/nowhere/runs"])
    assert list(this_machine().differences(there)) == ["it does not see /nowhere/runs"]
