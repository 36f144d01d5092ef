"""Agents compared, and p-values corrected."""

from __future__ import annotations

import pytest

from core.stats.comparisons import benjamini_yekutieli, compare_pairs, holm


def test_corrections_by_hand() -> None:
    values = [0.01, 0.02, 0.04]
    assert holm([]) == benjamini_yekutieli([]) == []
    assert holm(values) == pytest.approx([0.03, 0.04, 0.04])
    assert holm(values[::-1]) == pytest.approx([0.04, 0.04, 0.03]), "each stays at its place"
    harmonic = 1 + 1 / 2 + 1 / 3
    by = [0.01 * 3 * harmonic, 0.02 * 3 / 2 * harmonic, 0.04 * harmonic]
    assert benjamini_yekutieli(values) == pytest.approx([by[0], by[1], by[2]])


def test_agents_are_compared_where_both_tried() -> None:
    right = {
        "a": {f"c{i}": [True] for i in range(8)} | {"only a": [True]},
        "b": {f"c{i}": [False, False] for i in range(7)} | {"c7": [True, True]},
        "c": {"c0": [True, False], "c1": []},
    }
    ab, ac, bc = compare_pairs(right)
    assert (ab.first, ab.second, ab.first_better, ab.second_better, ab.equal) == ("a", "b", 7, 0, 1)
    assert ab.p == pytest.approx(2 / 2**7) and ab.adjusted == pytest.approx(3 * ab.p)
    assert (ac.commits, ac.first_better) == (1, 1)
    assert (bc.second_better, bc.p) == (1, 1)
