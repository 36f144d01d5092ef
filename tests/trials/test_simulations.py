"""Do the intervals hold what they promise? Simulated sets with a known truth.

N patches at the cluster sizes of a real set, a judge of known accuracy, a stratified sample. The
interval of *this set* has to hold the true count in at least 95 of 100 sets (less what the
simulation itself may be off by), and to be worth its trouble beside Wilson's.
"""

from __future__ import annotations

import math
import random
from functools import lru_cache

import pytest

from core.assess.allocation import allocate
from core.stats.clusters import clustered_share, wilson_interval
from core.stats.finite_population import Stratum, stratified_interval
from tests.trials.conftest import Report

RUNS = 2000
OFF_BY = 1.96 * math.sqrt(0.95 * 0.05 / RUNS)
"""How far a share of 0.95 may come out below by chance in so many runs."""

CLUSTER_SIZES = {
    143: (14, *[3] * 3, *[2] * 33, *[1] * 54),
    300: (21, *[8] * 5, *[7] * 2, *[6] * 6, *[4] * 20, 3, *[2] * 45, *[1] * 16),
}
"""Attempts at one commit in the public set: those with a patch, and all."""


@lru_cache(maxsize=200_000)
def interval(*strata: tuple[int, int, int]) -> tuple[int, int]:
    """The stratified interval; the same samples come up again and again."""
    return stratified_interval([Stratum(*stratum) for stratum in strata if stratum[0]])


@pytest.mark.parametrize("accuracy", [0.9, 0.6])
@pytest.mark.parametrize("drawn", [30, 60])
@pytest.mark.parametrize("truth", [0.05, 0.15, 0.3])
@pytest.mark.parametrize("size", [143, 300])
@pytest.mark.timeout(3600)
def test_the_interval_of_this_set_holds_the_truth(
    size: int, truth: float, drawn: int, accuracy: float, report: Report
) -> None:
    source = random.Random(f"{size} {truth} {drawn} {accuracy}")
    held, width, plain_held, plain_width = 0, 0.0, 0, 0.0
    right = round(size * truth)
    items = [True] * right + [False] * (size - right)
    for _ in range(RUNS):
        judged = [item == (source.random() < accuracy) for item in items]
        parts = [
            [i for i, j in zip(items, judged, strict=True) if j == said] for said in (True, False)
        ]
        sizes = [len(part) for part in parts]
        counts = allocate(sizes, [0.5, 0.1], drawn)
        strata = [
            (len(part), count, sum(source.sample(part, count)))
            for part, count in zip(parts, counts, strict=True)
        ]
        low, high = interval(*strata)
        held += low <= right <= high
        width += (high - low) / size
        plain = wilson_interval(sum(source.sample(items, drawn)), drawn)
        assert plain is not None
        plain_held += plain[0] <= truth <= plain[1]
        plain_width += plain[1] - plain[0]
    share, ratio = held / RUNS, width / plain_width
    report(
        f"N={size} truth={truth} n={drawn} judge={accuracy}: holds {share:.3f} "
        f"(Wilson {plain_held / RUNS:.3f}), width {width / RUNS:.3f}, {ratio:.2f} of Wilson's"
    )
    assert share >= 0.95 - OFF_BY
    if (size, drawn, accuracy) == (143, 60, 0.9):
        assert ratio <= 0.85


@pytest.mark.parametrize("alike", [0.05, 0.2, 0.5])
@pytest.mark.parametrize("truth", [0.05, 0.15, 0.3])
@pytest.mark.parametrize("size", [143, 300])
@pytest.mark.timeout(3600)
def test_the_interval_of_attempts_like_these_holds_the_truth(
    size: int, truth: float, alike: float, report: Report
) -> None:
    """Commits differ in how hard they are: beta, `alike` being the intra-class correlation."""
    source = random.Random(f"{size} {truth} {alike}")
    strength = 1 / alike - 1
    held, plain_held = 0, 0
    for _ in range(RUNS):
        answers: list[tuple[int, bool]] = []
        for cluster, members in enumerate(CLUSTER_SIZES[size]):
            chance = source.betavariate(truth * strength, (1 - truth) * strength)
            answers += [(cluster, source.random() < chance) for _ in range(members)]
        found = clustered_share(answers)
        plain = wilson_interval(sum(answer for _, answer in answers), size)
        assert found is not None and plain is not None
        held += found.interval[0] <= truth <= found.interval[1]
        plain_held += plain[0] <= truth <= plain[1]
    report(
        f"N={size} truth={truth} alike={alike}: holds {held / RUNS:.3f} "
        f"(Wilson without clusters {plain_held / RUNS:.3f})"
    )
    assert held / RUNS >= 0.95 - OFF_BY
