"""May a judge replace a reviewer? The alternative annotator test, over any kind of labels.

N. Calderon, R. Reichart and R. Dror, "The Alternative Annotator Test for LLM-as-a-Judge"
(arXiv 2501.10970). Each reviewer in turn is left out; the judge has to be as close to the others as
the one left out, less a margin epsilon that expresses how much cheaper the judge is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence

from msgspec import Struct

from core.stats.comparisons import benjamini_yekutieli
from core.stats.distributions import t_cdf

Ratings = Mapping[Hashable, Hashable]
"""One rater's labels by item."""

Closeness = Callable[[Hashable, Sequence[Hashable]], float]
"""How close a label is to those of the others; larger is closer."""

LEAST_ITEMS = 30
"""A reviewer with fewer items than this in common with the judge and the others is left out."""


class ReviewerComparison(Struct, frozen=True):
    """The judge beside one reviewer: shares (0..1) of items where each was at least as close."""

    reviewer: str
    items: int
    judge_closer: float
    reviewer_closer: float
    p: float
    is_beaten: bool = False  # the judge may replace this reviewer, after correction


class AlternativeAnnotator(Struct, frozen=True):
    """The result: `winning_rate` is the share of reviewers beaten; a half or more passes.

    `advantage` is the mean probability that the judge is at least as close as a reviewer. Both are
    None when no reviewer has enough items.
    """

    epsilon: float
    reviewers: tuple[ReviewerComparison, ...]

    @property
    def winning_rate(self) -> float | None:
        """The share of reviewers that the judge may replace."""
        return _mean([float(one.is_beaten) for one in self.reviewers])

    @property
    def advantage(self) -> float | None:
        """The average advantage probability."""
        return _mean([one.judge_closer for one in self.reviewers])

    @property
    def passed(self) -> bool | None:
        """May the judge replace a reviewer? None when there is no telling."""
        return None if self.winning_rate is None else self.winning_rate >= 0.5


def same_label(label: Hashable, others: Sequence[Hashable]) -> float:
    """For labels without an order: the share of the others who gave this label."""
    return sum(other == label for other in others) / len(others)


def near_number(label: Hashable, others: Sequence[Hashable]) -> float:
    """For scores: the negative root mean square distance to the others."""
    value = _number(label)
    return -math.sqrt(math.fsum((value - _number(o)) ** 2 for o in others) / len(others))


def alternative_annotator_test(
    judge: Ratings,
    reviewers: Mapping[str, Ratings],
    *,
    epsilon: float,
    closeness: Closeness = same_label,
    error: float = 0.05,
    least_items: int = LEAST_ITEMS,
) -> AlternativeAnnotator:
    """Compare the judge with each reviewer by the others' labels.

    One-sided t test of each difference against `epsilon`, Benjamini-Yekutieli at `error`.
    """
    compared = [
        found
        for name in reviewers
        if (found := _against(name, judge, reviewers, epsilon, closeness, least_items)) is not None
    ]
    adjusted = benjamini_yekutieli([one.p for one in compared])
    return AlternativeAnnotator(
        epsilon,
        tuple(
            ReviewerComparison(
                o.reviewer, o.items, o.judge_closer, o.reviewer_closer, o.p, value < error
            )
            for o, value in zip(compared, adjusted, strict=True)
        ),
    )


def _against(
    name: str,
    judge: Ratings,
    reviewers: Mapping[str, Ratings],
    epsilon: float,
    closeness: Closeness,
    least_items: int,
) -> ReviewerComparison | None:
    judge_wins, reviewer_wins = [], []
    for item, own in reviewers[name].items():
        others = [held[item] for other, held in reviewers.items() if other != name and item in held]
        if item not in judge or not others:
            continue
        theirs, ours = closeness(judge[item], others), closeness(own, others)
        judge_wins.append(float(theirs >= ours))
        reviewer_wins.append(float(ours >= theirs))
    if len(judge_wins) < max(2, least_items):
        return None
    differences = [ours - theirs for ours, theirs in zip(reviewer_wins, judge_wins, strict=True)]
    p = _less_than(differences, epsilon)
    count = len(judge_wins)
    return ReviewerComparison(name, count, sum(judge_wins) / count, sum(reviewer_wins) / count, p)


def _less_than(values: Sequence[float], bound: float) -> float:
    """The p-value of a one-sided t test of: the mean is not below `bound`."""
    mean = math.fsum(values) / len(values)
    spread = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1))
    if spread == 0:
        return 0.0 if mean < bound else 1.0
    return t_cdf((mean - bound) / (spread / math.sqrt(len(values))), len(values) - 1)


def _number(label: Hashable) -> float:
    if not isinstance(label, int | float):
        raise TypeError(f"not a number: {label!r}")
    return float(label)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
