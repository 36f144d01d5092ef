"""The stratified interval by its definition: every division of every total, nothing searched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from core.stats.finite_population import Stratum
from tests.core.stats.oracles import scipy_stats


def by_definition(strata: Sequence[Stratum], error: float = 0.05) -> tuple[int, int]:
    """The least and the largest total, as `core.stats.finite_population` defines them."""
    known = sum(s.positives for s in strata if s.drawn == s.size)
    left = [s for s in strata if s.drawn < s.size]
    if not left:
        return known, known
    spent = 0.0005 if len(left) > 1 else 0.0
    regions = [_region(s, 2 * spent / len(left)) for s in left]
    steps = [s.size * np.arange(s.drawn + 1) / max(s.drawn, 1) for s in left]
    estimates = np.array([sum(outcome) for outcome in product(*steps)])
    seen = sum(s.estimate for s in left if s.drawn)
    least, most = [], []
    for counts in product(*regions):
        chances = np.ones(1)
        for s, count in zip(left, counts, strict=True):
            chances = np.outer(chances, _chances(s.size, count, s.drawn)).ravel()
        if chances[estimates >= seen - 1e-9].sum() > error / 2 - spent:
            least.append(sum(counts))
        if chances[estimates <= seen + 1e-9].sum() > error / 2 - spent:
            most.append(sum(counts))
    return known + min(least), known + max(most)


@cache
def _chances(size: int, count: int, drawn: int) -> NDArray[np.float64]:
    found: NDArray[np.float64] = scipy_stats.hypergeom.pmf(np.arange(drawn + 1), size, count, drawn)
    return found


def _region(s: Stratum, error: float) -> list[int]:
    """The counts of one stratum that its own sample does not rule out."""
    counts = range(s.positives, s.size - (s.drawn - s.positives) + 1)
    if not error:
        return list(counts)
    return [
        count
        for count in counts
        if scipy_stats.hypergeom.sf(s.positives - 1, s.size, count, s.drawn) > error / 2
        and scipy_stats.hypergeom.cdf(s.positives, s.size, count, s.drawn) > error / 2
    ]
