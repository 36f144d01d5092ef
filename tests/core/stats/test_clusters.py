"""Shares over clustered answers."""

from __future__ import annotations

import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.stats.clusters import Z_95, clustered_share, widest, wilson, wilson_interval
from core.stats.distributions import t_quantile
from tests.core.stats.oracles import LINEARISED, WILSON, clustered_answers


def test_wilson_agrees_with_statsmodels() -> None:
    WILSON.compare()


def test_the_variance_is_that_of_leaving_each_cluster_out() -> None:
    source = random.Random(4)
    for _ in range(200):
        count = source.randint(5, 40)
        clusters = [c for c in range(count) for _ in range(source.randint(1, 9))]
        habits = [source.random() for _ in range(count)]
        answers = [source.random() < habits[c] for c in clusters]
        found = clustered_share(zip(clusters, answers, strict=True))
        assert found is not None
        if found.design_effect == 1 or found.count in (0, found.of):
            continue
        parts: list[list[bool]] = [[] for _ in range(count)]
        for cluster, answer in zip(clusters, answers, strict=True):
            parts[cluster].append(answer)
        left = [(sum(answers) - sum(part), len(answers) - len(part)) for part in parts]
        others = [right / of for right, of in left]
        share = fmean(answers)
        jackknife = (count - 1) / count * sum((other - share) ** 2 for other in others)
        ours = found.share * (1 - found.share) / found.effective_size
        assert ours == pytest.approx(jackknife, rel=1e-9)


def test_the_variance_is_near_that_of_a_regression_with_clustered_errors() -> None:
    """The linearised variance of survey statistics, for many clusters of like size."""
    found = clustered_share(zip(*clustered_answers(), strict=True))
    assert found is not None and found.design_effect > 1
    ours = found.share * (1 - found.share) / found.effective_size
    assert ours == pytest.approx(LINEARISED, rel=0.02)


def test_answers_that_go_together_count_as_fewer() -> None:
    alike = [(c, c % 2 == 0) for c in range(10) for _ in range(20)]
    apart = [(i, i % 2 == 0) for i in range(200)]
    together, alone = clustered_share(alike), clustered_share(apart)
    assert together and alone
    assert together.share == alone.share == 0.5
    assert together.effective_size == pytest.approx(9, rel=0.15)
    assert alone.design_effect == pytest.approx(1, rel=0.02)
    assert together.interval[0] < alone.interval[0] and together.interval[1] > alone.interval[1]
    assert together.has_few_clusters and not alone.has_few_clusters
    assert widest([alone, together]) is together


def test_where_all_answers_are_the_same_a_cluster_counts_as_one() -> None:
    found = clustered_share((c, False) for c in range(10) for _ in range(20))
    assert found is not None
    assert found.effective_size == pytest.approx(10)
    assert found.interval == pytest.approx(wilson(0, 10, t_quantile(0.975, 10)))
    assert found.interval[0] == 0 and found.interval[1] > 0.3


def test_clusters_of_unequal_size_count_as_fewer() -> None:
    found = clustered_share([*((0, bool(i % 2)) for i in range(97)), (1, True), (2, False)])
    assert found is not None
    assert found.clusters == 3
    assert found.effective_clusters == pytest.approx(99**2 / (97**2 + 2))


def test_one_cluster_says_nothing_of_others_and_no_answers_say_nothing() -> None:
    one = clustered_share([("a", True), ("a", False)])
    assert one is not None and one.interval == (0, 1)
    assert clustered_share([]) is None


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [  # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_agrees_with_published_values(
    count: int, of: int, low: float, high: float
) -> None:
    assert wilson_interval(count, of) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_wilson_interval_holds_the_share(count: int, of: int) -> None:
    count = min(count, of)
    interval = wilson_interval(count, of)
    assert interval is not None
    assert 0 <= interval[0] <= count / of <= interval[1] <= 1
    for bound in interval:  # where the score test is just not significant
        score = Z_95**2 * bound * (1 - bound) / of
        assert (count / of - bound) ** 2 == pytest.approx(score, abs=1e-9)
