"""Exact intervals for a finite set: what they hold, and that they hold it."""

from __future__ import annotations

import random
from itertools import product

import pytest

from core.assess.allocation import allocate
from core.stats.finite_population import (
    Stratum,
    hypergeometric_interval,
    stratified_interval,
)
from tests.core.stats.oracles import chance
from tests.core.stats.stratified_definition import by_definition


def test_a_set_that_is_known_whole_has_no_sampling_error() -> None:
    assert hypergeometric_interval(Stratum(40, 40, 13)) == (13, 13)
    assert stratified_interval([Stratum(40, 40, 13), Stratum(5, 5, 5)]) == (18, 18)


def test_nothing_drawn_leaves_everything_possible() -> None:
    assert hypergeometric_interval(Stratum(40, 0, 0)) == (0, 40)
    assert stratified_interval([Stratum(20, 20, 7), Stratum(9, 0, 0)]) == (7, 16)
    low, high = stratified_interval([Stratum(20, 10, 5), Stratum(9, 0, 0), Stratum(30, 20, 1)])
    assert low <= 8 and high >= 20  # the nine may all be or all not be


def test_one_sample_against_the_definition() -> None:
    """A total is in the interval when neither one-sided exact test rejects it."""
    source = random.Random(11)
    for _ in range(100):
        size = source.randint(1, 80)
        drawn = source.randint(0, size)
        positives = source.randint(0, drawn)
        totals = range(positives, size - (drawn - positives) + 1)
        kept = [total for total in totals if _is_kept(size, drawn, positives, total)]
        assert hypergeometric_interval(Stratum(size, drawn, positives)) == (kept[0], kept[-1])


def _is_kept(size: int, drawn: int, positives: int, total: int) -> bool:
    chances = [chance(k, size, total, drawn) for k in range(drawn + 1)]
    return sum(chances[: positives + 1]) > 0.025 and sum(chances[positives:]) > 0.025


def coverage(sizes: tuple[int, ...], drawn: tuple[int, ...], truth: tuple[int, ...]) -> float:
    """The chance that the stratified interval contains the true total, summed over all samples."""
    held = 0.0
    for positives in product(*(range(d + 1) for d in drawn)):
        likely = 1.0
        for size, d, t, k in zip(sizes, drawn, truth, positives, strict=True):
            likely *= chance(k, size, t, d)
        if likely:
            strata = [Stratum(*s) for s in zip(sizes, drawn, positives, strict=True)]
            low, high = stratified_interval(strata)
            held += likely * (low <= sum(truth) <= high)
    return held


@pytest.mark.parametrize("truth", [(0, 0), (3, 1), (9, 2), (14, 20), (7, 0), (15, 30)])
def test_two_strata_hold_the_truth_in_95_of_100_samples(truth: tuple[int, int]) -> None:
    assert coverage((15, 30), (8, 9), truth) >= 0.95


@pytest.mark.parametrize("truth", [(2, 3, 1), (6, 0, 4)])
def test_three_strata_hold_the_truth_in_95_of_100_samples(truth: tuple[int, int, int]) -> None:
    assert coverage((8, 12, 7), (4, 5, 3), truth) >= 0.95


def test_several_samples_against_the_definition() -> None:
    source = random.Random(15)
    for number in range(60):
        strata = []
        for _ in range(2 + number % 2):
            size = source.randint(1, 5)
            drawn = source.randint(0, size)
            strata.append(Stratum(size, drawn, source.randint(0, drawn)))
        assert stratified_interval(strata) == by_definition(strata), strata


def test_knowing_the_strata_narrows() -> None:
    """A good judge sorts the set into two nearly pure parts."""
    pure = stratified_interval([Stratum(40, 20, 18), Stratum(103, 40, 1)])
    mixed = hypergeometric_interval(Stratum(143, 60, 19))
    assert pure[1] - pure[0] < 0.8 * (mixed[1] - mixed[0])


def test_strata_too_many_to_try_through_are_added_up() -> None:
    strata = [Stratum(400, 150, 70) for _ in range(4)]
    low, high = stratified_interval(strata)
    assert low < 4 * 400 * 70 / 150 < high
    three = [Stratum(90, 12, 4)] * 3
    part = hypergeometric_interval(three[0], 0.05 / 3)
    assert stratified_interval(three) == (3 * part[0], 3 * part[1])


def test_what_is_no_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="not a sample"):
        Stratum(10, 11, 3)
    with pytest.raises(ValueError, match="not a sample"):
        Stratum(10, 4, 5)


def test_more_is_drawn_where_less_is_sure() -> None:
    counts = allocate([50, 50], [0.5, 0.02], 40)
    assert sum(counts) == 40 and counts[0] > 2 * counts[1] >= 2
    assert allocate([3, 0, 100], [0.5, 0.5, 0.5], 1000) == [3, 0, 100]
