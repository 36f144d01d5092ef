"""Distribution functions against scipy, on random inputs."""

from __future__ import annotations

import pytest

from core.stats.distributions import binomial_test, hypergeometric_pmf
from tests.core.stats.oracles import (
    BETA,
    BETA_QUANTILE,
    BINOMIAL,
    HYPERGEOMETRIC,
    HYPERGEOMETRIC_CDF,
    T_QUANTILE,
    T,
    chance,
)


def test_beta_distribution() -> None:
    BETA.compare()
    BETA_QUANTILE.compare()


def test_t_distribution() -> None:
    T.compare()
    T_QUANTILE.compare()


def test_hypergeometric_distribution() -> None:
    HYPERGEOMETRIC.compare()
    HYPERGEOMETRIC_CDF.compare()


def test_the_hypergeometric_distribution_of_large_sets() -> None:
    for population, positives, drawn, k in ((900, 300, 60, 25), (5000, 40, 700, 6)):
        found = hypergeometric_pmf(k, population, positives, drawn)
        assert found == pytest.approx(chance(k, population, positives, drawn))


def test_binomial_test() -> None:
    BINOMIAL.compare()
    assert binomial_test(0, 0) == 1
    assert (binomial_test(4, 4, 1.0), binomial_test(3, 4, 1.0)) == (1, 0)
