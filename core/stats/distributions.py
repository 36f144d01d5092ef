"""Distribution functions that intervals and tests need, without a numerical library at run time.

scipy agrees to ten digits and is the oracle in the tests; it is left out of the product because the
command line has to start at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

_PRECISION = 1e-15
_TINY = 1e-300
_MOST_STEPS = 10_000


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), for a, b > 0.

    By Lentz's evaluation of the continued fraction DLMF 8.17.22, on the side where it converges
    quickly (8.17.4).
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_cdf(1 - x, b, a)
    log_factor = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    return math.exp(log_factor) * _beta_fraction(x, a, b) / a


def _beta_fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > _TINY else _TINY)
    result = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 + term * d
            c = 1 + term / c
            d = 1 / (d if abs(d) > _TINY else _TINY)
            c = c if abs(c) > _TINY else _TINY
            result *= c * d
        if abs(c * d - 1) < _PRECISION:
            return result
    return result


def beta_quantile(p: float, a: float, b: float) -> float:
    """The x in 0..1 at which `beta_cdf(x, a, b)` is `p`."""
    return _root(lambda x: beta_cdf(x, a, b) - p, 0.0, 1.0)


def t_cdf(t: float, degrees: float) -> float:
    """Student's t distribution with `degrees` of freedom (> 0): P(T <= t)."""
    tail = 0.5 * beta_cdf(degrees / (degrees + t * t), degrees / 2, 0.5)
    return 1 - tail if t > 0 else tail


@lru_cache(maxsize=1024)
def t_quantile(p: float, degrees: float) -> float:
    """The t at which `t_cdf` is `p`, for 0 < p < 1."""
    if p == 0.5:
        return 0.0
    if p < 0.5:
        return -t_quantile(1 - p, degrees)
    x = beta_quantile(2 * (1 - p), degrees / 2, 0.5)
    return math.sqrt(degrees * (1 - x) / x)


def hypergeometric_pmf(k: int, population: int, positives: int, drawn: int) -> float:
    """P(k positives among `drawn` without replacement from `population` with `positives`)."""
    if k < max(0, drawn - (population - positives)) or k > min(drawn, positives):
        return 0.0
    return math.exp(
        _log_choose(positives, k)
        + _log_choose(population - positives, drawn - k)
        - _log_choose(population, drawn)
    )


def hypergeometric_cdf(k: int, population: int, positives: int, drawn: int) -> float:
    """P(at most k positives among `drawn`); see `hypergeometric_pmf`."""
    first = max(0, drawn - (population - positives))
    if k >= min(drawn, positives):
        return 1.0
    return math.fsum(
        hypergeometric_pmf(i, population, positives, drawn) for i in range(first, k + 1)
    )


def binomial_test(count: int, of: int, share: float = 0.5) -> float:
    """The two-sided exact p-value: all outcomes no more likely than the observed one."""
    if of == 0:
        return 1.0
    chances = [_binomial(i, of, share) for i in range(of + 1)]
    seen = chances[count] * (1 + 1e-7)  # ties in spite of rounding, as in R and scipy
    return min(1.0, math.fsum(chance for chance in chances if chance <= seen))


def _binomial(k: int, of: int, share: float) -> float:
    if share in (0, 1):
        return float(k == of * share)
    logs = _log_choose(of, k) + k * math.log(share) + (of - k) * math.log1p(-share)
    return math.exp(logs)


@lru_cache(maxsize=200_000)
def _log_choose(n: int, k: int) -> float:
    return math.log(math.comb(n, k)) if n < 300 else _log_choose_large(n, k)


def _log_choose_large(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where an increasing function is 0, by bisection to the last digit."""
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if function(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
