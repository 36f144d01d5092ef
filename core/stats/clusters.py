"""What a set of attempts says of *attempts like these*, given that they come in clusters.

Attempts at one commit, or in one run, succeed and fail together: forty attempts at four commits
tell little more than four. The variance is therefore taken between clusters.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

from msgspec import Struct

from core.stats.distributions import t_quantile

Z_95 = 1.959963984540054
"""The 97.5 % quantile of the standard normal distribution."""

FEW_CLUSTERS = 20
"""Below this many effective clusters an interval is a rough guide, and says so."""


class ClusteredShare(Struct, frozen=True):
    """A share (0..1) over clustered answers, with a 95 % interval by default.

    `design_effect` is the factor by which clusters inflate the variance (1 or more);
    `effective_clusters` is the number of equally large clusters that would tell as much.
    """

    count: int
    of: int
    clusters: int
    effective_clusters: float
    design_effect: float
    interval: tuple[float, float]

    @property
    def share(self) -> float:
        """The share itself."""
        return self.count / self.of

    @property
    def effective_size(self) -> float:
        """How many independent answers would tell as much (L. Kish, "Survey Sampling", 1965)."""
        return self.of / self.design_effect

    @property
    def has_few_clusters(self) -> bool:
        """Are there too few clusters to trust the interval?"""
        return self.effective_clusters < FEW_CLUSTERS


def clustered_share(
    answers: Iterable[tuple[Hashable, bool]], error: float = 0.05
) -> ClusteredShare | None:
    """The share of true answers, each given with its cluster; None without answers.

    The variance between clusters, estimated by leaving each out in turn (the jackknife, which is
    not too small where few large clusters dominate), gives the effective number of answers, which
    goes into Wilson's interval with Student's t: E. L. Korn and B. I. Graubard, "Confidence
    intervals for proportions with small expected number of positive counts estimated from survey
    data", Survey Methodology 24 (1998). The degrees of freedom are those of clusters that each
    contribute one answer (F. E. Satterthwaite, Biometrics Bulletin 2 (1946)). Where all answers are
    the same, nothing shows how alike a cluster is, and each cluster counts as one answer. With one
    cluster the interval is 0..1.
    """
    told = list(answers)
    sizes = Counter([cluster for cluster, _ in told])
    return share_of_clusters(sizes, Counter([cluster for cluster, yes in told if yes]), error)


def share_of_clusters(
    sizes: Mapping[Hashable, int], yes: Mapping[Hashable, int], error: float = 0.05
) -> ClusteredShare | None:
    """`clustered_share` of answers that are counted by cluster: all of them, and the true ones."""
    groups = [(size, yes.get(cluster, 0)) for cluster, size in sizes.items()]
    of, count = sum(sizes.values()), sum(yes.values())
    if not of:
        return None
    squares = sum(size**2 for size, _ in groups)
    effect = _design_effect(groups, count, of, of**2 / squares)
    interval = (0.0, 1.0)
    if len(groups) > 1:
        degrees = max(1.0, squares**2 / sum(size**4 for size, _ in groups))
        interval = wilson(count / of, of / effect, t_quantile(1 - error / 2, degrees))
    return ClusteredShare(count, of, len(groups), of**2 / squares, effect, interval)


def widest(shares: Sequence[ClusteredShare]) -> ClusteredShare:
    """The one with the widest interval: what to show when there are two ways to form clusters."""
    return max(shares, key=lambda share: share.interval[1] - share.interval[0])


def wilson_interval(count: int, of: int, z: float = Z_95) -> tuple[float, float] | None:
    """Wilson's interval of a share of independent answers, as (low, high); None when `of` is 0."""
    return wilson(count / of, of, z) if of else None


def wilson(share: float, size: float, quantile: float) -> tuple[float, float]:
    """Wilson's score interval of a share (0..1) of `size` (> 0) answers, which need not be whole.

    With share p, size n and quantile z it is (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n):
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
    (1927).
    """
    square = quantile * quantile / size
    centre = (share + square / 2) / (1 + square)
    half = quantile * math.sqrt(share * (1 - share) / size + square / (4 * size)) / (1 + square)
    low = 0.0 if share == 0 else max(0.0, centre - half)
    high = 1.0 if share == 1 else min(1.0, centre + half)
    return low, high


def _design_effect(
    groups: Sequence[tuple[int, int]], count: int, of: int, effective_clusters: float
) -> float:
    """Variance between clusters over that of as many independent answers; at least 1.

    A group is how many answers a cluster has, and how many of them are true.
    """
    if count in (0, of) or len(groups) < 2:
        return of / effective_clusters
    share = count / of
    without = ((count - yes) / (of - size) for size, yes in groups)
    spread = math.fsum((other - share) ** 2 for other in without)
    variance = (len(groups) - 1) / len(groups) * spread
    return max(1.0, variance / (share * (1 - share) / of))
