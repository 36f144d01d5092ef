"""Do the intervals keep what they promise? Simulated sets with a known truth.

N patches at the cluster sizes of a real set, a judge of known accuracy, a stratified sample. The
interval of *this set* has to hold the true count in at least 95 of 100 sets (less what the
simulation itself may be off by), and to be worth its trouble beside Wilson's.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import pytest

from core.assess.allocation import allocate, draw_more
from core.assess.outcome import assess, outcome_of
from core.assess.queues import QueueContext
from core.assess.queues.label_next import NextOfStratum, next_labels
from core.assess.random_order import in_random_order
from core.assess.strata import JUDGED_NOT, JUDGED_TRUE
from core.models import (
    CRITERIA,
    Assessment,
    CheckReport,
    Criteria,
    Judgement,
    JudgementState,
    Origin,
    Outcome,
)
from core.stats.clusters import clustered_share, wilson_interval
from core.stats.finite_population import Stratum, stratified_interval
from core.stats.sampled_design import sampled_design
from core.stats.samples import find_samples
from tests.conftest import ROOT
from tests.core.stats.made_sets import attempt, decided, decision, made_set
from tests.trials.conftest import Report

RUNS = 2000
OFF_BY = 1.96 * math.sqrt(0.95 * 0.05 / RUNS)
"""How far a share of 0.95 may come out below by chance in so many runs."""

CLUSTER_SIZES = {
    143: (14, *[3] * 3, *[2] * 33, *[1] * 54),
    300: (21, *[8] * 5, *[7] * 2, *[6] * 6, *[4] * 20, 3, *[2] * 45, *[1] * 16),
}
"""Attempts at one commit in the public set: those with a patch, and all."""


PAGE = (ROOT / "docs/statistics.md").read_text("utf-8")
"""The page with the tables: each row has to be what its simulation came to."""


def told(*cells: object) -> str:
    """A row of a table as the page has it."""
    return f"| {' | '.join(map(str, cells))} |\n"


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
    row = told(
        size, truth, drawn, accuracy, f"{share:.3f}", f"{plain_held / RUNS:.3f}", f"{ratio:.2f}"
    )
    assert row in PAGE
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
    shares = (f"{n / RUNS:.3f}" for n in (held, width, judge_held))
    assert told(size, truth, drawn, accuracy, *shares) in PAGE


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


@pytest.mark.parametrize("queue", ["random", "label-next"])
@pytest.mark.timeout(3600)
def test_the_intervals_of_criteria_and_false_positives_hold_the_truth(
    queue: str, report: Report
) -> None:
    """Criteria that depend on each other, some known by facts; the judge is right in three of four
    on each and leaves one of ten open; people tick some and leave the rest to the outcome."""
    source, runs, size = random.Random(f"criteria {queue}"), 300, 90
    held: Counter[str] = Counter()
    spoken: Counter[str] = Counter()
    for seed in range(runs):
        truths = [_criteria(source) for _ in range(size)]
        known = [_made(number, truth, source) for number, truth in enumerate(truths)]
        for stop in (20, source.randint(1, 20)):
            known = _look(queue, known, truths, seed, stop, source)
        actual = _true_counts(truths)
        for rate in sampled_design(known, find_samples(known)).corrected:
            assert rate.this_set is not None
            low, high = rate.successes
            spoken[rate.label] += 1
            held[rate.label] += low - 1e-6 <= actual[rate.label] <= high + 1e-6
    assert spoken.keys() == _true_counts([]).keys()
    for label, number in spoken.items():
        report(f"{queue}, {label}: holds {held[label] / number:.3f} of {number}")
    for label, number in spoken.items():
        off = 1.96 * math.sqrt(0.95 * 0.05 / number)
        assert held[label] / number >= 0.95 - off, label


def _criteria(source: random.Random) -> Criteria:
    logic = source.random() < 0.35
    syntax, template = source.random() < 0.8, source.random() < 0.1
    return Criteria(
        syntax, source.random() < 0.85, logic, logic and source.random() < 0.6, template
    )


def _made(number: int, truth: Criteria, source: random.Random) -> Assessment:
    said = {
        name: None if source.random() < 0.1 else getattr(truth, name) is (source.random() < 0.75)
        for name in CRITERIA
    }
    facts = Criteria(
        syntax_correct=truth.syntax_correct if source.random() < 0.4 else None,
        files_match=truth.files_match if source.random() < 0.7 else None,
    )
    one = attempt(f"a{number}")
    judged = Judgement(f"j{number}", one.key, JudgementState.VERDICT, Criteria(**said))
    return assess(one, (), [judged], CheckReport(one.key, facts))


def _look(
    queue: str,
    known: list[Assessment],
    truths: Sequence[Criteria],
    seed: int,
    stop: int,
    source: random.Random,
) -> list[Assessment]:
    """Decide the next ones of a queue; one of twenty nobody can tell."""
    context = QueueContext(seed=seed, sample=20)
    if queue == "label-next":
        found = next_labels(known, context)
        drawn = list(zip(found.attempts, found.origins, strict=False))[:stop]
    else:
        left = [one for one in in_random_order(known, seed) if one.verdict is None]
        drawn = [(one, Origin("random", seed=seed)) for one in left[:stop]]
    origins = {one.attempt.key: origin for one, origin in drawn}
    return [
        _decide(one, truth, origins[one.attempt.key], source) if one.attempt.key in origins else one
        for one, truth in zip(known, truths, strict=True)
    ]


def _decide(
    known: Assessment, truth: Criteria, origin: Origin, source: random.Random
) -> Assessment:
    if source.random() < 0.05:
        return decided(known, None, origin)
    outcome = outcome_of(truth, has_patch=True, marked_success=True)
    ticked = {name: getattr(truth, name) for name in CRITERIA if source.random() < 0.7}
    verdict = decision(
        known.attempt.key, True, origin, outcome=outcome, criteria=Criteria(**ticked)
    )
    return assess(known.attempt, [verdict], known.judgements, known.report)


def _true_counts(truths: Sequence[Criteria]) -> dict[str, int]:
    outcomes = [outcome_of(one, has_patch=True, marked_success=True) for one in truths]
    successes = outcomes.count(Outcome.TRUE_SUCCESS)
    return {
        "true success": successes,
        "true success of marked": successes,
        "false positive of marked": outcomes.count(Outcome.FALSE_POSITIVE),
        **{name: sum(getattr(one, name) for one in truths) for name in CRITERIA},
    }


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
