"""What attempts, the judge and people's time cost, and to what end; unknown stays unknown.

A sum over what is known is a lower bound. A cost per true success is an interval: the least sum
over the most possible successes, with no upper end while a cost is unknown or no success is
certain.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from msgspec import Struct

from core.assess.decisions import not_taken_back
from core.assess.outcome import has_patch
from core.judge.books.ledger import Totals
from core.models import Assessment, Attempt, Outcome, Verdict

_FAILED = (Outcome.FALSE_POSITIVE, Outcome.FAILURE)


class Amount(Struct, frozen=True):
    """A sum over the `known` attempts that recorded it; `unknown` ones recorded nothing."""

    total: float
    known: int
    unknown: int


class Expense(Struct, frozen=True):
    """The expense of some attempts. Seconds of the agent's run; costs in US dollars."""

    attempts: int
    tokens_in: Amount
    tokens_out: Amount
    seconds: Amount
    cost: Amount


class PerSuccess(Struct, frozen=True):
    """A sum per true success, in `unit` ("US dollars", "tokens", ...): at least, at most.

    `low` is None when there can be no success, `high` when it has no upper end. `is_complete`: no
    part of the sum is unknown.
    """

    what: str
    unit: str
    total: float
    is_complete: bool
    low: float | None
    high: float | None


class JudgeExpense(Struct, frozen=True):
    """The judge's ledger. `cost` in US dollars, of the calls whose cost is known.

    Calls made up by a test server are in `calls` and in no other figure.
    """

    calls: int
    tokens_in: int
    tokens_out: int
    cost: float
    unknown_costs: int
    made_up: int  # calls answered by a test server


class VerdictTime(Struct, frozen=True):
    """How long one reviewer's decisions took, in minutes, for the `timed` ones with a record."""

    reviewer: str
    decisions: int
    timed: int
    median_minutes: float | None
    total_minutes: float


class Money(Struct, frozen=True):
    """What everything took. `retries` are the attempts at a human commit after its first.

    `failed` attempts are those that turned out false positives or failures, or brought no patch.
    """

    attempts: Expense
    failed: Expense
    retries: Expense
    commits_retried: int
    judge: JudgeExpense | None  # None: the judge was never called from here
    per_success: tuple[PerSuccess, ...]
    verdict_times: tuple[VerdictTime, ...]


def count_money(
    assessments: Sequence[Assessment],
    histories: Mapping[str, Sequence[Verdict]],
    totals: Totals | None,
    successes: tuple[float, float],
) -> Money:
    """The money of a run set; `successes` is the least and the greatest number of true ones."""
    attempts = [known.attempt for known in assessments]
    judge = _judge(totals)
    everything = _expense(attempts)
    retries = _retries(attempts)
    return Money(
        attempts=everything,
        failed=_expense([known.attempt for known in assessments if _has_failed(known)]),
        retries=_expense([attempt for later in retries.values() for attempt in later]),
        commits_retried=sum(bool(later) for later in retries.values()),
        judge=judge,
        per_success=tuple(_per_success(everything, judge, successes)),
        verdict_times=_verdict_times(histories, {attempt.key for attempt in attempts}),
    )


def _expense(attempts: Sequence[Attempt]) -> Expense:
    runs = [attempt.execution for attempt in attempts]
    return Expense(
        len(runs),
        _amount(run.tokens_in for run in runs),
        _amount(run.tokens_out for run in runs),
        _amount(run.duration_s for run in runs),
        _amount(run.cost_usd for run in runs),
    )


def _amount(values: Iterable[float | None]) -> Amount:
    everything = list(values)
    known = [value for value in everything if value is not None and math.isfinite(value)]
    return Amount(sum(known), len(known), len(everything) - len(known))


def _has_failed(known: Assessment) -> bool:
    return known.outcome in _FAILED or has_patch(known.attempt) is False


def _retries(attempts: Iterable[Attempt]) -> dict[str, list[Attempt]]:
    """By human commit, the attempts after the first, in order of time where known."""
    by_commit: defaultdict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        if attempt.reference_sha:
            by_commit[attempt.reference_sha].append(attempt)
    for group in by_commit.values():
        if all(attempt.started is not None for attempt in group):
            group.sort(key=lambda attempt: (attempt.started, attempt.key))
    return {sha: group[1:] for sha, group in by_commit.items()}


def _judge(totals: Totals | None) -> JudgeExpense | None:
    if totals is None:
        return None
    return JudgeExpense(
        totals.calls,
        totals.input_tokens - totals.fake_input_tokens,
        totals.output_tokens - totals.fake_output_tokens,
        totals.paid,
        totals.unknown_costs,
        totals.fake,
    )


def _per_success(
    everything: Expense, judge: JudgeExpense | None, successes: tuple[float, float]
) -> Iterable[PerSuccess]:
    amounts = (
        ("agents' tokens", "tokens", _both(everything.tokens_in, everything.tokens_out)),
        ("agents' time", "hours", _scaled(everything.seconds, 1 / 3600)),
        ("agents' cost", "US dollars", everything.cost),
    )
    for what, unit, amount in amounts:
        if amount.known:
            yield per_success(what, unit, amount.total, not amount.unknown, successes)
    if judge is not None and judge.calls > judge.made_up:
        is_complete = not judge.unknown_costs
        yield per_success("judge's cost", "US dollars", judge.cost, is_complete, successes)


def _both(first: Amount, second: Amount) -> Amount:
    """The sum of two amounts over the same attempts; known where either is, so a lower bound."""
    return Amount(
        first.total + second.total,
        min(first.known, second.known),
        max(first.unknown, second.unknown),
    )


def _scaled(amount: Amount, factor: float) -> Amount:
    return Amount(amount.total * factor, amount.known, amount.unknown)


def per_success(
    what: str, unit: str, total: float, is_complete: bool, successes: tuple[float, float]
) -> PerSuccess:
    """A sum divided by the number of true successes, at least and at most."""
    least, most = successes
    return PerSuccess(
        what,
        unit,
        total,
        is_complete,
        total / most if most else None,
        total / least if least and is_complete else None,
    )


def _verdict_times(
    histories: Mapping[str, Sequence[Verdict]], keys: set[str]
) -> tuple[VerdictTime, ...]:
    """By reviewer. Seconds accumulate while an attempt is open: the largest counts, once each."""
    by_reviewer: defaultdict[str, dict[str, float | None]] = defaultdict(dict)
    for key in sorted(keys & histories.keys()):
        for verdict in not_taken_back(histories[key]):
            if verdict.is_decision and not verdict.derived_from and not verdict.adjudicates:
                spent = by_reviewer[verdict.reviewer]
                told = [s for s in (spent.get(key), verdict.seconds) if s is not None]
                spent[key] = max(told, default=None)
    return tuple(_time(name, list(by_reviewer[name].values())) for name in sorted(by_reviewer))


def _time(reviewer: str, seconds: Sequence[float | None]) -> VerdictTime:
    minutes = [spent / 60 for spent in seconds if spent is not None]
    middle = median(minutes) if minutes else None
    return VerdictTime(reviewer, len(seconds), len(minutes), middle, sum(minutes))
