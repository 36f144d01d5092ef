"""Several attempts at one commit."""

from __future__ import annotations

from itertools import combinations

import pytest

from core.stats.repeated_attempts import flips, mean_pass_at_k, pass_at_k


@pytest.mark.parametrize(("attempts", "right", "k"), [(10, 3, 1), (10, 3, 4), (7, 1, 5), (6, 6, 2)])
def test_pass_at_k_is_the_share_of_draws_that_hold_a_right_one(
    attempts: int, right: int, k: int
) -> None:
    draws = list(combinations([True] * right + [False] * (attempts - right), k))
    assert pass_at_k(attempts, right, k) == pytest.approx(sum(map(any, draws)) / len(draws))


def test_pass_at_k_of_fewer_attempts_is_refused() -> None:
    with pytest.raises(ValueError, match="pass@5"):
        pass_at_k(4, 1, 5)


def test_commits_with_fewer_attempts_or_undecided_ones_are_counted_apart() -> None:
    found = mean_pass_at_k(
        {"a": [True, False], "b": [False, False], "c": [True], "d": [True, None]}, 2
    )
    assert (found.commits, found.with_fewer, found.undecided) == (2, 1, 1)
    assert found.mean == pytest.approx(0.5)
    assert mean_pass_at_k({"c": [True]}, 2).mean is None


def test_flips() -> None:
    assert flips([True, False, None]) is True
    assert flips([True, True]) is False
    assert flips([True, None]) is flips([True]) is flips([]) is None
