"""What a sample says of a finite set: exact intervals for how many members have a property.

*This set* is sampled without replacement, so the count in the sample is hypergeometric, and a set
that is known in full has no sampling error at all. Strata (attempts by the judge's opinion) may be
sampled at different rates.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import product

from msgspec import Struct

from core.stats.distributions import hypergeometric_cdf, hypergeometric_pmf

_BERGER_BOOS = 0.0005
"""The part of the error budget spent on a region for each stratum's own count."""

_MOST_WORK = 3_000_000
"""The most terms summed for one interval; beyond that, the strata's intervals are added up."""

_EQUAL = 1e-9


class Stratum(Struct, frozen=True):
    """`positives` among the `drawn`, out of `size` in all. Counts of attempts."""

    size: int
    drawn: int
    positives: int

    def __post_init__(self) -> None:
        if not 0 <= self.positives <= self.drawn <= self.size:
            raise ValueError(f"not a sample of a stratum: {self}")

    @property
    def estimate(self) -> float:
        """The estimated number with the property; half of all when none was drawn."""
        return self.size * (self.positives / self.drawn if self.drawn else 0.5)


def hypergeometric_interval(stratum: Stratum, error: float = 0.05) -> tuple[int, int]:
    """How many of a set have the property, as (low, high), both inclusive, from one random sample.

    Inverts both one-sided exact tests at `error` / 2: J. P. Buonaccorsi, "A note on confidence
    intervals for proportions in finite populations", The American Statistician 41 (1987).
    """
    low, high = stratum.positives, stratum.size - (stratum.drawn - stratum.positives)

    def at_least(total: int) -> float:
        return 1 - hypergeometric_cdf(stratum.positives - 1, stratum.size, total, stratum.drawn)

    def at_most(total: int) -> float:
        return hypergeometric_cdf(stratum.positives, stratum.size, total, stratum.drawn)

    return (
        _first(lambda total: at_least(total) > error / 2, low, high),
        -_first(lambda total: at_most(-total) > error / 2, -high, -low),
    )


def stratified_interval(strata: Sequence[Stratum], error: float = 0.05) -> tuple[int, int]:
    """How many of a set have the property, as (low, high), from a random sample of each stratum.

    Exact: a total stays in the interval as long as some division of it among the strata makes an
    estimate as extreme as the observed one likelier than `error` / 2; divisions that the strata's
    own counts rule out are skipped and paid for (R. L. Berger and D. D. Boos, "P values maximized
    over a confidence set for the nuisance parameter", JASA 89 (1994)). For one stratum it equals
    `hypergeometric_interval`.
    """
    known = sum(s.positives for s in strata if s.drawn == s.size)
    open_strata = [s for s in strata if s.drawn < s.size]
    if len(open_strata) < 2:
        low, high = hypergeometric_interval(open_strata[0], error) if open_strata else (0, 0)
        return known + low, known + high
    regions = [hypergeometric_interval(s, 2 * _BERGER_BOOS / len(open_strata)) for s in open_strata]
    if _work(open_strata, regions) > _MOST_WORK:
        parts = [hypergeometric_interval(s, error / len(open_strata)) for s in open_strata]
        return known + sum(p[0] for p in parts), known + sum(p[1] for p in parts)
    search = _Search(open_strata, regions, error / 2 - _BERGER_BOOS)
    return known + search.low(), known + search.high()


def _work(strata: Sequence[Stratum], regions: Sequence[tuple[int, int]]) -> int:
    divisions = sorted(high - low + 1 for low, high in regions)
    outcomes = sorted(s.drawn + 1 for s in strata)
    tables = sum(
        (high - low + 1) * (s.drawn + 1) for s, (low, high) in zip(strata, regions, strict=True)
    )
    return math.prod(divisions[:-1]) * math.prod(outcomes[:-1]) * 20 + tables * 15


class _Search:
    """The totals that the sample leaves possible, found by trying every division among strata."""

    def __init__(
        self, strata: Sequence[Stratum], regions: Sequence[tuple[int, int]], error: float
    ) -> None:
        # The stratum with most outcomes is summed by its distribution function.
        order = sorted(range(len(strata)), key=lambda i: strata[i].drawn)
        self._strata = [strata[i] for i in order]
        self._regions = [regions[i] for i in order]
        self._error = error
        self._seen = sum(s.estimate for s in self._strata if s.drawn)
        self._pmf: dict[tuple[int, int], list[float]] = {}
        self._cdf: dict[int, list[float]] = {}

    def low(self) -> int:
        """The least total."""
        first, last = (sum(region[end] for region in self._regions) for end in (0, 1))
        return _first(lambda total: self._is_possible(total, self._at_least), first, last)

    def high(self) -> int:
        """The largest total."""
        first, last = (sum(region[end] for region in self._regions) for end in (0, 1))
        return -_first(lambda total: self._is_possible(-total, self._at_most), -last, -first)

    def _is_possible(self, total: int, tail: Callable[[Sequence[int]], float]) -> bool:
        return any(tail(division) > self._error for division in self._divisions(total))

    def _divisions(self, total: int) -> Iterator[list[int]]:
        """Every way in which the strata's counts, within their regions, add up to a total."""
        *others, (low, high) = self._regions
        for counts in product(*(range(first, last + 1) for first, last in others)):
            rest = total - sum(counts)
            if low <= rest <= high:
                yield [*counts, rest]

    def _at_least(self, counts: Sequence[int]) -> float:
        """P(an estimate of at least the observed one), given each stratum's count."""
        return self._tail(counts, lambda rest, last: self._upper(rest, last))

    def _at_most(self, counts: Sequence[int]) -> float:
        """P(an estimate of at most the observed one), given each stratum's count."""
        return self._tail(counts, lambda rest, last: self._lower(rest, last))

    def _tail(self, counts: Sequence[int], last_tail: Callable[[float, int], float]) -> float:
        tables = [self._outcomes(i, count) for i, count in enumerate(counts[:-1])]
        steps = [s.size / s.drawn if s.drawn else 0.0 for s in self._strata[:-1]]
        return math.fsum(
            math.prod(table[k] for table, k in zip(tables, outcome, strict=True))
            * last_tail(
                self._seen - sum(step * k for step, k in zip(steps, outcome, strict=True)),
                counts[-1],
            )
            for outcome in product(*(range(len(table)) for table in tables))
            if all(table[k] for table, k in zip(tables, outcome, strict=True))
        )

    def _outcomes(self, index: int, count: int) -> list[float]:
        """The probability of each number of positives in the sample of one stratum."""
        table = self._pmf.get((index, count))
        if table is None:
            s = self._strata[index]
            table = [hypergeometric_pmf(k, s.size, count, s.drawn) for k in range(s.drawn + 1)]
            self._pmf[index, count] = table
        return table

    def _upper(self, rest: float, count: int) -> float:
        """P(the last stratum's estimate is at least `rest`)."""
        s = self._strata[-1]
        least = math.ceil(rest * s.drawn / s.size - _EQUAL)
        return 1.0 if least <= 0 else 1 - self._cumulated(count, least - 1)

    def _lower(self, rest: float, count: int) -> float:
        """P(the last stratum's estimate is at most `rest`)."""
        s = self._strata[-1]
        most = math.floor(rest * s.drawn / s.size + _EQUAL)
        return 0.0 if most < 0 else self._cumulated(count, most)

    def _cumulated(self, count: int, k: int) -> float:
        table = self._cdf.get(count)
        if table is None:
            total, table = 0.0, []
            for chance in self._outcomes(len(self._strata) - 1, count):
                total += chance
                table.append(min(total, 1.0))
            self._cdf[count] = table
        return table[k] if k < len(table) else 1.0


def _first(is_possible: Callable[[int], bool], low: int, high: int) -> int:
    """The first number in low..high from which on a monotone condition holds."""
    return low + bisect_left(range(low, high), True, key=is_possible)
