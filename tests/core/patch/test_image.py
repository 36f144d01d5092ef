"""Where a hunk fits into a file, and the file that comes out: as git 2.39 does it.

Files are written as one letter a line.
"""

from __future__ import annotations

import pytest

from core.patch.apply import Applied, BaseFile, apply_text
from core.patch.apply.apply_records import Undecided
from core.patch.apply.hunk_sides import HunkSides
from core.patch.apply.image import Image, _hash
from core.patch.parse import Hunk

ABC = "abcdefghij"
OPEN = "\\ No newline at end of file"


def applied_to(base: bytes, body: list[str]) -> Applied:
    text = "--- a/x\n+++ b/x\n" + "".join(f"{line}\n" for line in body)
    return apply_text(text, lambda path: BaseFile("100644", base) if path == "x" else None)


@pytest.mark.parametrize(
    ("base", "body", "result", "places"),
    [
        pytest.param(
            "xaxax.", ["@@ -5,3 +0,3 @@", " x", "-a", "+A", " x"], "xAxax.", (1,), id="new start 0"
        ),
        pytest.param(
            ABC, ["@@ -4,3 +4,3 @@", " d", "-e", "+E", " f"], "abcdEfghij", (4,), id="exact"
        ),
        pytest.param(
            ABC,
            ["@@ -2,3 +2,3 @@", " d", "-e", "+E", " f"],
            "abcdEfghij",
            (4,),
            id="two lines later",
        ),
        pytest.param(
            ABC, ["@@ -7,3 +7,3 @@", " d", "-e", "+E", " f"], "abcdEfghij", (4,), id="earlier"
        ),
        pytest.param(
            ABC,
            ["@@ -900,3 +900,3 @@", " d", "-e", "+E", " f"],
            "abcdEfghij",
            (4,),
            id="far behind the end",
        ),
        pytest.param(
            ABC,
            ["@@ -4294967298,3 +4294967298,3 @@", " d", "-e", "+E", " f"],
            "abcdEfghij",
            (4,),
            id="absurd",
        ),
        pytest.param(
            "xab..xab.....xab.",
            ["@@ -7,3 +7,3 @@", " x", "-a", "+A", " b"],
            "xab..xAb.....xab.",
            (6,),
            id="nearest before",
        ),
        pytest.param(
            "xab.......xab.",
            ["@@ -9,3 +9,3 @@", " x", "-a", "+A", " b"],
            "xab.......xAb.",
            (11,),
            id="nearest after",
        ),
        pytest.param(
            "xab...xab.", ["@@ -4,3 +4,3 @@", " x", "-a", "+A", " b"], "xab...xAb.", (7,), id="tie"
        ),
        pytest.param(
            "xab...xab......xab.",
            ["@@ -1,3 +7,3 @@", " x", "-a", "+A", " b"],
            "xAb...xab......xab.",
            (1,),
            id="new start counts",
        ),
        pytest.param(
            "..xab...xab......xab.",
            ["@@ -3,3 +9,3 @@", " x", "-a", "+A", " b"],
            "..xab...xAb......xab.",
            (9,),
            id="new start counts 2",
        ),
        pytest.param(
            "xab.", ["@@ -0,3 +0,3 @@", " x", "-a", "+A", " b"], "xAb.", (1,), id="at start 0"
        ),
        pytest.param("abcabc", ["@@ -2,2 +2,2 @@", " b", "-c", "+C"], "abcabC", (5,), id="at end"),
        pytest.param("ab", ["@@ -1,2 +1,2 @@", " a", "-b", "+B"], "aB", (1,), id="whole"),
        pytest.param(
            ABC, ["@@ -10,0 +11,2 @@", "+k", "+l"], "abcdefghijkl", (11,), id="add at end"
        ),
        pytest.param("", ["@@ -0,0 +1 @@", "+z"], "z", (1,), id="add to empty"),
        pytest.param(
            ABC,
            ["@@ -1,2 +1,3 @@", " a", "+1", " b", "@@ -5,3 +6,3 @@", " e", "-f", "+F", " g"],
            "a1bcdeFghij",
            (1, 5),
            id="second hunk shifted",
        ),
        pytest.param(
            ABC,
            ["@@ -7,3 +7,3 @@", " g", "-h", "+H", " i", "@@ -2,3 +2,3 @@", " b", "-c", "+C", " d"],
            "abCdefgHij",
            (7, 2),
            id="backwards",
        ),
        pytest.param(
            ABC,
            ["@@ -2,3 +2,3 @@", " b", "-c", "+C", " d", "@@ -5,0 +6 @@", "+z"],
            "abCdefghijz",
            (2, 11),
            id="adds between taken",
        ),
        pytest.param(
            ABC,
            [
                "@@ -1,2 +1 @@",
                "-a",
                " b",
                "@@ -4,3 +3,3 @@",
                " d",
                "-e",
                "+E",
                " f",
                "@@ -9,2 +8,3 @@",
                " i",
                "+x",
                " j",
            ],
            "bcdEfghixj",
            (1, 4, 9),
            id="three hunks",
        ),
        pytest.param("ab", ["@@ -1,2 +0,0 @@", "-a", "-b"], "", (1,), id="remove all"),
        pytest.param(
            ABC, ["@@ -4,3 +4,2 @@", " d", "-e", " f"], "abcdfghij", (4,), id="only removal mid"
        ),
        pytest.param(
            "abcabc.",
            ["@@ -4,3 +4,3 @@", " a", "-b", "+B", " c"],
            "abcaBc.",
            (4,),
            id="stated last",
        ),
        pytest.param(
            "...abc",
            ["@@ -4,3 +4,3 @@", " a", "-b", "+B", " c"],
            "...aBc",
            (4,),
            id="stated in room exactly",
        ),
    ],
)
def test_a_hunk_is_put_in_at_the_nearest_place_where_it_fits(
    base: str, body: list[str], result: str, places: tuple[int, ...]
) -> None:
    applied = applied_to("".join(f"{line}\n" for line in base).encode(), body)
    assert applied.applies is True
    assert "".join(applied.files["x"].decode().split("\n")) == result
    assert applied.sections[0].places == places


@pytest.mark.parametrize(
    ("base", "body", "hunk", "line", "base_line"),
    [
        pytest.param(
            ".xab.", ["@@ -1,3 +1,3 @@", " x", "-a", "+A", " b"], 1, 3, 1, id="at start must"
        ),
        pytest.param("abcabc.", ["@@ -2,2 +2,2 @@", " b", "-c", "+C"], 1, 3, 2, id="at end must"),
        pytest.param("abc", ["@@ -1,2 +1,2 @@", " a", "-b", "+B"], 1, 3, 1, id="whole of longer"),
        pytest.param("ab", ["@@ -0,0 +1 @@", "+z"], 1, 3, 0, id="add at start"),
        pytest.param("abc", ["@@ -1,0 +2 @@", "+z"], 1, 3, 1, id="add in the middle"),
        pytest.param(
            ABC,
            [
                "@@ -2,3 +2,4 @@",
                " b",
                "-c",
                "+C",
                "+C2",
                " d",
                "@@ -4,3 +5,3 @@",
                " d",
                "-e",
                "+E",
                " f",
            ],
            2,
            9,
            4,
            id="hunk on taken lines",
        ),
        pytest.param(
            ABC,
            ["@@ -2,3 +2,3 @@", " b", "-c", "+C", " d", "@@ -3,3 +3,3 @@", " C", "-d", "+D", " e"],
            2,
            8,
            3,
            id="hunk on what was added",
        ),
        pytest.param("a", ["@@ -2,3 +2,3 @@", " a", "-b", "+B", " c"], 1, 3, 2, id="room"),
        pytest.param(
            "ab", ["@@ -1,3 +1,3 @@", " a", "-b", "+B", " c"], 1, 3, 1, id="longer than file"
        ),
    ],
)
def test_a_hunk_that_fits_nowhere_is_named(
    base: str, body: list[str], hunk: int, line: int, base_line: int
) -> None:
    applied = applied_to("".join(f"{line}\n" for line in base).encode(), body)
    failure = applied.failure
    assert failure is not None and applied.applies is False
    assert failure.reason == f"hunk {hunk} does not match at base line {base_line}"
    assert (failure.hunk, failure.line, failure.base_line) == (hunk, line, base_line)


@pytest.mark.parametrize(
    ("base", "body", "result"),
    [
        pytest.param(
            b"a\nb\nc", ["@@ -2,2 +2,2 @@", " b", "-c", OPEN, "+C"], b"a\nb\nC\n", id="open end"
        ),
        pytest.param(
            b"a\nb\nc",
            ["@@ -1,3 +1,3 @@", " a", "-b", "+B", " c", OPEN],
            b"a\nB\nc",
            id="open end kept",
        ),
        pytest.param(
            b"a\nb\nc\n",
            ["@@ -2,2 +2,2 @@", " b", "-c", OPEN, "+C"],
            None,
            id="open end that is not",
        ),
        pytest.param(
            b"a\nb\nc\n",
            ["@@ -1,3 +1,3 @@", " a", "-b", "+B", " c", OPEN],
            b"a\nB\nc",
            id="open context that is not",
        ),
        pytest.param(
            b"a\nb\ncd\n",
            ["@@ -1,3 +1,3 @@", " a", "-b", "+B", " c", OPEN],
            None,
            id="open context that is longer",
        ),
        pytest.param(
            b"z\na\nb\nc",
            ["@@ -3,3 +3,3 @@", " a", "-b", "+B", " c", OPEN],
            b"z\na\nB\nc",
            id="open context later",
        ),
        pytest.param(
            b"z\na\nb\nc\nd\n",
            ["@@ -2,3 +2,3 @@", " a", "-b", "+B", " c", OPEN],
            b"z\na\nB\ncd\n",
            id="open context mid",
        ),
        pytest.param(
            b"a\nb\nc", ["@@ -1,3 +1,3 @@", " a", "-b", "+B", " c"], None, id="closed hunk on open"
        ),
        pytest.param(
            b"z\na\nb \nc\n",
            ["@@ -2,3 +2,3 @@", " a", "-b", "+B", " c", OPEN],
            None,
            id="open blank differs",
        ),
        pytest.param(b"a\nb\n", ["@@ -1,2 +1,2 @@", " a", "-b", "+B", OPEN], b"a\nB", id="opens"),
        pytest.param(
            b"a\n", ["@@ -1,2 +1,2 @@", "-a", "+b", "", OPEN], b"b\n", id="empty bare open"
        ),
    ],
)
def test_ends_without_a_line_feed(base: bytes, body: list[str], result: bytes | None) -> None:
    assert applied_to(base, body).files.get("x") == result


def test_a_hash_of_a_line_passes_over_white_space() -> None:
    assert _hash(b" a\tb\r\n") == _hash(b"ab") == ord("a") * 3 + ord("b")
    assert _hash(b"ab") != _hash(b"ba")
    assert _hash(b"\xff" * 40) < 2**24


def test_lines_that_are_compared_are_counted() -> None:
    image = Image(b"")
    sides = HunkSides(Hunk(7, 9, 1, 2, 1, 2, ""), before=[b"a\n"] * 1_000_000)
    for _ in range(20):
        image._count(sides)
    with pytest.raises(Undecided, match="too many places to try") as raised:
        image._count(sides)
    assert raised.value.line == 7
    slow = Image(b"")
    for _ in range(2):
        slow._count(sides, slowness=10)
    with pytest.raises(Undecided):
        slow._count(sides, slowness=1)
