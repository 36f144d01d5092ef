"""Distribution functions against scipy, on a thousand random inputs each."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from core.stats.distributions import (
    beta_cdf,
    beta_quantile,
    binomial_test,
    hypergeometric_cdf,
    hypergeometric_pmf,
    t_cdf,
    t_quantile,
)
from tests.core.stats.oracles import scipy_special, scipy_stats

SAME = 1e-9
DRAWS = 1000


def draws(of: Callable[[random.Random], tuple[float, ...]]) -> Iterator[tuple[float, ...]]:
    """Random inputs, the same ones every time."""
    source = random.Random(7)
    return (of(source) for _ in range(DRAWS))


def test_beta_distribution() -> None:
    for x, a, b in draws(lambda r: (r.random(), 10 ** r.uniform(-1, 4), 10 ** r.uniform(-1, 4))):
        assert beta_cdf(x, a, b) == pytest.approx(scipy_special.betainc(a, b, x), abs=SAME)
        p = scipy_special.betainc(a, b, x)
        if 1e-6 < p < 1 - 1e-6:
            quantile = scipy_special.betaincinv(a, b, p)
            assert beta_quantile(float(p), a, b) == pytest.approx(quantile, abs=1e-7)


def test_t_distribution() -> None:
    inputs = list(draws(lambda r: (r.uniform(-12, 12), 10 ** r.uniform(0, 4))))
    oracle = scipy_stats.t.cdf(*np.array(inputs).T)
    assert [t_cdf(*one) for one in inputs] == pytest.approx(oracle, abs=SAME)
    inputs = list(draws(lambda r: (r.uniform(0.001, 0.999), 10 ** r.uniform(0, 4))))
    oracle = scipy_stats.t.ppf(*np.array(inputs).T)
    assert [t_quantile(*one) for one in inputs] == pytest.approx(oracle, rel=1e-6, abs=1e-9)


def hypergeometric(r: random.Random) -> tuple[int, int, int, int]:
    population = r.randint(1, 2000)
    positives, drawn = r.randint(0, population), r.randint(0, population)
    return r.randint(0, drawn), population, positives, drawn


def test_hypergeometric_distribution() -> None:
    source = random.Random(7)
    inputs = [hypergeometric(source) for _ in range(DRAWS)]
    ks, populations, positives, drawn = map(np.array, zip(*inputs, strict=True))
    oracle = scipy_stats.hypergeom(populations, positives, drawn)
    assert [hypergeometric_pmf(*one) for one in inputs] == pytest.approx(oracle.pmf(ks), abs=SAME)
    assert [hypergeometric_cdf(*one) for one in inputs] == pytest.approx(oracle.cdf(ks), abs=SAME)


def test_the_hypergeometric_distribution_of_large_sets() -> None:
    for population, positives, drawn, k in ((900, 300, 60, 25), (5000, 40, 700, 6)):
        found = hypergeometric_pmf(k, population, positives, drawn)
        assert found == pytest.approx(scipy_stats.hypergeom.pmf(k, population, positives, drawn))


def test_binomial_test() -> None:
    source = random.Random(7)
    for _ in range(DRAWS):
        of = source.randint(1, 200)
        count = source.randint(0, of)
        share = source.choice([0.5, source.random()])
        oracle = scipy_stats.binomtest(count, of, share).pvalue
        assert binomial_test(count, of, share) == pytest.approx(oracle, abs=1e-9)
    assert binomial_test(0, 0) == 1
    assert (binomial_test(4, 4, 1.0), binomial_test(3, 4, 1.0)) == (1, 0)
