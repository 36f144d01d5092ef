"""How to allocate a sample over strata so that the estimate of the total varies least."""

from __future__ import annotations

from collections.abc import Sequence

_LEAST_VARIANCE = 0.0025
"""The guess for a stratum that seems pure, because it may not be."""


def allocate(sizes: Sequence[int], shares: Sequence[float], drawn: int) -> list[int]:
    """How many of each stratum to draw so that the estimate of the total varies least.

    `shares` are guesses of the strata's shares (0..1). J. Neyman, "On the two different aspects of
    the representative method", JRSS 97 (1934): proportional to size times standard deviation; at
    least one each, and never more than there are.
    """
    return draw_more(sizes, [0] * len(sizes), shares, drawn)


def draw_more(
    sizes: Sequence[int], drawn: Sequence[int], shares: Sequence[float], more: int
) -> list[int]:
    """How many of each stratum to have drawn, once `more` are added to the `drawn` ones.

    Each next draw goes where it lowers the variance most, starting with strata of which nothing is
    known.
    """
    counts = list(drawn)
    weights = [
        size * size * max(share * (1 - share), _LEAST_VARIANCE)
        for size, share in zip(sizes, shares, strict=True)
    ]
    for _ in range(min(more, sum(sizes) - sum(counts))):
        open_ones = [i for i, size in enumerate(sizes) if counts[i] < size]
        best = max(open_ones, key=lambda i: _gain(weights[i], counts[i]))
        counts[best] += 1
    return counts


def _gain(weight: float, count: int) -> tuple[bool, float]:
    """How much the variance of a stratum's estimate falls with one more draw."""
    return (True, weight) if count == 0 else (False, weight / (count * (count + 1)))
