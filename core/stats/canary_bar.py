"""Whether a judge is good enough for rates of its own: its canaries against a bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.judge.question.canaries import CanaryScore, against_bar
from core.stats.clusters import wilson_interval

CANARY_BAR = 0.9
"""The share of canaries that must be right, unless it is set otherwise."""


@dataclass(frozen=True, slots=True)
class CanaryBar:
    """`right` of `answered` canaries, the share (0..1) and the lower end of its 95 % interval."""

    right: int
    answered: int
    bar: float
    share: float | None
    low: float | None
    missed: bool


def canary_result(scores: Mapping[str, CanaryScore], bar: float) -> CanaryBar:
    """What canaries of every kind come to against a bar."""
    found = against_bar(scores, bar)
    interval = wilson_interval(found.right, found.answered)
    low = interval[0] if interval else None
    return CanaryBar(found.right, found.answered, bar, found.share, low, found.missed)
