"""The formulas beside scipy, statsmodels and numpy on 1,000 random inputs each, to 1e-6.

What the suite compares with is what these libraries said once (`tests/core/stats/oracles.py`): they
are asked again here, for more inputs.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.multitest import multipletests

from core.stats.agreement import gwet_ac1
from core.stats.clusters import clustered_share
from core.stats.comparisons import benjamini_yekutieli, holm
from core.stats.distributions import t_quantile
from core.stats.finite_population import (
    Stratum,
    hypergeometric_interval,
    stratified_interval,
)
from core.stats.repeated_attempts import pass_at_k
from tests.core.stats.oracles import KEPT, LINEARISED, ORACLES, Oracle, clustered_answers
from tests.core.stats.stratified_definition import by_definition
from tests.trials.conftest import Report

INPUTS = 1000
NEAR = 1e-6


@pytest.mark.parametrize("oracle", ORACLES, ids=lambda oracle: oracle.name)
def test_the_libraries_still_say_what_the_suite_compares_with(
    oracle: Oracle, report: Report
) -> None:
    oracle.compare()
    kept = iter(oracle.kept)
    for number, arguments in enumerate(oracle.inputs(INPUTS)):
        said = oracle.says(arguments)
        oracle.check(arguments, said)
        if number < KEPT:
            before = next(kept)
            assert (said is None) is (before is None)
            assert said is None or said == pytest.approx(before, rel=1e-9, abs=1e-12)
    report(f"{INPUTS} inputs of {oracle.name}")


def test_a_regression_with_clustered_errors_still_says_the_same() -> None:
    clusters, answers = clustered_answers()
    fitted = OLS(np.array(answers, float), np.ones(len(answers))).fit(
        cov_type="cluster", cov_kwds={"groups": np.array(clusters)}
    )
    assert fitted.bse[0] ** 2 == pytest.approx(LINEARISED)


def test_one_sample_of_a_finite_set(report: Report) -> None:
    source = random.Random(21)
    for _ in range(INPUTS):
        size = source.randint(1, 400)
        drawn = source.randint(0, size)
        positives = source.randint(0, drawn)
        totals = np.arange(positives, size - (drawn - positives) + 1)
        at_most = stats.hypergeom.cdf(positives, size, totals, drawn)
        at_least = stats.hypergeom.sf(positives - 1, size, totals, drawn)
        kept = totals[(at_most > 0.025) & (at_least > 0.025)]
        found = hypergeometric_interval(Stratum(size, drawn, positives))
        near = min(abs(at_most - 0.025).min(), abs(at_least - 0.025).min())
        assert found == (kept[0], kept[-1]) or near < NEAR
    report(f"{INPUTS} hypergeometric intervals are scipy's")


def test_clusters_left_out_in_turn_and_the_interval_that_follows(report: Report) -> None:
    source, compared = random.Random(22), 0
    while compared < INPUTS:
        count = source.randint(3, 40)
        clusters: Any = np.repeat(np.arange(count), [source.randint(1, 9) for _ in range(count)])
        habits = [source.random() for _ in range(count)]
        answers = np.array([source.random() < habits[c] for c in clusters])
        found = clustered_share(zip(clusters.tolist(), answers.tolist(), strict=True))
        assert found is not None
        if found.count in (0, found.of):
            continue
        compared += 1
        share = answers.mean()
        others = np.array([answers[clusters != c].mean() for c in range(count)])
        variance = (count - 1) / count * ((others - share) ** 2).sum()
        effect = max(1.0, variance / (share * (1 - share) / len(answers)))
        assert found.design_effect == pytest.approx(effect, rel=NEAR)
        sizes = np.bincount(clusters)
        degrees = max(1.0, (sizes**2).sum() ** 2 / (sizes**4).sum())
        size, t = len(answers) / effect, stats.t.ppf(0.975, degrees)
        assert t_quantile(0.975, degrees) == pytest.approx(t, rel=NEAR)
        centre = (share + t * t / (2 * size)) / (1 + t * t / size)
        half = t * np.sqrt(share * (1 - share) / size + (t / (2 * size)) ** 2) / (1 + t * t / size)
        oracle = (max(0.0, centre - half), min(1.0, centre + half))
        assert found.interval == pytest.approx(oracle, abs=NEAR)
    report(f"{compared} clustered intervals are numpy's and scipy's")


def test_corrections_for_several_comparisons(report: Report) -> None:
    source = random.Random(23)
    for _ in range(INPUTS):
        values = [source.random() ** source.choice([1, 4]) for _ in range(source.randint(1, 30))]
        assert holm(values) == pytest.approx(multipletests(values, method="holm")[1], abs=NEAR)
        oracle = multipletests(values, method="fdr_by")[1]
        assert benjamini_yekutieli(values) == pytest.approx(oracle, abs=NEAR)
    report(f"{INPUTS} corrections are those of statsmodels")


def test_pass_at_k(report: Report) -> None:
    source = random.Random(24)
    for _ in range(INPUTS):
        attempts = source.randint(1, 200)
        right, k = source.randint(0, attempts), source.randint(1, attempts)
        oracle = stats.hypergeom.sf(0, attempts, right, k)
        assert pass_at_k(attempts, right, k) == pytest.approx(oracle, abs=NEAR)
    report(f"{INPUTS} pass@k are scipy's")


def test_ac1_by_its_definition(report: Report) -> None:
    """Pa is the share alike, Pe the sum of p(1 - p) over q labels, over q - 1: Gwet 2008."""
    source, compared = random.Random(25), 0
    while compared < INPUTS:
        labels = "abcd"[: source.randint(2, 4)]
        pairs = [
            (source.choice(labels), source.choice(labels)) for _ in range(source.randint(2, 60))
        ]
        counts = Counter(label for pair in pairs for label in pair)
        if len(counts) < 2:
            continue
        compared += 1
        shares = np.array(list(counts.values())) / (2 * len(pairs))
        by_chance = (shares * (1 - shares)).sum() / (len(counts) - 1)
        alike = np.mean([a == b for a, b in pairs])
        oracle = (alike - by_chance) / (1 - by_chance)
        assert gwet_ac1(pairs) == pytest.approx(oracle, abs=NEAR)
    report(f"{compared} AC1 by the definition")


def test_several_samples_of_a_finite_set_by_the_definition(report: Report) -> None:
    """Every division of every total is tried, with exact chances; nothing is searched."""
    source = random.Random(15)
    strata_found = 0
    for _ in range(INPUTS):
        strata = []
        for _ in range(source.choice((2, 2, 3))):
            size = source.randint(1, 6)
            drawn = source.randint(0, size)
            strata.append(Stratum(size, drawn, source.randint(0, drawn)))
        assert stratified_interval(strata) == by_definition(strata)
        strata_found += len(strata)
    report(f"{INPUTS} intervals of {strata_found} strata are those of the definition")
