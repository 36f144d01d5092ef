"""Alignment: nothing is lost, equal is found equal, and where bases differ it says so."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.models import Side
from core.patch.align import (
    Alignment,
    Cancelled,
    Cell,
    Counts,
    FileAlignment,
    Lane,
    Presence,
    Row,
    align,
    pair_changes,
    word_marks,
)
from core.patch.align.matching import match_lines, pair_similar
from core.patch.parse import Patch, diff_lines, parse_patch
from core.sources import decode

Lines = list[str]


def make_patch(base: Lines, new: Lines, context: int = 3, path: str = "x.py") -> Patch:
    """A plain diff of two texts."""
    old, new = ([line + "\n" for line in text] for text in (base, new))
    return parse_patch("".join(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=context)))


def cells(file: FileAlignment, side: Side) -> list[Cell]:
    found = [row.human if side is Side.HUMAN else row.attempt for row in file.rows()]
    return [cell for cell in found if cell is not None]


def one_file(human: Patch, attempt: Patch) -> FileAlignment:
    (file,) = align(human, attempt).files
    return file


def sketch(file: FileAlignment) -> list[str]:
    """Rows as `lane human|attempt`, to be read by people."""

    def show(cell: Cell | None) -> str:
        return "" if cell is None else (cell.kind + cell.text).strip()

    return [f"{row.lane.name} {show(row.human)}|{show(row.attempt)}" for row in file.rows()]


# --- properties -------------------------------------------------------------------------------


def edited(base: Lines, random: Random) -> Lines:
    """An edited version: some lines dropped, some put in."""
    new = list(base)
    for _ in range(random.randint(0, 4)):
        start = random.randint(0, len(new))
        stop = min(len(new), start + random.randint(0, 4))
        new[start:stop] = random.choices("abXYZ", k=random.randint(0, 4))
    return new


def case(seed: int) -> tuple[Lines, Lines, Lines, Patch, Patch]:
    """A text, two edited versions of it and their diffs; in one of eight cases both are equal."""
    random = Random(seed)
    base = random.choices("abcdefgh", k=random.randint(0, 24))
    human, attempt = edited(base, random), edited(base, random)
    attempt = human if random.randint(1, 8) == 1 else attempt
    contexts = random.choices(range(6), k=2)
    human_patch, attempt_patch = map(make_patch, [base] * 2, (human, attempt), contexts)
    return base, human, attempt, human_patch, attempt_patch


TWO_PATCHES = st.integers(0, 2**32 - 1).map(case)
"""Made from one number: that Hypothesis draws every line took most of the time of a test."""


def hunk_indexes(patch: Patch) -> list[int]:
    return [i for file in patch.files for hunk in file.hunks for i in range(hunk.start, hunk.stop)]


@given(TWO_PATCHES)
@settings(max_examples=80, deadline=None)
def test_every_line_stands_in_exactly_one_row(
    case: tuple[Lines, Lines, Lines, Patch, Patch],
) -> None:
    *_, human, attempt = case
    alignment = align(human, attempt)
    for side, patch in ((Side.HUMAN, human), (Side.ATTEMPT, attempt)):
        found = [cell for file in alignment.files for cell in cells(file, side)]
        indexes = [cell.index for cell in found if cell.index is not None]
        assert sorted(indexes) == hunk_indexes(patch)
        for kinds in (" -", " +"):  # in the order of the old text, and in that of the new one
            order = [c.index for c in found if c.index is not None and c.kind in kinds]
            assert order == sorted(order)


@given(TWO_PATCHES)
@settings(max_examples=80, deadline=None)
def test_each_side_gives_its_patched_file(case: tuple[Lines, Lines, Lines, Patch, Patch]) -> None:
    base, human_text, attempt_text, human, attempt = case
    for file in align(human, attempt).files:
        assert file.base_conflict is None
        for side, text in ((Side.HUMAN, human_text), (Side.ATTEMPT, attempt_text)):
            line = 1
            for row in file.rows():
                cell = row.human if side is Side.HUMAN else row.attempt
                if row.lane is Lane.GAP:
                    assert cell is not None
                    assert cell.new == line
                    assert row.base is not None
                    assert base[row.base - 1 :][: row.gap] == text[line - 1 :][: row.gap]
                    line += row.gap
                elif cell and cell.kind in " +":
                    assert (cell.new, cell.text) == (line, text[line - 1])
                    line += 1


@given(TWO_PATCHES)
@settings(deadline=None)
def test_base_lines_stand_once_and_in_order(
    case: tuple[Lines, Lines, Lines, Patch, Patch],
) -> None:
    base, _, _, human, attempt = case
    for file in align(human, attempt).files:
        expected = 1
        for row in file.rows():
            if row.base is None:
                continue
            assert row.base == expected
            expected += row.gap or 1
            for cell in (row.human, row.attempt):
                assert cell is not None
                assert row.gap or cell.text == base[row.base - 1]


@given(TWO_PATCHES)
@settings(max_examples=80, deadline=None)
def test_lanes_say_who_changed_a_line(case: tuple[Lines, Lines, Lines, Patch, Patch]) -> None:
    *_, human, attempt = case
    for file in align(human, attempt).files:
        for row in file.rows():
            kinds = [cell.kind if cell else "" for cell in (row.human, row.attempt)]
            texts = {cell.text for cell in (row.human, row.attempt) if cell}
            if row.lane in (Lane.CONTEXT, Lane.GAP):
                assert kinds == [" ", " "]
            elif row.lane is Lane.SAME:
                assert kinds in (["+", "+"], ["-", "-"])
                assert len(texts) == 1
            elif row.lane is Lane.HUMAN:
                assert kinds in (["+", ""], ["-", " "])
            elif row.lane is Lane.ATTEMPT:
                assert kinds in (["", "+"], [" ", "-"])
            else:
                assert kinds in (["+", "+"], ["+", ""], ["", "+"], ["-", " "], [" ", "-"])
                assert kinds != ["+", "+"] or len(texts) == 2


@given(TWO_PATCHES)
@settings(max_examples=80, deadline=None)
def test_exchanging_the_patches_mirrors_the_result(
    case: tuple[Lines, Lines, Lines, Patch, Patch],
) -> None:
    *_, human, attempt = case
    ways = [align(human, attempt).files, align(attempt, human).files]
    mirror = {Lane.HUMAN: Lane.ATTEMPT, Lane.ATTEMPT: Lane.HUMAN}
    one = [(row.base, row.lane, row.human, row.attempt) for file in ways[0] for row in file.rows()]
    other = [
        (row.base, mirror.get(row.lane, row.lane), row.attempt, row.human)
        for file in ways[1]
        for row in file.rows()
    ]
    assert Counter(map(repr, one)) == Counter(map(repr, other))


@given(TWO_PATCHES, st.integers(0, 5))
@settings(deadline=None)
def test_the_same_change_is_matched_however_the_hunks_are_cut(
    case: tuple[Lines, Lines, Lines, Patch, Patch], context: int
) -> None:
    base, human_text, _, human, _ = case
    other = make_patch(base, human_text, context)
    for file in align(human, other).files:
        assert {row.lane for row in file.rows()} <= {Lane.CONTEXT, Lane.SAME, Lane.GAP}
        assert file.counts.matched == human.files[0].added + human.files[0].removed


@given(TWO_PATCHES)
@settings(deadline=None)
def test_rows_are_found_by_line(case: tuple[Lines, Lines, Lines, Patch, Patch]) -> None:
    *_, human, attempt = case
    for file in align(human, attempt).files:
        for at, row in enumerate(file.rows()):
            for cell, side in ((row.human, Side.HUMAN), (row.attempt, Side.ATTEMPT)):
                if cell and cell.new is not None:
                    assert file.row_of(side, cell.new) == at
            if row.base is not None:
                assert file.row_of(Side.BASE, row.base) == at
                assert file.row_of(Side.BASE, row.base + max(row.gap - 1, 0)) == at
        assert file.row_of(Side.HUMAN, 0) is None
        assert file.row_of(Side.ATTEMPT, 10_000) is None


@given(st.lists(st.sampled_from("abcdXY "), max_size=30).map("".join), st.randoms())
def test_unsound_patches_lose_nothing(marks: str, random: object) -> None:
    hunk = "@@ -5,3 +5,3 @@\n a\n-b\n+c\n d\n"
    other = "@@ -2,9 +2,9 @@\n" + "\n".join(
        {"a": " ", "b": "-", "c": "+", "d": "\\ "}.get(c, " ") + c for c in marks
    )
    text = "--- a/x\n+++ b/x\n" + hunk + other
    human, attempt = parse_patch(text), parse_patch("--- a/x\n+++ b/x\n" + hunk)
    for file in align(human, attempt).files:
        indexes = [cell.index for cell in cells(file, Side.HUMAN) if cell.index is not None]
        leading = [i for i in hunk_indexes(human) if human.lines[i].startswith("\\")]
        assert set(hunk_indexes(human)) - set(leading) <= set(indexes)
        assert len(indexes) == len(set(indexes))


# --- examples ---------------------------------------------------------------------------------

TEN = [f"line {n}" for n in range(1, 11)]


def test_lanes_of_separate_changes() -> None:
    human = [*TEN[:1], "H", *TEN[2:9], "both"]
    attempt = [*TEN[:5], *TEN[6:9], "both"]
    file = one_file(make_patch(TEN, human, 0), make_patch(TEN, attempt, 1))
    assert sketch(file) == [
        "GAP |",
        "HUMAN -line 2|line 2",
        "HUMAN +H|",
        "GAP |",
        "CONTEXT line 5|line 5",
        "ATTEMPT line 6|-line 6",
        "CONTEXT line 7|line 7",
        "GAP |",
        "CONTEXT line 9|line 9",
        "SAME -line 10|-line 10",
        "SAME +both|+both",
    ]
    assert file.counts == Counts(matched=2, human_only=2, attempt_only=1)
    assert list(file.changes) == [1, 5, 9]
    assert file.row(3) == Row(3, Lane.GAP, Cell(" ", "", 3, None), Cell(" ", "", 3, None), gap=2)


def test_what_is_equal_within_a_differing_region_is_the_same() -> None:
    human = [*TEN[:3], "x = compute(a)", "shared", "only human", *TEN[6:]]
    attempt = [*TEN[:3], "x = compute(b)", "shared", *TEN[5:]]
    file = one_file(make_patch(TEN, human, 1), make_patch(TEN, attempt, 1))
    assert sketch(file)[1:-1] == [
        "CONTEXT line 3|line 3",
        "SAME -line 4|-line 4",
        "SAME -line 5|-line 5",
        "DIFFER +x = compute(a)|+x = compute(b)",
        "SAME +shared|+shared",
        "DIFFER -line 6|line 6",
        "DIFFER +only human|",
    ]


def test_removed_and_added_lines_may_be_mixed() -> None:
    head = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n"
    human = parse_patch(head + "-a\n-b\n+x\n+y\n")
    attempt = parse_patch(head + "-a\n+x\n-b\n+y\n")
    assert one_file(human, attempt).counts == Counts(matched=4)


def test_a_missing_newline_is_a_difference_of_its_own_line() -> None:
    head = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
    file = one_file(parse_patch(head + "\\ No newline at end of file\n"), parse_patch(head))
    assert sketch(file) == [
        "SAME -a|-a",
        "DIFFER +b|+b",
        "DIFFER \\ No newline at end of file|",
    ]


def test_different_bases_are_shown_without_alignment() -> None:
    other = [*TEN[:6], "another base", *TEN[7:]]
    human = make_patch(TEN, [*TEN[:5], "H", *TEN[6:]])
    attempt = make_patch(other, [*other[:7], "A", *other[8:]])
    file = one_file(human, attempt)
    assert file.base_conflict == 7
    rows = list(file.rows())
    human_rows = [row for row in rows if row.human is not None and row.lane is not Lane.GAP]
    assert [row.human.index for row in human_rows if row.human] == hunk_indexes(human)
    assert all(row.attempt is None for row in human_rows)
    attempt_cells = [c.index for c in cells(file, Side.ATTEMPT) if c.index is not None]
    assert attempt_cells == hunk_indexes(attempt)
    for side, text, line in ((Side.HUMAN, "H", 6), (Side.ATTEMPT, "A", 8)):
        shown = [row.human if side is Side.HUMAN else row.attempt for row in rows]
        assert file.row_of(side, line) == next(
            at for at, cell in enumerate(shown) if cell and cell.text == text
        )
    for row in human_rows:
        assert row.human is not None
        assert row.human.kind == "+" or row.human.text == TEN[(row.base or 0) - 1]


def test_a_last_line_that_was_cut_is_no_other_base() -> None:
    human = make_patch(TEN, ["H", *TEN[1:]])
    cut = parse_patch(make_patch(TEN, ["A", *TEN[1:]]).text.removesuffix("ne 4\n"))
    assert one_file(human, cut).base_conflict is None
    assert one_file(cut, human).base_conflict is None


def test_a_file_that_one_side_calls_new_has_another_base() -> None:
    new = parse_patch("--- /dev/null\n+++ b/x.py\n@@ -0,0 +1 @@\n+a\n")
    assert one_file(new, make_patch(TEN, TEN[:9], 0)).base_conflict == 10


def test_hunks_that_overlap_are_not_aligned() -> None:
    text = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n@@ -2 +2 @@\n-c\n+d\n"
    file = one_file(parse_patch(text), parse_patch(text))
    assert file.base_conflict == 2
    assert len(cells(file, Side.HUMAN)) >= 4


def test_hunks_in_another_order_stand_in_that_of_the_base() -> None:
    text = "--- a/x\n+++ b/x\n@@ -9 +9 @@\n-a\n+b\n@@ -1 +1 @@\n-c\n+d\n"
    file = one_file(parse_patch(text), parse_patch(text))
    assert file.base_conflict is None
    assert [row.base for row in file.rows() if row.base] == [1, 2, 9]


def git_file(path: str, extra: str = "", body: str = "@@ -1 +1 @@\n-a\n+b\n") -> str:
    return f"diff --git a/{path} b/{path}\n{extra}--- a/{path}\n+++ b/{path}\n{body}"


def test_files_stand_in_one_order_and_renames_are_followed() -> None:
    renamed = (
        "diff --git a/old.py b/new.py\nsimilarity index 90%\nrename from old.py\n"
        "rename to new.py\n--- a/old.py\n+++ b/new.py\n@@ -1 +1 @@\n-a\n+b\n"
    )
    human = parse_patch(git_file("missed.py") + renamed + git_file("z.py"))
    attempt = parse_patch(git_file("extra.py") + git_file("z.py") + git_file("old.py"))
    alignment = align(human, attempt)
    assert [(file.path, file.presence) for file in alignment.files] == [
        ("new.py", Presence.BOTH),
        ("z.py", Presence.BOTH),
        ("missed.py", Presence.MISSED),
        ("extra.py", Presence.EXTRA),
    ]
    assert alignment.counts == Counts(matched=4, human_only=2, attempt_only=2)


def test_an_unfinished_alignment_can_be_cancelled() -> None:
    patch = make_patch(TEN, TEN[1:])
    with pytest.raises(Cancelled):
        align(patch, patch, lambda: True)
    answers = iter([False, True])
    with pytest.raises(Cancelled):
        align(patch, patch, lambda: next(answers))


def big_added_file(lines: Sequence[str]) -> Patch:
    head = f"--- /dev/null\n+++ b/x\n@@ -0,0 +1,{len(lines)} @@\n"
    return parse_patch(head + "".join(f"+{line}\n" for line in lines))


def test_large_regions_are_matched_at_their_unique_lines() -> None:
    ours = [f"line {n}" if n % 3 else "" for n in range(20_000)]
    theirs = [line for n, line in enumerate(ours) if n % 50] + ["end"]
    file = one_file(big_added_file(ours), big_added_file(theirs))
    assert file.counts.matched >= 19_500
    assert file.counts.matched + file.counts.different == len(file)


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_large_regions_without_unique_lines_are_put_side_by_side(random: Random) -> None:
    ours, theirs = (random.choices("ab", k=300) for _ in range(2))
    file = one_file(big_added_file(ours), big_added_file(theirs))
    for side, text in ((Side.HUMAN, ours), (Side.ATTEMPT, theirs)):
        assert [cell.text for cell in cells(file, side)] == text
    for row in file.rows():
        texts = {cell.text for cell in (row.human, row.attempt) if cell}
        assert (row.lane is Lane.SAME) == (len(texts) == 1 and None not in (row.human, row.attempt))


TEXT = st.lists(st.sampled_from(["a", "b", "c", "d e f", "d e g", ""]), max_size=12)


@given(TEXT, TEXT)
def test_matches_are_equal_rising_and_mirrored(a: Lines, b: Lines) -> None:
    found = match_lines(a, b)
    at = (0, 0)
    for i, j, size in found:
        assert size > 0
        assert at <= (i, j)
        assert i >= at[0]
        assert j >= at[1]
        assert a[i : i + size] == b[j : j + size]
        at = (i + size, j + size)
    assert [(j, i, size) for i, j, size in match_lines(b, a)] == found
    assert [(i, j) for j, i in pair_similar(b, a)] == pair_similar(a, b)


def test_a_line_without_a_version_of_it_is_passed_over() -> None:
    one, two = ["zzz", "one two three"], ["one two four"]
    assert (pair_similar(one, two), pair_similar(two, one)) == ([(1, 0)], [(0, 1)])


# --- words ------------------------------------------------------------------------------------


def marked(line: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    return [line[start:stop] for start, stop in spans]


def test_words_that_changed_are_marked() -> None:
    a, b = "    total = compute(x, y)  # slow", "    total = compute_fast(x, y, z)  # slow"
    a_spans, b_spans = word_marks(a, b)
    assert marked(a, a_spans) == ["compute"]
    assert marked(b, b_spans) == ["compute_fast", ", z"]


@pytest.mark.parametrize(
    ("a", "b"),
    [("same", "same"), ("x" * 3000, "x" * 2999), ("return None", "for key, value in pairs:")],
)
def test_no_marks_where_they_say_nothing(a: str, b: str) -> None:
    assert word_marks(a, b) == ((), ())


@given(st.text("ab( \t", max_size=40), st.text("ab( \t", max_size=40))
def test_what_is_not_marked_is_equal(a: str, b: str) -> None:
    spans = word_marks(a, b)
    assume(any(spans))
    left = []
    for line, parts in zip((a, b), spans, strict=True):
        kept, at = "", 0
        for start, stop in parts:
            assert at <= start < stop <= len(line)
            kept, at = kept + line[at:start], stop
        left.append("".join((kept + line[at:]).split()))
    assert left[0] == left[1]


def test_removed_and_added_versions_of_a_line_are_paired() -> None:
    patch = make_patch(
        ["def f(x):", "    return slow(x)", "", "gone away now"],
        ["def f(x, y):", "import os", "    return fast(x)", ""],
    )
    (hunk,) = patch.files[0].hunks
    pairs = pair_changes(patch, hunk)
    texts = {line.index: line.kind + line.text for line in diff_lines(patch, hunk)}
    assert {texts[i]: texts[j] for i, j in pairs.items() if texts[i][0] == "-"} == {
        "-def f(x):": "+def f(x, y):",
        "-    return slow(x)": "+    return fast(x)",
    }
    assert all(pairs[pairs[i]] == i for i in pairs)


# --- real patches -----------------------------------------------------------------------------


def real_pairs(shared: Path) -> list[tuple[Patch, Patch]]:
    found = []
    for path in sorted(shared.glob("isobench/state/**/journal.json"))[::6]:
        patch, journal = path.parent / "model_patch.diff", json.loads(path.read_text("utf-8"))
        sha = (journal.get("commits") or {}).get("human") or "?"
        humans = sorted(shared.glob(f"isobench/tmp_single_commit/{sha[:8]}*.json"))
        if patch.is_file() and humans:
            human = json.loads(humans[0].read_text("utf-8"))["diff_text"]
            found.append((parse_patch(human), parse_patch(decode(patch.read_bytes()))))
    return found


def test_real_attempts_align_with_their_human_commits(shared: Path) -> None:
    pairs = real_pairs(shared)
    assert len(pairs) > 20
    for human, attempt in pairs:
        alignment: Alignment = align(human, attempt)
        for side, patch in ((Side.HUMAN, human), (Side.ATTEMPT, attempt)):
            found = [cell.index for f in alignment.files for cell in cells(f, side)]
            assert sorted(i for i in found if i is not None) == hunk_indexes(patch)
        changed = sum(file.added + file.removed for file in human.files)
        counts = align(human, human).counts
        assert counts == Counts(matched=changed)


def test_a_further_part_that_changes_the_same_lines_is_not_extra() -> None:
    human = parse_patch(git_file("a.py"))
    attempt = parse_patch(git_file("a.py") + git_file("a.py", body="@@ -1 +1 @@\n-b\n+c\n"))
    first, second = align(human, attempt).files
    assert (first.presence, second.presence) == (Presence.BOTH, Presence.AGAIN)
