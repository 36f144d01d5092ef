"""Line comments: two sides are two places, and a comment follows its line."""

from __future__ import annotations

import pytest

from core.assess.comments import comment_on, find_again, put, resolve, same_place
from core.models import CommentKind, LineComment, Side

FILE = ["import os", "", "def slow():", "    return 1", "", "def slow():", "    return 2"]


def numbered(lines: list[str]) -> dict[int, str]:
    return dict(enumerate(lines, start=1))


def test_two_sides_of_one_line_are_two_comments() -> None:
    here = comment_on("a.py", 3, [FILE[2]], "why?")
    there = comment_on("a.py", 3, [FILE[2]], "this was meant", Side.HUMAN)
    both = put(put((), here), there)
    assert both == (here, there)
    assert not same_place(here, there)


def test_a_range_holds_its_first_line_and_its_last() -> None:
    comment = comment_on("a.py", 3, FILE[2:4], "all of it", kind=CommentKind.ERROR)
    assert (comment.line, comment.last_line, comment.line_text) == (3, 4, "def slow():")


def test_a_comment_is_changed_resolved_and_taken_out() -> None:
    one, two = comment_on("a.py", 1, ["x"], "one"), comment_on("a.py", 1, ["x"], "two")
    both = put(put((), one), two)
    changed = put(both, comment_on("a.py", 1, ["x"], "uno"), instead_of=one)
    assert [c.text for c in changed] == ["uno", "two"]
    resolved = resolve(both, two)
    assert [c.resolved for c in resolved] == [False, True]
    assert not resolve(resolved, resolved[1], resolved=False)[1].resolved
    assert put(both, comment_on("a.py", 1, ["x"], "  "), instead_of=one) == (two,)
    assert put((), comment_on("a.py", 1, ["x"], "")) == ()


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (FILE, 3),
        (["# new", *FILE], 4),
        (FILE[2:], 1),
        ([*FILE[:2], "def fast():", *FILE[3:]], None),  # the other one returns 2
        ([line + "  " for line in FILE], 3),
        ([], None),
    ],
)
def test_a_comment_follows_its_lines(lines: list[str], place: int | None) -> None:
    comment = comment_on("a.py", 3, FILE[2:4], "slow")
    assert find_again(comment, numbered(lines)) == place


def test_the_nearest_of_equal_lines_is_it() -> None:
    comment = comment_on("a.py", 6, [FILE[5]], "the second")
    assert find_again(comment, numbered(FILE)) == 6
    assert find_again(comment, numbered(FILE[:5])) == 3


def test_a_comment_that_kept_no_text_stays_where_it_was() -> None:
    old = LineComment("a.py", 2, "from before")
    assert (find_again(old, numbered(FILE)), find_again(old, {1: "x"})) == (2, None)


def test_lines_that_no_hunk_shows_are_not_taken_for_the_text() -> None:
    comment = comment_on("a.py", 2, ["", "def slow():"], "an empty line before it")
    assert find_again(comment, {1: "import os", 3: "def slow():"}) is None
    assert find_again(comment, {7: "", 8: "def slow():"}) == 7
