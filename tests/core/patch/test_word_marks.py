"""Which words of two versions of a line are marked, and which lines are versions of each other."""

from __future__ import annotations

import pytest

from core.patch.align.word_marks import LONGEST_LINE, pair_changes, word_marks
from core.patch.parse import parse_patch


def marked(a: str, b: str) -> tuple[list[str], list[str]]:
    """The marked parts of both lines."""
    spans = word_marks(a, b)
    return tuple([line[i:j] for i, j in own] for line, own in zip((a, b), spans, strict=True))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("a", "b", "marks"),
    [
        ("x = 1", "x = 2", (["1"], ["2"])),
        ("call(a, b)", "call(a, c, b)", ([], ["c, "])),
        ("call(a)", "call(a, a)", ([], [", a"])),
        ("aa bb", "aa cc bb", ([], ["cc "])),
        ("one two three", "one 2 3", (["two three"], ["2 3"])),  # only a space between
        ("one two, three", "one 2, 3", (["two", "three"], ["2", "3"])),
        ("keep(old)", "keep[new]", (["(old)"], ["[new]"])),
        ("start middle end", "middle end", (["start "], [])),
        ("middle end", "middle end start", ([], [" start"])),
        ("  x", "    x", (["  "], ["    "])),
        ("same", "same", ([], [])),
        ("abc", "xyz", ([], [])),  # nothing in common
        ("", "abc", ([], [])),
        ("a b c d e f g h i j", "a k", (["b c d e f g h i j"], ["k"])),  # enough of the other one
        ("f(aaaaaaaaaa)", "f(bbbbbbbbbb)", ([], [])),  # too little of both
    ],
)
def test_words_that_differ(a: str, b: str, marks: tuple[list[str], list[str]]) -> None:
    assert marked(a, b) == marks
    assert marked(b, a) == (marks[1], marks[0])


def test_the_longest_line_that_is_compared() -> None:
    a = "x " * (LONGEST_LINE // 2 - 1) + "a."
    assert len(a) == LONGEST_LINE
    assert marked(a, a.replace("a", "b")) == (["a"], ["b"])
    assert marked(a + "z", a) == ([], [])
    assert marked("x", a + "z") == ([], [])


def test_many_words_are_marked_as_one_part() -> None:
    words = [f"w{n}" for n in range(101)]
    a, b = " ".join(words), " ".join(reversed(words))
    around = "long_enough_to_be_alike_" * 30
    assert marked(f"{around} {a} end", f"{around} {b} end") == ([a], [b])
    shorter = (" ".join(words[:100]), " ".join(reversed(words[:100])))
    few = marked(f"{around} {shorter[0]} end", f"{around} {shorter[1]} end")
    assert few[0] != [shorter[0]]


def test_a_word_that_stands_often_is_still_compared() -> None:
    a = "x, " * 100 + "old"
    assert marked(a, "x, " * 101 + "new")[1] == ["x, new"]


def test_lines_are_paired_within_a_run_of_changes() -> None:
    body = ["-one two", "+one three", " kept", "-four five", "\\ No newline", "+four six", "+new"]
    patch = parse_patch("--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n" + "\n".join(body) + "\n")
    (hunk,) = patch.files[0].hunks
    assert pair_changes(patch, hunk) == {3: 4, 4: 3, 6: 8, 8: 6}
    apart = parse_patch("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-one two\n kept\n+one two\n")
    assert pair_changes(apart, apart.files[0].hunks[0]) == {}
    next_to = parse_patch(
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-one two\n+one 2\n@@ -3,2 +3,2 @@\n-three\n+four\n c\n"
    )
    assert pair_changes(next_to, next_to.files[0].hunks[0]) == {3: 4, 4: 3}
