"""Distribution functions against scipy, on a thousand random inputs each."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from scipy import special, stats

from core.stats.distributions import (
    beta_cdf,
    beta_quantile,
    binomial_test,
    hypergeometric_cdf,
    hypergeometric_pmf,
    t_cdf,
    t_quantile,
)

SAME = 1e-9
DRAWS = 1000


def draws(of: Callable[[random.Random], tuple[float, ...]]) -> Iterator[tuple[float, ...]]:
    """Random inputs, the same ones every time."""
    source = random.Random(7)
    return (of(source) for _ in range(DRAWS))


def test_beta_distribution() -> None:
    for x, a, b in draws(lambda r: (r.random(), 10 ** r.uniform(-1, 4), 10 ** r.uniform(-1, 4))):
        assert beta_cdf(x, a, b) == pytest.approx(special.betainc(a, b, x), abs=SAME)
        p = special.betainc(a, b, x)
        if 1e-6 < p < 1 - 1e-6:
            quantile = special.betaincinv(a, b, p)
            assert beta_quantile(float(p), a, b) == pytest.approx(quantile, abs=1e-7)


def test_t_distribution() -> None:
    for t, degrees in draws(lambda r: (r.uniform(-12, 12), 10 ** r.uniform(0, 4))):
        assert t_cdf(t, degrees) == pytest.approx(stats.t.cdf(t, degrees), abs=SAME)
    for p, degrees in draws(lambda r: (r.uniform(0.001, 0.999), 10 ** r.uniform(0, 4))):
        assert t_quantile(p, degrees) == pytest.approx(stats.t.ppf(p, degrees), rel=1e-6, abs=1e-9)


def hypergeometric(r: random.Random) -> tuple[int, int, int, int]:
    population = r.randint(1, 2000)
    positives, drawn = r.randint(0, population), r.randint(0, population)
    return r.randint(0, drawn), population, positives, drawn


def test_hypergeometric_distribution() -> None:
    source = random.Random(7)
    for _ in range(DRAWS):
        k, population, positives, drawn = hypergeometric(source)
        oracle = stats.hypergeom(population, positives, drawn)
        ours = hypergeometric_pmf(k, population, positives, drawn)
        assert ours == pytest.approx(oracle.pmf(k), abs=SAME)
        ours = hypergeometric_cdf(k, population, positives, drawn)
        assert ours == pytest.approx(oracle.cdf(k), abs=SAME)


def test_the_hypergeometric_distribution_of_large_sets() -> None:
    for population, positives, drawn, k in ((900, 300, 60, 25), (5000, 40, 700, 6)):
        found = hypergeometric_pmf(k, population, positives, drawn)
        assert found == pytest.approx(stats.hypergeom.pmf(k, population, positives, drawn))


def test_binomial_test() -> None:
    source = random.Random(7)
    for _ in range(DRAWS):
        of = source.randint(1, 200)
        count = source.randint(0, of)
        share = source.choice([0.5, source.random()])
        oracle = stats.binomtest(count, of, share).pvalue
        assert binomial_test(count, of, share) == pytest.approx(oracle, abs=1e-9)
    assert binomial_test(0, 0) == 1
    assert (binomial_test(4, 4, 1.0), binomial_test(3, 4, 1.0)) == (1, 0)
