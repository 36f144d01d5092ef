"""How far two or more raters agree, beyond what guessing would give.

A rater is a reviewer, a judge, or the same one at another time. Ratings are labels of any kind
(booleans, outcomes); an item that somebody did not rate has None there.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

from msgspec import Struct

Label = Hashable
Pair = tuple[Label, Label]


class Cell(Struct, frozen=True):
    """How many items the first rater gave one label and the second another, or the same one."""

    first: str
    second: str
    count: int


class Agreement(Struct, frozen=True):
    """Two raters on the items that both rated. Undefined coefficients are None.

    `percent` and `constant` are shares in 0..1: how often they agree, and how often always guessing
    the first rater's most frequent label would agree with the first. `kappa`, `alpha` and `ac1` are
    at most 1; intervals are bootstrapped over clusters.
    """

    items: int
    confusion: tuple[Cell, ...]
    percent: float | None
    constant: float | None
    kappa: float | None
    alpha: float | None
    ac1: float | None
    kappa_interval: tuple[float, float] | None = None
    alpha_interval: tuple[float, float] | None = None


def agreement(
    pairs: Sequence[Pair], clusters: Sequence[Hashable] = (), *, rounds: int = 2000, seed: int = 1
) -> Agreement:
    """Confusion and coefficients of two raters; `clusters` (one per item) adds intervals."""
    confusion = sorted(Counter((str(a), str(b)) for a, b in pairs).items())
    percent = sum(a == b for a, b in pairs) / len(pairs) if pairs else None
    first = Counter(a for a, _ in pairs)
    constant = max(first.values()) / len(pairs) if pairs else None
    return Agreement(
        items=len(pairs),
        confusion=tuple(Cell(*labels, count) for labels, count in confusion),
        percent=percent,
        constant=constant,
        kappa=cohen_kappa(pairs),
        alpha=krippendorff_alpha(pairs),
        ac1=gwet_ac1(pairs),
        kappa_interval=bootstrap(pairs, clusters, cohen_kappa, rounds=rounds, seed=seed),
        alpha_interval=bootstrap(pairs, clusters, krippendorff_alpha, rounds=rounds, seed=seed),
    )


def cohen_kappa(pairs: Sequence[Pair]) -> float | None:
    """Agreement of two raters beyond chance, given each one's own habits; None if both never vary.

    J. Cohen, "A coefficient of agreement for nominal scales", Educ. Psychol. Meas. 20 (1960).
    """
    if not pairs:
        return None
    count = len(pairs)
    alike, first, second = 0, Counter[Label](), Counter[Label]()
    for (a, b), number in Counter(pairs).items():
        alike += number * (a == b)
        first[a] += number
        second[b] += number
    observed = alike / count
    expected = sum(first[label] * second[label] for label in first) / count**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def krippendorff_alpha(ratings: Sequence[Sequence[Label | None]]) -> float | None:
    """Agreement of any number of raters on nominal labels, gaps allowed; a row is an item.

    alpha = 1 - (n - 1) (sum of disagreeing pairs within items) / (disagreeing pairs overall): K.
    Krippendorff, "Content Analysis" (2004), chapter 11. None if there is only one label.
    """
    rows = [tuple(row) for row in ratings]
    disagreeing: dict[tuple[Label | None, ...], float] = {}  # once for all items rated alike
    totals = Counter[Label]()
    for row, number in Counter(rows).items():
        labels = Counter(label for label in row if label is not None)
        raters = labels.total()
        disagreeing[row] = 0.0
        if raters > 1:
            disagreeing[row] = (raters**2 - _squares(labels)) / (raters - 1)
            totals.update({label: number * times for label, times in labels.items()})
    count = totals.total()
    expected = count**2 - _squares(totals)
    if not expected:
        return None
    observed = sum(map(disagreeing.__getitem__, rows))
    return 1 - (count - 1) * observed / expected


def _squares(numbers: Counter[Label]) -> int:
    return sum(number**2 for number in numbers.values())


def gwet_ac1(pairs: Sequence[Pair]) -> float | None:
    """Agreement beyond chance that does not collapse when one label is rare.

    K. L. Gwet, "Computing inter-rater reliability and its variance in the presence of high
    agreement", Br. J. Math. Stat. Psychol. 61 (2008). None with fewer than two labels.
    """
    totals = Counter(label for pair in pairs for label in pair)
    if len(totals) < 2:
        return None
    observed = sum(a == b for a, b in pairs) / len(pairs)
    shares = [number / totals.total() for number in totals.values()]
    expected = sum(share * (1 - share) for share in shares) / (len(totals) - 1)
    return (observed - expected) / (1 - expected)


def bootstrap(
    items: Sequence[Pair],
    clusters: Sequence[Hashable],
    figure: Callable[[Sequence[Pair]], float | None],
    *,
    rounds: int = 2000,
    seed: int = 1,
    error: float = 0.05,
) -> tuple[float, float] | None:
    """The percentile interval of a figure when whole clusters are resampled with replacement.

    B. Efron and R. Tibshirani, "An Introduction to the Bootstrap" (1993). None with fewer than two
    clusters, or when the figure is defined in fewer than half of the rounds.
    """
    members: defaultdict[Hashable, list[Pair]] = defaultdict(list)
    for item, cluster in zip(items, clusters, strict=bool(clusters)):
        members[cluster].append(item)
    groups = list(members.values())
    if len(groups) < 2:
        return None
    draw = random.Random(seed)  # noqa: S311 (a sample, not a secret)
    values = []
    for _ in range(rounds):
        drawn = [item for group in draw.choices(groups, k=len(groups)) for item in group]
        value = figure(drawn)
        if value is not None:
            values.append(value)
    if 2 * len(values) < rounds:
        return None
    values.sort()
    cut = int(len(values) * error / 2)
    return values[cut], values[-1 - cut]
