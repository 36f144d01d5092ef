"""Whether a judge is good enough for rates of its own: its canaries against a bar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from msgspec import Struct

from core.assess.barred import Judges
from core.assess.canary_scores import CanaryResult, CanaryScore, against_bar, score
from core.models import Judgement
from core.stats.clusters import wilson_interval

CANARY_BAR = 0.9
"""The default share of canaries that must be right."""


class CanaryBar(Struct, frozen=True):
    """`right` of `answered` canaries, the share (0..1) and the lower end of its 95 % interval."""

    right: int
    answered: int
    bar: float
    share: float | None
    low: float | None
    missed: bool


class CanaryCounts(TypedDict):
    """By kind, overall, and by judge."""

    canaries: Mapping[str, CanaryScore]
    canary_bar: CanaryBar
    canary_bars: Mapping[str, CanaryBar]


def canary_counts(canaries: Iterable[Judgement], judges: Judges, bar: float) -> CanaryCounts:
    """Everything reported about canaries."""
    scores = score(canaries)
    return CanaryCounts(
        canaries=scores,
        canary_bar=canary_result(scores, bar),
        canary_bars=results_by_judge(judges),
    )


def results_by_judge(judges: Judges) -> dict[str, CanaryBar]:
    """How each judge did on its canaries, by its name."""
    return {name: with_interval(result) for name, result in judges.results.items()}


def canary_result(scores: Mapping[str, CanaryScore], bar: float) -> CanaryBar:
    """How all kinds of canary compare with the bar."""
    return with_interval(against_bar(scores, bar))


def with_interval(found: CanaryResult) -> CanaryBar:
    """The canary result with its lower bound."""
    interval = wilson_interval(found.right, found.answered)
    low = interval[0] if interval else None
    return CanaryBar(found.right, found.answered, found.bar, found.share, low, found.missed)
