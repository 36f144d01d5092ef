"""Conditions of a gate on the bounds of this set."""

from __future__ import annotations

import pytest

from core.models import Outcome
from core.stats.bounds import Bounds
from core.stats.conditions import (
    Condition,
    ConditionState,
    Told,
    decided,
    false_positive,
    is_met,
    true_success,
)

TRUE, FALSE, OPEN = Outcome.TRUE_SUCCESS, Outcome.FALSE_POSITIVE, Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("bounds", "bound", "at_least", "met"),
    [
        (Bounds(2, 8, 0), 0.2, True, ConditionState.YES),
        (Bounds(1, 8, 1), 0.2, True, ConditionState.UNKNOWN),
        (Bounds(1, 9, 0), 0.2, True, ConditionState.NO),
        (Bounds(1, 9, 0), 0.1, False, ConditionState.YES),
        (Bounds(1, 8, 1), 0.1, False, ConditionState.UNKNOWN),
        (Bounds(2, 8, 0), 0.1, False, ConditionState.NO),
        (Bounds(0, 0, 0), 0.0, True, ConditionState.UNKNOWN),
    ],
)
def test_what_is_unknown_is_not_met(
    bounds: Bounds, bound: float, at_least: bool, met: ConditionState
) -> None:
    condition = Condition("x", bounds, bound, at_least)
    assert condition.met is met
    assert is_met([condition]) is (met is ConditionState.YES)


def test_what_the_conditions_are_over() -> None:
    outcomes = [
        Told(TRUE, True, True),
        Told(FALSE, True, False),
        Told(OPEN, True, None),
        Told(Outcome.FAILURE, False, False),
        Told(OPEN, None, False),
    ]
    assert true_success(outcomes) == Bounds(1, 3, 1), "a bad criterion is enough for no"
    assert false_positive(outcomes) == Bounds(1, 1, 1)
    assert decided(outcomes) == Bounds(3, 2, 0)
