"""Money: sums of what is known, unknown carried through to the cost of a true success."""

from __future__ import annotations

from datetime import timedelta

from core.judge.books.ledger import Totals
from core.models import Assessment, Execution, Outcome, Verdict
from core.records import replace
from core.stats.money import Amount, count_money
from tests.core.stats.made_sets import NOON, decision, made_set


def runs() -> list[Assessment]:
    """Four attempts, three at one commit, one without any record."""
    told = [
        Execution(0, 3600.0, tokens_in=1000, tokens_out=100, cost_usd=2.0),
        Execution(0, 1800.0, tokens_in=3000, tokens_out=300, cost_usd=1.0),
        Execution(0, 900.0, tokens_in=500, tokens_out=50, cost_usd=0.5),
        Execution(),
    ]
    return [
        replace(one, attempt=replace(one.attempt, execution=run))
        for one, run in zip(made_set(4), told, strict=True)
    ]


def test_sums_say_what_they_do_not_know() -> None:
    money = count_money(runs(), {}, None, (0, 4))
    assert money.attempts.tokens_in == Amount(4500, 3, 1)
    assert money.attempts.cost == Amount(3.5, 3, 1)
    assert money.judge is None


def test_the_cost_of_a_true_success_is_an_interval() -> None:
    whole = count_money(runs()[:3], {}, None, (1, 2)).per_success
    cost = next(one for one in whole if one.what == "agents' cost")
    assert (cost.total, cost.low, cost.high) == (3.5, 1.75, 3.5)
    tokens = next(one for one in whole if one.unit == "tokens")
    assert (tokens.low, tokens.high) == (4950 / 2, 4950)


def test_unknown_costs_leave_no_upper_end() -> None:
    found = count_money(runs(), {}, Totals(calls=3, cost=0.3, unknown_costs=1), (1, 2)).per_success
    assert {one.what: (one.low is not None, one.high) for one in found} == {
        "agents' tokens": (True, None),
        "agents' time": (True, None),
        "agents' cost": (True, None),
        "judge's cost": (True, None),
    }
    none = count_money(runs()[:3], {}, None, (0, 0)).per_success
    assert all((one.low, one.high) == (None, None) for one in none)
    perhaps = count_money(runs()[:3], {}, None, (0, 3)).per_success
    assert all(one.low is not None and one.high is None for one in perhaps)


def test_what_failed_and_what_was_tried_again() -> None:
    known = runs()
    known[1] = replace(known[1], outcome=Outcome.FALSE_POSITIVE)
    times = [NOON + timedelta(hours=h) for h in (2, 0, 1)]
    started = [
        replace(one, attempt=replace(one.attempt, started=when))
        for one, when in zip(known, times, strict=False)
    ]
    money = count_money([*started, known[3]], {}, None, (0, 4))
    assert (money.failed.attempts, money.failed.cost.total) == (1, 1.0)
    assert (money.commits_retried, money.retries.attempts) == (1, 2)
    assert money.retries.cost.total == 2.5, "the one that started first is no retry"


def test_what_a_test_server_answered_costs_nothing() -> None:
    mixed = Totals(
        calls=3, cost=1.5, fake=2, fake_cost=1.0, input_tokens=30, fake_input_tokens=20
    )  # fmt: skip
    money = count_money(runs(), {}, mixed, (1, 4))
    assert money.judge is not None
    assert (money.judge.calls, money.judge.cost, money.judge.tokens_in) == (3, 0.5, 10)
    (judge,) = [one for one in money.per_success if one.what == "judge's cost"]
    assert (judge.low, judge.high, judge.is_complete) == (0.125, 0.5, True)
    only = count_money(runs(), {}, Totals(calls=2, cost=1.0, fake=2, fake_cost=1.0), (1, 4))
    assert "judge's cost" not in [one.what for one in only.per_success]


def test_minutes_for_a_verdict_count_each_attempt_once() -> None:
    def told(key: str, id: str, seconds: float | None, **more: object) -> Verdict:
        return decision(key, True, None, id=id, seconds=seconds, **more)

    histories = {
        "a0": [told("a0", "1", 60.0), told("a0", "2", 90.0)],
        "a1": [told("a1", "3", None)],
        "a2": [told("a2", "4", 30.0), told("a2", "5", 600.0, derived_from="4")],
        "gone": [told("gone", "6", 9000.0)],
    }
    (time,) = count_money(runs(), histories, None, (0, 4)).verdict_times
    assert (time.reviewer, time.decisions, time.timed) == ("ada", 3, 2)
    assert (time.median_minutes, time.total_minutes) == (1.0, 2.0)
