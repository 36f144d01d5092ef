"""The stratified interval by its definition: every division of every total, nothing searched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product
from math import prod

from core.stats.finite_population import Stratum
from tests.core.stats.oracles import chance


def by_definition(strata: Sequence[Stratum], error: float = 0.05) -> tuple[int, int]:
    """The least and the largest total, as `core.stats.finite_population` defines them."""
    known = sum(s.positives for s in strata if s.drawn == s.size)
    left = [s for s in strata if s.drawn < s.size]
    if not left:
        return known, known
    spent = 0.0005 if len(left) > 1 else 0.0
    regions = [_region(s, 2 * spent / len(left)) for s in left]
    steps = [[s.size * k / max(s.drawn, 1) for k in range(s.drawn + 1)] for s in left]
    estimates = [sum(outcome) for outcome in product(*steps)]
    seen = sum(s.estimate for s in left if s.drawn)
    least, most = [], []
    for counts in product(*regions):
        each = [_chances(s.size, count, s.drawn) for s, count in zip(left, counts, strict=True)]
        found = list(zip(estimates, map(prod, product(*each)), strict=True))
        if sum(likely for at, likely in found if at >= seen - 1e-9) > error / 2 - spent:
            least.append(sum(counts))
        if sum(likely for at, likely in found if at <= seen + 1e-9) > error / 2 - spent:
            most.append(sum(counts))
    return known + min(least), known + max(most)


@cache
def _chances(size: int, count: int, drawn: int) -> list[float]:
    return [chance(k, size, count, drawn) for k in range(drawn + 1)]


def _region(s: Stratum, error: float) -> list[int]:
    """The counts of one stratum that its own sample does not rule out."""
    counts = range(s.positives, s.size - (s.drawn - s.positives) + 1)
    if not error:
        return list(counts)
    return [
        count
        for count in counts
        if sum(_chances(s.size, count, s.drawn)[s.positives :]) > error / 2
        and sum(_chances(s.size, count, s.drawn)[: s.positives + 1]) > error / 2
    ]
