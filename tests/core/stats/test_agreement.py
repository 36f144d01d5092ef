"""Agreement of raters against public libraries and published values."""

from __future__ import annotations

import pytest

from core.stats.agreement import (
    agreement,
    bootstrap,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
)
from tests.core.stats.oracles import ALPHA, KAPPA


def test_kappa_agrees_with_statsmodels() -> None:
    KAPPA.compare()


def test_alpha_agrees_with_nltk() -> None:
    ALPHA.compare()


def test_ac1_as_published() -> None:
    """Gwet 2008, table 3: 118 + 2 of 125 alike, one rater says "+" 123 times, one 120."""
    pairs = [("+", "+")] * 118 + [("+", "-")] * 5 + [("-", "+")] * 2
    assert gwet_ac1(pairs) == pytest.approx(0.9408, abs=5e-4)
    assert cohen_kappa(pairs) == pytest.approx(-0.0234, abs=5e-4)


def test_coefficients_that_do_not_exist_are_none() -> None:
    assert cohen_kappa([]) is krippendorff_alpha([]) is gwet_ac1([]) is None
    one_label = [("a", "a")] * 9
    assert cohen_kappa(one_label) is krippendorff_alpha(one_label) is gwet_ac1(one_label) is None
    empty = agreement([])
    assert empty.percent is None and empty.constant is None


def test_an_agreement_says_what_guessing_would_give() -> None:
    pairs = [(True, True)] * 6 + [(False, True)] * 2 + [(False, False)]
    found = agreement(pairs, clusters=range(9))
    assert found.items == 9
    assert found.percent == pytest.approx(7 / 9)
    assert found.constant == pytest.approx(6 / 9)
    cells = {(cell.first, cell.second): cell.count for cell in found.confusion}
    assert cells == {("True", "True"): 6, ("False", "True"): 2, ("False", "False"): 1}
    assert found.kappa_interval is not None and found.kappa is not None
    assert found.kappa_interval[0] < found.kappa < found.kappa_interval[1]


def test_the_bootstrap_draws_whole_clusters() -> None:
    pairs = [(c % 2 == 0, (c % 3) != 0) for c in range(12) for _ in range(10)]
    clusters = [c for c in range(12) for _ in range(10)]
    together = bootstrap(pairs, clusters, cohen_kappa, rounds=500)
    alone = bootstrap(pairs, range(120), cohen_kappa, rounds=500)
    assert together and alone
    assert together[1] - together[0] > 2 * (alone[1] - alone[0])
    assert bootstrap(pairs, [0] * 120, cohen_kappa) is None
    assert bootstrap(pairs, clusters, cohen_kappa, rounds=200, seed=3) == bootstrap(
        pairs, clusters, cohen_kappa, rounds=200, seed=3
    )
