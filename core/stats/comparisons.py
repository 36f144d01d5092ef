"""Is one agent better than another? Paired by human commit, corrected for multiple comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from msgspec import Struct

from core.stats.distributions import binomial_test


class Comparison(Struct, frozen=True):
    """Two agents on the human commits that both tried and where both are decided.

    A commit counts for the agent with the larger share of right attempts there. `p` is from the
    exact sign test (McNemar's where each made one attempt), `adjusted` by Holm's correction.
    """

    first: str
    second: str
    first_better: int
    second_better: int
    equal: int
    p: float
    adjusted: float = 1.0

    @property
    def commits(self) -> int:
        """Human commits on which both can be compared."""
        return self.first_better + self.second_better + self.equal


def compare_pairs(right: Mapping[str, Mapping[str, Sequence[bool]]]) -> list[Comparison]:
    """Every pair of agents; `right` holds the decided answers by agent and human commit."""
    pairs = [_compare(a, b, right[a], right[b]) for a, b in combinations(sorted(right), 2)]
    adjusted = holm([pair.p for pair in pairs])
    return [
        Comparison(p.first, p.second, p.first_better, p.second_better, p.equal, p.p, value)
        for p, value in zip(pairs, adjusted, strict=True)
    ]


def _compare(
    first: str,
    second: str,
    ours: Mapping[str, Sequence[bool]],
    theirs: Mapping[str, Sequence[bool]],
) -> Comparison:
    signs = []
    for commit, answers in ours.items():
        others = theirs.get(commit, ())
        if answers and others:
            difference = sum(answers) * len(others) - sum(others) * len(answers)
            signs.append((difference > 0) - (difference < 0))
    better, worse = signs.count(1), signs.count(-1)
    p = binomial_test(better, better + worse)
    return Comparison(first, second, better, worse, signs.count(0), p)


def holm(values: Sequence[float]) -> list[float]:
    """p-values adjusted to bound the probability of any false alarm, under any dependence.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979).
    """
    return _step(values, [len(values) - rank for rank in range(len(values))], upwards=True)


def benjamini_yekutieli(values: Sequence[float]) -> list[float]:
    """p-values adjusted to bound the share of false alarms among the alarms, under any dependence.

    Y. Benjamini and D. Yekutieli, Annals of Statistics 29 (2001).
    """
    count = len(values)
    harmonic = sum(1 / rank for rank in range(1, count + 1))
    factors = [count * harmonic / rank for rank in range(1, count + 1)]
    return _step(values, factors, upwards=False)


def _step(values: Sequence[float], factors: Sequence[float], *, upwards: bool) -> list[float]:
    """Each sorted p-value times its factor, made monotone from the small or from the large end."""
    order = sorted(range(len(values)), key=values.__getitem__)
    scaled = [min(1.0, values[i] * factor) for i, factor in zip(order, factors, strict=True)]
    walk = range(len(order)) if upwards else range(len(order) - 1, -1, -1)
    adjusted, latest = [0.0] * len(values), 0.0 if upwards else 1.0
    for place in walk:
        latest = max(latest, scaled[place]) if upwards else min(latest, scaled[place])
        adjusted[order[place]] = latest
    return adjusted
