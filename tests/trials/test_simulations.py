"""Do the intervals hold what they promise? Simulated sets with a known truth.

N patches at the cluster sizes of a real set, a judge of known accuracy, a stratified sample. The
interval of *this set* has to hold the true count in at least 95 of 100 sets (less what the
simulation itself may be off by), and to be worth its trouble beside Wilson's.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import lru_cache

import pytest

from core.assess.allocation import allocate, draw_more
from core.assess.queues import QueueContext
from core.assess.queues.label_next import NextOfStratum, next_labels
from core.assess.strata import JUDGED_NOT, JUDGED_TRUE
from core.stats.clusters import clustered_share, wilson_interval
from core.stats.finite_population import Stratum, stratified_interval
from core.stats.sampled_design import sampled_design
from core.stats.samples import find_samples
from tests.core.stats.made_sets import decided, made_set
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


@pytest.mark.parametrize("accuracy", [0.9, 0.6])
@pytest.mark.parametrize("drawn", [30, 60])
@pytest.mark.parametrize("truth", [0.05, 0.15, 0.3])
@pytest.mark.parametrize("size", [143, 300])
@pytest.mark.timeout(3600)
def test_label_next_draws_by_what_it_found_and_the_interval_still_holds(
    size: int, truth: float, drawn: int, accuracy: float, report: Report
) -> None:
    """Each next one comes from where it narrows most, by the answers so far; and what the judge
    alone would say, as an interval of independent answers."""
    source = random.Random(f"next {size} {truth} {drawn} {accuracy}")
    held, width, judge_held = 0, 0.0, 0
    right = round(size * truth)
    items = [True] * right + [False] * (size - right)
    for _ in range(RUNS):
        judged = [item == (source.random() < accuracy) for item in items]
        parts = [
            [i for i, j in zip(items, judged, strict=True) if j == said] for said in (True, False)
        ]
        for part in parts:
            source.shuffle(part)
        low, high = interval(*label_next(parts, drawn))
        held += low <= right <= high
        width += (high - low) / size
        alone = wilson_interval(sum(judged), size)
        assert alone is not None
        judge_held += alone[0] <= truth <= alone[1]
    report(
        f"label-next N={size} truth={truth} n={drawn} judge={accuracy}: holds {held / RUNS:.3f} "
        f"(the judge alone {judge_held / RUNS:.3f}), width {width / RUNS:.3f}"
    )
    assert held / RUNS >= 0.95 - OFF_BY


def label_next(parts: Sequence[Sequence[bool]], drawn: int) -> list[tuple[int, int, int]]:
    """The strata when so many were labelled, one after the other, as the queue has them."""
    names = (JUDGED_TRUE, JUDGED_NOT)
    counts = [0, 0]
    for _ in range(drawn):
        strata = [
            NextOfStratum(name, len(part), count, sum(part[:count]), 0, 0)
            for name, part, count in zip(names, parts, counts, strict=True)
        ]
        shares = [stratum.share for stratum in strata]
        counts = draw_more([len(part) for part in parts], counts, shares, 1)
    return [(len(p), count, sum(p[:count])) for p, count in zip(parts, counts, strict=True)]


@pytest.mark.parametrize("unjudged", [0.0, 0.4])
@pytest.mark.timeout(3600)
def test_verdicts_through_the_queue_are_counted_rightly(unjudged: float, report: Report) -> None:
    """The whole way: queue, origin, samples, strata, interval; two batches, some left unanswered.

    The reviewer stops where they like in the second batch, and cannot tell one of twenty.
    """
    source = random.Random(f"queue {unjudged}")
    runs, held, estimates = 300, 0, 0.0
    for seed in range(runs):
        truths = {f"a{n}": n < 18 for n in range(90)}
        says = [
            None if source.random() < unjudged else truth is (source.random() < 0.8)
            for truth in truths.values()
        ]
        known = made_set(90, says)
        for stop in (20, source.randint(1, 20)):
            found = next_labels(known, QueueContext(seed=seed, sample=20))
            origins = {
                one.attempt.key: origin
                for one, origin in zip(found.attempts[:stop], found.origins, strict=False)
            }
            known = [
                decided(one, None if source.random() < 0.05 else truths[key], origins[key])
                if (key := one.attempt.key) in origins
                else one
                for one in known
            ]
        rate = sampled_design(known, find_samples(known)).corrected[0]
        assert rate.this_set is not None
        held += rate.this_set[0] <= 0.2 <= rate.this_set[1]
        estimates += rate.estimate or 0.0
    report(f"queue, {unjudged} unjudged: holds {held / runs:.3f}, mean {estimates / runs:.3f}")
    assert held / runs >= 0.95 - 1.96 * math.sqrt(0.95 * 0.05 / runs)
    assert abs(estimates / runs - 0.2) < 0.02


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
