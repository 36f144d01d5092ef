"""Bounds for what is unknown."""

from __future__ import annotations

from core.stats.bounds import bounds_of


def test_what_is_unknown_may_be_either() -> None:
    found = bounds_of([True, None, False, None])
    assert (found.yes, found.no, found.unknown) == (1, 1, 2)
    assert (found.low, found.high) == (0.25, 0.75)


def test_nothing_has_no_bounds() -> None:
    assert bounds_of([]).low is bounds_of([]).high is None
