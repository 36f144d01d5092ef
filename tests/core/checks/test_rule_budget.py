"""Rules stay within their budgets: one that does not is unknown, and none is quadratic."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from core.checks import all_rules, check_attempt, faulty_rules, registry
from core.checks.context import CommitContext, Context
from core.checks.rule_budget import RULE_SECONDS, BudgetExceeded, budget
from core.checks.rules.copies import CopyIndex
from core.git.repository import Repository
from core.models import Severity
from tests.core.checks.check_samples import BASE, CONFIG, HUMAN, KERNEL, Bench, Text, make_attempt
from tests.core.checks.commit_mutants import make_patch
from tests.core.checks.hostile_inputs import HOSTILE, Hostile

MOST = 3.0 * 3.0
"""How much dearer four times the input may be: less than three times for each doubling."""

NOISE_S = 0.15
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


@pytest.mark.parametrize("work", [_spin, _swallow, _slow_expression])
def test_what_takes_too_long_is_interrupted(work: object) -> None:
    start = time.process_time()
    with pytest.raises(BudgetExceeded), budget(0.1):
        assert callable(work)
        work()
    assert time.process_time() - start < 5


def test_a_budget_that_is_kept_leaves_no_alarm_behind() -> None:
    with budget(0.05):
        pass
    end = time.process_time() + 0.15
    while time.process_time() < end:
        pass


def test_outside_of_the_main_thread_there_is_no_budget() -> None:
    ran: list[bool] = []

    def work() -> None:
        with budget(0.01):
            ran.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ran == [True]


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
    del registry._RULES["patch.endless"]


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


# -- what the rules cost ---------------------------------------------------------------------------


def _costs(bench: Bench, repository: Repository | None, hostile: Hostile) -> dict[str, float]:
    """Processor time of each rule on one attempt, in their order, what they share counted once."""
    patch = make_patch(BASE, {**BASE, **hostile.files})
    prompts = (Text(hostile.prompt, "prompt"),) if hostile.prompt else ()
    logs = (Text(hostile.log, "log"),) if hostile.log else ()
    attempt = make_attempt(
        patch, base=bench.sha, prompts=prompts, logs=logs, status="error", returncode=1
    )
    context = Context(attempt, CommitContext(bench.human(), bench.sha, repository))
    found = {}
    for rule in all_rules():
        start = time.process_time()
        list(rule.check(context))
        found[rule.id] = time.process_time() - start
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_four_times_the_input_costs_less_than_nine_times_as_much(
    bench: Bench, repository: Repository, name: str
) -> None:
    build, size = HOSTILE[name]
    for at_hand in (repository, None):
        small, large = (_costs(bench, at_hand, build(n)) for n in (size // 2, 2 * size))
        dear = {
            rule: (small[rule], seconds)
            for rule, seconds in large.items()
            if seconds > NOISE_S and seconds > MOST * max(small[rule], NOISE_S / 10)
        }
        if dear:  # once more: the first use of a parser loads it
            again = _costs(bench, at_hand, build(2 * size))
            dear = {r: c for r, c in dear.items() if again[r] > MOST * max(c[0], NOISE_S / 10)}
        assert not dear


def test_many_attempts_at_one_commit() -> None:
    def cost(count: int) -> float:
        index = CopyIndex()
        keys = [f"run/{number}" for number in range(count)]
        for number, key in enumerate(keys):
            lines = "".join(f"+x = {number * 7 + line}\n" for line in range(6))
            index.add(key, f"diff --git a/a.py b/a.py\n@@ -1 +1 @@\n{lines}")
        start = time.process_time()
        assert len(index.copies(keys)) == count
        return time.process_time() - start

    small = max(cost(1_000), NOISE_S / 10)
    assert cost(4_000) < MOST * small


LISTED: dict[str, Callable[[], Hostile]] = {
    "<": lambda: HOSTILE["angle brackets"][0](40_000),
    "idle names": lambda: HOSTILE["idle names"][0](5_000),
    "stub methods": lambda: HOSTILE["stub methods"][0](3_000),
    "new functions": lambda: HOSTILE["new functions"][0](3_000),
    "new files": lambda: HOSTILE["new files"][0](3_000),
    "escaped quotes": lambda: HOSTILE["escaped quotes"][0](2_000),
    "blanks": lambda: Hostile({"csrc/scale.cu": KERNEL + b" " * 1_000_000 + b"x\n"}),
    "one line": lambda: Hostile({"engine/config.py": CONFIG + b"# " + b"a" * 10_000_000 + b"\n"}),
    "a word": lambda: Hostile({"engine/config.py": CONFIG + b"A = 1\n"}, "a_" * 500_000),
}
"""Inputs that once took a worker its 60 s, as large as they were."""


@pytest.mark.parametrize("name", LISTED)
def test_no_rule_comes_near_its_budget(bench: Bench, repository: Repository, name: str) -> None:
    costs = _costs(bench, repository, LISTED[name]())
    assert max(costs.values()) < RULE_SECONDS / 2
