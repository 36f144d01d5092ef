"""Is a run set good enough? Conditions on the bounds of this set: unknown never counts as met."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from core.assess.strata import is_true_success
from core.models import Assessment, Outcome
from core.stats.bounds import Bounds, bounds_of


class ConditionState(StrEnum):
    """Whether a condition holds, whatever the unknown attempts turn out to be."""

    YES = "met"
    NO = "not met"
    UNKNOWN = "unknown"


class Condition(Struct, frozen=True):
    """One condition: its `name` ("true success"), what was required, and what the set shows.

    `bound` is a share (0..1) that `bounds` must reach (`at_least`) or must not exceed.
    """

    name: str
    bounds: Bounds
    bound: float
    at_least: bool
    source: str = ""  # where the bound comes from, if it was not given

    @property
    def met(self) -> ConditionState:
        """Does it hold? Unknown while the unknown attempts could decide it either way."""
        low, high = self.bounds.low, self.bounds.high
        if low is None or high is None:
            return ConditionState.UNKNOWN
        if self.at_least:
            return (
                ConditionState.YES
                if low >= self.bound
                else ConditionState.NO
                if high < self.bound
                else ConditionState.UNKNOWN
            )
        return (
            ConditionState.YES
            if high <= self.bound
            else ConditionState.NO
            if low > self.bound
            else ConditionState.UNKNOWN
        )


class Told(NamedTuple):
    """What a gate looks at: the outcome, the pipeline's claim, and whether it is a true success."""

    outcome: Outcome
    marked: bool | None
    is_true: bool | None


Outcomes = Iterable[Told]


def told_of(assessments: Iterable[Assessment]) -> list[Told]:
    """What a gate looks at of each attempt."""
    return [
        Told(known.outcome, known.attempt.marked_success, is_true_success(known))
        for known in assessments
    ]


def true_success(outcomes: Outcomes) -> Bounds:
    """True successes among all attempts; one without a patch, or with a bad criterion, is none."""
    return bounds_of(told.is_true for told in outcomes)


def false_positive(outcomes: Outcomes) -> Bounds:
    """False positives among the attempts that were marked success."""
    return bounds_of(_is(Outcome.FALSE_POSITIVE, t.outcome) for t in outcomes if t.marked)


def decided(outcomes: Outcomes) -> Bounds:
    """Decided attempts among all; nothing about that is unknown."""
    return bounds_of(told.outcome is not Outcome.UNDECIDED for told in outcomes)


def _is(wanted: Outcome, outcome: Outcome) -> bool | None:
    return None if outcome is Outcome.UNDECIDED else outcome is wanted


def is_met(conditions: Iterable[Condition]) -> bool:
    """Are all of them met?"""
    return all(condition.met is ConditionState.YES for condition in conditions)
