"""Which lines of two texts are the same, and which are versions of each other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.patch.align.matching import (
    SIMILAR_PAIRS,
    SMALL,
    Match,
    _longest_rising,
    match_lines,
    pair_similar,
)


@pytest.mark.parametrize(
    ("a", "b", "matches"),
    [
        ("", "", []),
        ("abc", "", []),
        ("abc", "abc", [(0, 0, 3)]),
        ("abc", "xyz", []),
        ("abcd", "abxd", [(0, 0, 2), (3, 3, 1)]),
        ("abxd", "abcd", [(0, 0, 2), (3, 3, 1)]),
        ("abcd", "bcd", [(1, 0, 3)]),
        ("bcd", "abcd", [(0, 1, 3)]),
        ("abcd", "abc", [(0, 0, 3)]),
        ("aXbYc", "abc", [(0, 0, 1), (2, 1, 1), (4, 2, 1)]),
        ("abab", "ab", [(0, 0, 2)]),
        ("1ab2cd3", "4ab5cd6", [(1, 1, 2), (4, 4, 2)]),
    ],
)
def test_equal_lines_of_small_texts(a: str, b: str, matches: list[tuple[int, int, int]]) -> None:
    assert match_lines(a, b) == [Match(*match) for match in matches]


def numbered(*parts: tuple[str, int, int]) -> list[str]:
    return [f"{name}{n}" for name, start, stop in parts for n in range(start, stop)]


def test_large_texts_are_cut_at_lines_that_occur_once() -> None:
    size = 200
    assert size * size > SMALL
    a = numbered(("p", 0, size), ("same", 0, 9), ("q", 0, size), ("end", 0, 2))
    b = numbered(("r", 0, size), ("same", 0, 9), ("s", 0, 2 * size), ("end", 0, 2))
    a[0:0], b[0:0] = ["first"], ["first"]
    expected = [(0, 0, 1), (1 + size, 1 + size, 9), (10 + 2 * size, 10 + 3 * size, 2)]
    assert match_lines(a, b) == [Match(*match) for match in expected]
    assert match_lines(b, a) == [Match(j, i, n) for i, j, n in expected]


def test_lines_that_occur_again_are_matched_between_those_that_occur_once() -> None:
    a = ["x", *numbered(("p", 0, 150)), "once", "x", "y", "z", *numbered(("q", 0, 150)), "x"]
    b = ["z", *numbered(("r", 0, 150)), "once", "x", "n", "z", *numbered(("s", 0, 150)), "w"]
    assert match_lines(a, b) == [Match(151, 151, 2), Match(154, 154, 1)]


def test_large_texts_without_a_line_that_occurs_once_are_matched_at_their_ends() -> None:
    a = ["h", *["p", "q"] * 100, "t", "t"]
    b = ["h", *["q", "r"] * 100, "t", "t"]
    assert match_lines(a, b) == [Match(0, 0, 1), Match(201, 201, 2)]


def test_lines_that_moved_are_matched_where_most_of_them_rise() -> None:
    assert _longest_rising([]) == []
    pairs = [(0, 3), (1, 0), (2, 1), (3, 4), (4, 2), (5, 5)]
    assert _longest_rising(pairs) == [(1, 0), (2, 1), (4, 2), (5, 5)]
    assert _longest_rising([(0, 2), (1, 1), (2, 0)]) == [(2, 0)]


def test_whoever_waits_is_asked_between_the_parts() -> None:
    asked: list[int] = []
    a = numbered(("p", 0, 150), ("same", 0, 1), ("q", 0, 150))
    b = numbered(("r", 0, 150), ("same", 0, 1), ("s", 0, 150))
    match_lines(a, b, lambda: asked.append(1))
    assert len(asked) > 2


@pytest.mark.parametrize(
    ("a", "b", "pairs"),
    [
        (["x = one(two)"], ["x = one(three)"], [(0, 0)]),
        (["a b c d"], ["a b x y"], [(0, 0)]),  # half of the words
        (["a b c d"], ["a x y z"], []),
        (["a b", "c d"], ["c d e", "a b"], [(0, 1)]),  # the most alike
        (["a b", "c d"], ["a b e", "f", "c d"], [(0, 0), (1, 2)]),
        (["a b c", "a b"], ["a b"], [(1, 0)]),  # the more alike of two
        (["", "()"], ["", "()"], []),  # no words
        ([], ["a"], []),
    ],
)
def test_versions_of_a_line_share_half_of_its_words(
    a: Sequence[str], b: Sequence[str], pairs: list[tuple[int, int]]
) -> None:
    assert pair_similar(a, b) == pairs
    assert pair_similar(b, a) == sorted((j, i) for i, j in pairs)


def test_too_many_lines_are_paired_in_order() -> None:
    many = ["a"] * (SIMILAR_PAIRS + 1)
    assert pair_similar(many, ["b"]) == [(0, 0)]
    assert pair_similar(["b"], many) == [(0, 0)]
    assert pair_similar(["b"], ["a"] * SIMILAR_PAIRS) == []
    assert pair_similar(["a"] * 40, ["b"] * 41) == [(i, i) for i in range(40)]


def test_only_the_beginning_of_a_line_is_compared() -> None:
    head = "w " * 500  # a thousand characters
    assert pair_similar([head + "one two"], [head + "three four"]) == [(0, 0)]
    assert pair_similar(["x " * 499 + "y one two"], ["z " * 499 + "v one two"]) == []
