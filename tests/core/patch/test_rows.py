"""Two patches beside each other, row by row, as the screen shows them.

A row is its base line, its lane and a cell a side: marker and text, line in that side's patched
file, line of that side's patch.
"""

from __future__ import annotations

import pytest

from core.models import Side
from core.patch.align import Alignment, Cell, Counts, FileAlignment, Lane, Row, align
from core.patch.parse import parse_patch

HEAD = "--- a/x\n+++ b/x\n"


def shown(row: Row) -> str:
    gap = f" gap {row.gap}" if row.gap else ""
    return f"{row.base} {row.lane.name} {_cell(row.human)} {_cell(row.attempt)}{gap}"


def _cell(cell: Cell | None) -> str:
    return "-" if cell is None else f"{cell.kind}{cell.text}|{cell.new}|{cell.index}"


def told(alignment: Alignment) -> list[str]:
    lines = []
    for file in alignment.files:
        where = "" if file.base_conflict is None else f" conflict at {file.base_conflict}"
        lines += [f"{file.path} {file.presence}{where}", *map(shown, file.rows())]
    return lines


CASES: list[tuple[str, str, str, list[str]]] = [
    (
        "sides",
        HEAD + "@@ -3,4 +3,5 @@\n c\n-d\n+D\n+D2\n e\n f\n@@ -12,2 +13 @@\n l\n-m\n",
        HEAD + "@@ -2,5 +2,5 @@\n b\n c\n-d\n+D\n e\n f\n@@ -13 +13,2 @@\n m\n+n\n",
        [
            "x both",
            "1 GAP  |1|None  |1|None gap 1",
            "2 CONTEXT  b|2|None  b|2|3",
            "3 CONTEXT  c|3|3  c|3|4",
            "4 SAME -d|None|4 -d|None|5",
            "None SAME +D|4|5 +D|4|6",
            "None DIFFER +D2|5|6 -",
            "5 CONTEXT  e|6|7  e|5|7",
            "6 CONTEXT  f|7|8  f|6|8",
            "7 GAP  |8|None  |7|None gap 5",
            "12 CONTEXT  l|13|10  l|12|None",
            "13 DIFFER -m|None|11  m|13|10",
            "None DIFFER - +n|14|11",
        ],
    ),
    (
        "ends",
        HEAD + "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+B\n"
        "\\ No newline at end of file\n",
        HEAD + "@@ -1,2 +1,3 @@\n a\n-b\n\\ No newline at end of file\n+B\n+C\n",
        [
            "x both",
            "1 CONTEXT  a|1|3  a|1|3",
            "2 SAME -b|None|4 -b|None|4",
            "None SAME \\ No newline at end of file|None|5 \\ No newline at end of file|None|5",
            "None DIFFER +B|2|6 +B|2|6",
            "None DIFFER \\ No newline at end of file|None|7 -",
            "None DIFFER - +C|3|7",
        ],
    ),
    (
        "conflict",
        HEAD + "@@ -3,2 +3,3 @@\n c\n+n\n d\n@@ -9 +10 @@\n-i\n+I\n",
        HEAD + "@@ -4,2 +4 @@\n-x\n y\n@@ -8 +7,2 @@\n h\n+h2\n\\ No newline at end of file\n",
        [
            "x both conflict at 4",
            "1 GAP  |1|None  |0|None gap 2",
            "3 CONTEXT  c|3|3 -",
            "None HUMAN +n|4|4 -",
            "4 CONTEXT  d|5|5 -",
            "5 GAP  |6|None  |0|None gap 4",
            "9 HUMAN -i|None|7 -",
            "None HUMAN +I|10|8 -",
            "1 GAP  |0|None  |1|None gap 3",
            "4 ATTEMPT - -x|None|3",
            "5 CONTEXT -  y|4|4",
            "6 GAP  |0|None  |5|None gap 2",
            "8 CONTEXT -  h|7|6",
            "None ATTEMPT - +h2|8|7",
            "None ATTEMPT - \\ No newline at end of file|None|8",
        ],
    ),
    (
        "one only",
        HEAD + "@@ -1,2 +1 @@\n-a\n b\n",
        "--- a/y\n+++ b/y\n@@ -0,0 +1 @@\n+y\n",
        [
            "x missed",
            "1 HUMAN -a|None|3  a|1|None",
            "2 CONTEXT  b|1|4  b|2|None",
            "y extra",
            "None ATTEMPT - +y|1|3",
        ],
    ),
    (
        "bare",
        HEAD + "@@ -1,3 +1,2 @@\n a\n\n-c\n",
        HEAD + "@@ -2,2 +2,3 @@\n\n-c\n+c1\n+c2\n",
        [
            "x both",
            "1 CONTEXT  a|1|3  a|1|None",
            "2 CONTEXT  |2|4  |2|3",
            "3 SAME -c|None|5 -c|None|4",
            "None DIFFER - +c1|3|5",
            "None DIFFER - +c2|4|6",
        ],
    ),
    (
        "cut",
        HEAD + "@@ -1,2 +1 @@\n-line one\n line two\n",
        HEAD + "@@ -1,2 +1,2 @@\n-line one\n+x\n line t",
        [
            "x both",
            "1 SAME -line one|None|3 -line one|None|3",
            "None DIFFER - +x|1|4",
            "2 CONTEXT  line two|1|4  line t|2|5",
        ],
    ),
    (
        "moved adds",
        HEAD + "@@ -1,3 +1,3 @@\n-a\n-b\n-c\n+1\n+2\n+3\n",
        HEAD + "@@ -1,3 +1,3 @@\n-a\n+1\n-b\n+2\n-c\n+3\n",
        [
            "x both",
            "1 SAME -a|None|3 -a|None|3",
            "2 SAME -b|None|4 -b|None|5",
            "3 SAME -c|None|5 -c|None|7",
            "None SAME +1|1|6 +1|1|4",
            "None SAME +2|2|7 +2|2|6",
            "None SAME +3|3|8 +3|3|8",
        ],
    ),
    (
        "insert vs replace",
        HEAD + "@@ -1,0 +2,2 @@\n+new = one(two)\n+z\n",
        HEAD + "@@ -2 +2 @@\n-b\n+new = one(three)\n",
        [
            "x both",
            "1 GAP  |1|None  |1|None gap 1",
            "None DIFFER +new = one(two)|2|3 -",
            "None DIFFER +z|3|4 -",
            "2 DIFFER  b|4|None -b|None|3",
            "None DIFFER - +new = one(three)|2|4",
        ],
    ),
    (
        "marks both",
        HEAD + "@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n",
        HEAD + "@@ -1 +1,2 @@\n-a\n+b\n+c\n\\ No newline at end of file\n",
        [
            "x both",
            "1 SAME -a|None|3 -a|None|3",
            "None DIFFER +b|1|4 +b|1|4",
            "None DIFFER \\ No newline at end of file|None|5 -",
            "None DIFFER - +c|2|5",
            "None DIFFER - \\ No newline at end of file|None|6",
        ],
    ),
]
PATCHES = {name: (human, attempt) for name, human, attempt, _ in CASES}


@pytest.mark.parametrize(
    ("human", "attempt", "rows"), [pytest.param(h, a, r, id=name) for name, h, a, r in CASES]
)
def test_rows_of_two_patches(human: str, attempt: str, rows: list[str]) -> None:
    assert told(align(parse_patch(human), parse_patch(attempt))) == rows


def both(name: str) -> FileAlignment:
    human, attempt = PATCHES[name]
    return align(parse_patch(human), parse_patch(attempt)).files[0]


def test_changes_runs_pairs_and_counts_of_a_file() -> None:
    file = both("sides")
    assert (list(file.changes), list(file.runs())) == ([3, 10], [(3, 6), (10, 12)])
    assert list(file.pairs()) == [10]
    assert file.counts == Counts(matched=2, different=3)
    apart = both("conflict")
    assert list(apart.changes) == [2, 5, 8, 12]
    assert (list(apart.pairs()), apart.counts) == ([], Counts(human_only=3, attempt_only=3))
    assert [row.lane for row in apart.rows(2, 4)] == [Lane.HUMAN, Lane.CONTEXT]
    assert len(list(apart.rows(12, 99))) == 2


@pytest.mark.parametrize(
    ("name", "side", "rows"),
    [
        ("sides", Side.BASE, [0, 1, 2, 3, 6, 7, 8, 8, 8, 8, 8, 9, 10, None]),
        ("sides", Side.HUMAN, [0, 1, 2, 4, 5, 6, 7, 8, 8, 8, 8, 8, 9, None]),
        ("sides", Side.ATTEMPT, [0, 1, 2, 4, 6, 7, 8, 8, 8, 8, 8, 9, 10, 11, None]),
        ("conflict", Side.BASE, [0, 0, 1, 3, 4, 4, 4, 4, 5, None]),
        ("conflict", Side.HUMAN, [0, 0, 1, 2, 3, 4, 4, 4, 4, 6, None]),
        ("conflict", Side.ATTEMPT, [7, 7, 7, 9, 10, 10, 11, 12, None]),
        ("ends", Side.ATTEMPT, [0, 3, 5, None]),
    ],
)
def test_the_row_of_each_line_from_1(name: str, side: Side, rows: list[int | None]) -> None:
    file = both(name)
    assert [file.row_of(side, line) for line in range(1, len(rows) + 1)] == rows
    assert file.row_of(side, 0) is None


def test_a_file_that_is_none_of_both_sides_has_its_own_path() -> None:
    alignment = align(parse_patch(PATCHES["one only"][0]), parse_patch(PATCHES["one only"][1]))
    assert (alignment.human.text, alignment.attempt.text) == PATCHES["one only"]
    assert alignment.counts == Counts(human_only=1, attempt_only=1)


def test_lines_that_state_absurd_places_stand_at_the_end() -> None:
    absurd = f"{HEAD}@@ -{10**12},1 +{10**12},1 @@\n-a\n+b\n"
    assert told(align(parse_patch(absurd), parse_patch(absurd)))[1:] == [
        "1 GAP  |1|None  |1|None gap 999999999",
        "1000000000 SAME -a|None|3 -a|None|3",
        "None SAME +b|1000000000|4 +b|1000000000|4",
    ]
