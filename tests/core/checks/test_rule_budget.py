"""Rules stay within their budgets: one that does not is unknown, and none is quadratic."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from core.checks import check_attempt, faulty_rules, registry
from core.checks.context import CommitContext, Context
from core.checks.rule_budget import BudgetExceeded, budget
from core.git.repository import Repository
from core.models import Severity
from tests.core.checks.check_samples import BASE, HUMAN, Bench, make_attempt
from tests.core.checks.commit_mutants import make_patch
from tests.core.checks.hostile_inputs import HOSTILE
from tests.core.checks.rule_costs import by_family, cost_of_copies, rule_costs, too_dear

NOISE_S = 0.04
"""Processor time that says nothing."""


def _spin() -> None:
    while True:
        pass


def _swallow() -> None:
    while True:
        try:
            _spin()
        except Exception:  # noqa: BLE001 - as a library might
            continue


def _slow_expression() -> None:
    re.match(r"(?:a|aa)+$", "a" * 60 + "b")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("work", [_spin, _swallow, _slow_expression])
def test_what_takes_too_long_is_interrupted(work: object) -> None:
    with pytest.raises(BudgetExceeded), budget(0.05):
        assert callable(work)
        work()  # never ends by itself


def test_a_budget_that_is_kept_leaves_no_alarm_behind() -> None:
    with budget(0.05):
        pass
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


@pytest.mark.parametrize("work", [_spin, _swallow])
def test_other_threads_are_interrupted_too_and_go_on(work: Callable[[], None]) -> None:
    said: list[str] = []

    def run() -> None:
        try:
            with budget(0.02):
                work()
        except BudgetExceeded:
            said.append("interrupted")
        with budget(0.02):
            said.append("went on")
        end = time.thread_time() + 0.05
        while time.thread_time() < end:
            pass
        said.append("undisturbed")

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(said) == sorted(["interrupted", "went on", "undisturbed"] * 2)


@pytest.fixture(scope="module")
def repository(bench: Bench) -> Iterator[Repository]:
    with Repository.open(bench.repository) as opened:
        yield opened


@pytest.fixture
def _slow_rule() -> Iterator[None]:
    """A certain rule that says something and then never ends."""

    @registry.rule(
        "patch.endless",
        Severity.ERROR,
        "Says something, then goes on for ever",
        certain=True,
        criteria=("syntax_correct",),
    )
    def endless(context: object) -> Iterator[registry.Fact]:
        yield registry.Settled("syntax_correct", False)
        _spin()

    yield
    del registry._RULES["patch"]["patch.endless"]


@pytest.mark.usefixtures("_slow_rule")
def test_a_rule_over_its_budget_is_unknown_and_the_others_count(
    bench: Bench, repository: Repository
) -> None:
    attempt = make_attempt(make_patch(BASE, HUMAN), base=bench.sha)
    context = Context(attempt, CommitContext(bench.human(), bench.sha, repository))
    report = check_attempt(context, rule_seconds=0.3)
    assert report.criteria.syntax_correct is True, "nothing of a rule that was stopped counts"
    assert report.measures["patch.endless.unknown"] == "it took more than 0.3 s"
    assert not faulty_rules(report), "it is a fact, so it is stored and not tried again"


# -- what the rules cost (`tests/trials/test_rule_trials.py`: as large as they were) --------------


@pytest.mark.parametrize("name", [name for name in HOSTILE if "Cython" not in name])
def test_four_times_the_input_costs_less_than_nine_times_as_much(
    bench: Bench, repository: Repository, name: str
) -> None:
    build, size = HOSTILE[name]
    measure = lambda n: rule_costs(bench, repository, build(n))  # noqa: E731
    assert too_dear(measure, size // 16, NOISE_S) == {}


def test_what_grows_too_fast_is_found() -> None:
    costs = lambda n: {"square": n * n * 1e-7, "line": n * 1e-3, "small": n * n * 1e-12}  # noqa: E731
    assert set(too_dear(costs, 1_000, NOISE_S)) == {"square"}
    assert by_family({"a.one": 1.0, "a.two": 2.0, "b.one": 4.0}) == {"a": 3.0, "b": 4.0}


def test_many_attempts_at_one_commit() -> None:
    assert too_dear(cost_of_copies, 1_000, NOISE_S) == {}
