"""What public libraries say of random inputs, kept in `oracle_figures.json`.

To import scipy, statsmodels and nltk takes longer than to compare, so the suite compares with what
they said; `make trials` asks them again, for more inputs, and `python -m tests.core.stats.oracles`
writes the file anew.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from core.stats.agreement import cohen_kappa, krippendorff_alpha
from core.stats.alternative_annotator import _less_than
from core.stats.clusters import Z_95, wilson
from core.stats.distributions import (
    beta_cdf,
    beta_quantile,
    binomial_test,
    hypergeometric_cdf,
    hypergeometric_pmf,
    t_cdf,
    t_quantile,
)

KEPT = 200
_FIGURES = Path(__file__).with_name("oracle_figures.json")

Figure = float | Sequence[float] | None


@dataclass(frozen=True)
class Oracle:
    """A function of ours, and who knows better."""

    name: str
    seed: int
    draw: Callable[[random.Random], tuple[Any, ...]]
    """An input, as arguments of both."""
    ours: Callable[..., Figure]
    ask: Callable[..., Figure]
    """What the library says; None where the question is not defined there."""
    within: float
    relative: float = 0.0

    def inputs(self, count: int) -> Iterator[tuple[Any, ...]]:
        """Random inputs, the same ones every time."""
        source = random.Random(self.seed)
        return (self.draw(source) for _ in range(count))

    def says(self, arguments: tuple[Any, ...]) -> Figure:
        """Its answer; None where we give none."""
        return None if self.ours(*arguments) is None else self.ask(*arguments)

    @property
    def kept(self) -> list[Figure]:
        """What it said of the first inputs."""
        return _kept()[self.name]

    def compare(self) -> None:
        """We say what it said."""
        for arguments, figure in zip(self.inputs(KEPT), self.kept, strict=True):
            self.check(arguments, figure)

    def check(self, arguments: tuple[Any, ...], figure: Figure) -> None:
        """We say this of an input."""
        found = self.ours(*arguments)
        if figure is not None:
            same = pytest.approx(figure, abs=self.within, rel=self.relative)
            assert found == same, (self.name, arguments)


@cache
def _kept() -> dict[str, list[Figure]]:
    kept: dict[str, list[Figure]] = json.loads(_FIGURES.read_text("utf-8"))
    return kept


# -- inputs ----------------------------------------------------------------------------------------


def _pairs(source: random.Random) -> tuple[list[tuple[str, str]]]:
    labels = ["a", "b", "c", "d"][: source.randint(2, 4)]
    loyalty = source.random()
    pairs = []
    for _ in range(source.randint(5, 80)):
        first = source.choice(labels)
        pairs.append((first, first if source.random() < loyalty else source.choice(labels)))
    return (pairs,)


def _rows(source: random.Random) -> tuple[list[list[str | None]]]:
    raters = source.randint(2, 4)
    rows: list[list[str | None]] = [
        [source.choice("aab") if source.random() < 0.8 else None for _ in range(raters)]
        for _ in range(source.randint(4, 30))
    ]
    return (rows,)


def _size(source: random.Random, least: int = -1) -> float:
    return float(10 ** source.uniform(least, 4))


def _hypergeometric(source: random.Random) -> tuple[int, int, int, int]:
    population = source.randint(1, 2000)
    positives, drawn = source.randint(0, population), source.randint(0, population)
    return source.randint(0, drawn), population, positives, drawn


def _binomial(source: random.Random) -> tuple[int, int, float]:
    of = source.randint(1, 200)
    return source.randint(0, of), of, source.choice([0.5, source.random()])


def _sample(source: random.Random) -> tuple[list[float], float]:
    return [source.gauss(0.1, 1) for _ in range(source.randint(3, 40))], 0.2


def _count(source: random.Random) -> tuple[int, int]:
    of = source.randint(1, 5000)
    return source.randint(0, of), of


# -- who is asked ----------------------------------------------------------------------------------


def _ask_kappa(pairs: list[tuple[str, str]]) -> float:
    from statsmodels.stats import inter_rater

    numbers = [["abcd".index(a), "abcd".index(b)] for a, b in pairs]
    table = inter_rater.to_table(numbers, bins=4)[0]
    return float(inter_rater.cohens_kappa(table, return_results=False))


def _ask_alpha(rows: list[list[str | None]]) -> float:
    from nltk.metrics.agreement import AnnotationTask

    answers = [
        (f"r{rater}", f"i{item}", label)
        for item, row in enumerate(rows)
        if sum(label is not None for label in row) > 1
        for rater, label in enumerate(row)
        if label is not None
    ]
    return float(AnnotationTask(answers).alpha())


def _ask_beta_quantile(x: float, a: float, b: float) -> float | None:
    from scipy.special import betainc, betaincinv

    p = betainc(a, b, x)
    return float(betaincinv(a, b, p)) if 1e-6 < p < 1 - 1e-6 else None


def _beta_quantile(x: float, a: float, b: float) -> float:
    return beta_quantile(beta_cdf(x, a, b), a, b)


def _scipy(module: str, name: str) -> Callable[..., Any]:
    """A function of scipy, as `hypergeom.pmf` of `stats`."""

    def ask(*arguments: Any) -> float:
        found: Any = import_module(f"scipy.{module}")
        for part in name.split("."):
            found = getattr(found, part)
        return float(found(*arguments))

    return ask


def _ask_binomial(count: int, of: int, share: float) -> float:
    from scipy.stats import binomtest

    return float(binomtest(count, of, share).pvalue)


def _ask_t_test(values: list[float], bound: float) -> float:
    from scipy.stats import ttest_1samp

    return float(ttest_1samp(values, bound, alternative="less").pvalue)


def _ask_wilson(count: int, of: int) -> list[float]:
    from statsmodels.stats.proportion import proportion_confint

    return [float(end) for end in proportion_confint(count, of, 0.05, "wilson")]


KAPPA = Oracle("kappa: statsmodels", 5, _pairs, cohen_kappa, _ask_kappa, 1e-6)
ALPHA = Oracle("alpha: nltk", 6, _rows, krippendorff_alpha, _ask_alpha, 1e-6)
BETA = Oracle(
    "beta distribution: scipy",
    7,
    lambda r: (r.random(), _size(r), _size(r)),
    beta_cdf,
    lambda x, a, b: _scipy("special", "betainc")(a, b, x),
    1e-9,
)
BETA_QUANTILE = Oracle(
    "beta quantile: scipy", 7, BETA.draw, _beta_quantile, _ask_beta_quantile, 1e-7
)
T = Oracle(
    "t distribution: scipy",
    7,
    lambda r: (r.uniform(-12, 12), _size(r, 0)),
    t_cdf,
    _scipy("stats", "t.cdf"),
    1e-9,
)
T_QUANTILE = Oracle(
    "t quantile: scipy",
    7,
    lambda r: (r.uniform(0.001, 0.999), _size(r, 0)),
    t_quantile,
    _scipy("stats", "t.ppf"),
    1e-9,
    1e-6,
)
HYPERGEOMETRIC = Oracle(
    "hypergeometric chance: scipy",
    7,
    _hypergeometric,
    hypergeometric_pmf,
    _scipy("stats", "hypergeom.pmf"),
    1e-9,
)
HYPERGEOMETRIC_CDF = Oracle(
    "hypergeometric distribution: scipy",
    7,
    _hypergeometric,
    hypergeometric_cdf,
    _scipy("stats", "hypergeom.cdf"),
    1e-9,
)
BINOMIAL = Oracle("binomial test: scipy", 7, _binomial, binomial_test, _ask_binomial, 1e-9)
T_TEST = Oracle("t test: scipy", 9, _sample, _less_than, _ask_t_test, 1e-6)
WILSON = Oracle(
    "Wilson: statsmodels",
    3,
    _count,
    lambda count, of: wilson(count / of, of, Z_95),
    _ask_wilson,
    1e-6,
)

ORACLES = (
    KAPPA,
    ALPHA,
    BETA,
    BETA_QUANTILE,
    T,
    T_QUANTILE,
    HYPERGEOMETRIC,
    HYPERGEOMETRIC_CDF,
    BINOMIAL,
    T_TEST,
    WILSON,
)


LINEARISED = 0.000642263582542
"""The variance of the mean of `clustered_answers` in an OLS of statsmodels by clusters."""


def clustered_answers() -> tuple[list[int], list[bool]]:
    """Many clusters of like size, and an answer of each member."""
    source = random.Random(5)
    clusters = [c for c in range(200) for _ in range(source.randint(2, 4))]
    habits = [source.random() for _ in range(200)]
    return clusters, [source.random() < habits[c] for c in clusters]


def chance(k: int, size: int, count: int, drawn: int) -> float:
    """The hypergeometric chance by its definition, from whole numbers."""
    if not 0 <= k <= count or drawn - k > size - count or k > drawn:
        return 0.0
    return math.comb(count, k) * math.comb(size - count, drawn - k) / math.comb(size, drawn)


def _short(figure: Figure) -> Any:
    if isinstance(figure, float):
        return float(f"{figure:.13g}")
    return figure if figure is None else [_short(one) for one in figure]


def _write() -> None:
    figures = {
        oracle.name: [_short(oracle.says(one)) for one in oracle.inputs(KEPT)] for oracle in ORACLES
    }
    lines = [f"{json.dumps(name)}: {json.dumps(found)}" for name, found in figures.items()]
    _FIGURES.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    _write()
