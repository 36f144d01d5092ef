"""Hunks are where git applies them, a file changed twice is one, names are the intended ones."""

from __future__ import annotations

import difflib
import random
import re
from collections.abc import Callable

import pytest

from core.patch.align import align
from core.patch.apply import BaseFile, apply_patch, net_changes
from core.patch.parse import FilePatch, FileStatus, Patch, diff_lines, parse_patch
from core.patch.parse.joining import joined
from core.patch.reading import understood


def section(old: list[str], new: list[str], path: str = "x.py", context: int = 3) -> str:
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=context, lineterm="")
    return f"diff --git a/{path} b/{path}\n" + "".join(f"{line}\n" for line in lines)


def one_file(content: list[str]) -> Callable[[str], BaseFile | None]:
    base = BaseFile("100644", "".join(f"{line}\n" for line in content).encode())
    return lambda path: base if path == "x.py" else None


def read(text: str, base: list[str]) -> tuple[Patch, list[str] | None]:
    """The patch as understood, and the resulting file."""
    patch = parse_patch(text)
    applied = apply_patch(patch, one_file(base))
    result = applied.files["x.py"].decode().splitlines() if applied.applies else None
    return understood(patch, applied, one_file(base)), result


def check_numbers(patch: Patch, files: list[FilePatch], base: list[str], result: list[str]) -> None:
    """Every line of every hunk has the numbers that it has in the base and in the result."""
    for file in files:
        for hunk in file.hunks:
            for line in diff_lines(patch, hunk):
                assert line.old is None or base[line.old - 1] == line.text
                assert line.new is None or result[line.new - 1] == line.text


def edit(lines: list[str], chance: random.Random) -> list[str]:
    edited = list(lines)
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(len(edited) + 1)
        edited[at : at + chance.randrange(3)] = [
            f"{chance.choice('pq')}{chance.randrange(3)}" for _ in range(chance.randrange(3))
        ]
    return edited


def moved(text: str, chance: random.Random) -> str:
    """The text with its hunks stated elsewhere."""
    return re.sub(
        r"(?m)^@@ -(\d+)(\S*) \+(\d+)",
        lambda m: (
            f"@@ -{max(0, int(m[1]) + (d := chance.randrange(-4, 9)))}{m[2]} "
            f"+{max(0, int(m[3]) + d)}"
        ),
        text,
    )


@pytest.mark.parametrize("seed", range(8))
def test_lines_are_counted_where_git_puts_them(seed: int) -> None:
    chance = random.Random(seed)
    placed_elsewhere = 0
    for _ in range(120):
        base = [chance.choice("abcdef") for _ in range(chance.randrange(4, 40))]
        text = section(base, edit(base, chance), context=chance.choice((0, 1, 3)))
        stated = moved(text, chance)
        patch, result = read(stated, base)
        if result is not None:
            check_numbers(patch, list(patch.files), base, result)
            placed_elsewhere += patch.files != parse_patch(stated).files
    assert placed_elsewhere > 10


@pytest.mark.parametrize("seed", range(8))
def test_a_file_touched_twice_is_one_where_its_parts_change_different_lines(seed: int) -> None:
    chance = random.Random(seed)
    joins = 0
    for _ in range(120):
        base = [f"{chance.choice('abc')}{n}" for n in range(chance.randrange(8, 60))]
        first = edit(base, chance)
        second = edit(first, chance)
        text = section(base, first) + section(first, second, context=chance.choice((1, 2, 3)))
        if text.count("@@") < 4 or base == second:
            continue
        patch, result = read(text, base)
        if result != second:  # a hunk with little context may fit elsewhere too
            continue
        if len(patch.files) == 1:
            joins += 1
            check_numbers(patch, list(patch.files), base, second)
            alignment = align(patch, patch)
            assert [f.base_conflict for f in alignment.files] == [None]
    assert joins > 20


def test_a_file_touched_twice_is_compared_once() -> None:
    base = [f"line {n}" for n in range(1, 41)]
    first = [*base[:4], "five", *base[5:]]
    second = [*first[:29], "thirty", *first[30:]]
    attempt = joined(parse_patch(section(base, first) + section(first, second)))
    human = parse_patch(section(base, second))
    (file,) = align(human, attempt).files
    assert (file.counts.matched, file.counts.human_only, file.counts.attempt_only) == (4, 0, 0)


@pytest.mark.parametrize(("early", "late", "shown"), [(5, 9, (7, 12)), (9, 5, (2, 7))])
def test_a_later_part_loses_the_context_that_an_earlier_one_shows_and_no_more(
    early: int, late: int, shown: tuple[int, int]
) -> None:
    base = [f"line {n}" for n in range(1, 21)]
    first = [*base[: early - 1], "one", *base[early:]]
    second = [*first[: late - 1], "two", *first[late:]]
    parts = section(base, first, context=1) + section(first, second)
    (file,) = joined(parse_patch(parts)).files
    hunk = next(h for h in file.hunks if h.first_old <= late < h.first_old + h.old_count)
    assert (hunk.first_old, hunk.first_old + hunk.old_count - 1) == shown


def test_a_rename_and_a_later_change_are_one_file() -> None:
    rename = (
        "diff --git a/old.py b/new.py\nrename from old.py\nrename to new.py\n"
        "--- a/old.py\n+++ b/new.py\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n"
    )
    later = "--- a/new.py\n+++ b/new.py\n@@ -9,2 +9,2 @@\n-x\n+y\n z\n"
    (file,) = joined(parse_patch(rename + later)).files
    assert (file.old_path, file.new_path, file.status) == ("old.py", "new.py", FileStatus.RENAMED)
    assert (len(file.hunks), file.added) == (2, 2)


def test_net_changes_name_each_file_once() -> None:
    files = {"a.py": b"1\n", "b.py": b"2\n"}
    text = (
        "diff --git a/a.py b/c.py\nrename from a.py\nrename to c.py\n"
        "diff --git a/c.py b/c.py\n--- a/c.py\n+++ b/c.py\n@@ -1 +1 @@\n-1\n+one\n"
        "diff --git a/b.py b/b.py\ndeleted file mode 100644\n--- a/b.py\n+++ /dev/null\n"
        "@@ -1 +0,0 @@\n-2\n"
        "--- /dev/null\n+++ b/n.py\n@@ -0,0 +1 @@\n+new\n"
    )
    patch = parse_patch(text)
    applied = apply_patch(
        patch, lambda path: BaseFile("100755", files[path]) if path in files else None
    )
    found = [(c.old_path, c.new_path, c.mode, c.content) for c in net_changes(patch, applied)]
    assert found == [
        ("a.py", "c.py", "100755", b"one\n"),
        (None, "n.py", "100644", b"new\n"),
        ("b.py", None, None, None),
    ]


BARE = "diff --git core/x.py core/x.py\n--- core/x.py\n+++ core/x.py\n@@ -1 +1 @@\n-a\n+b\n"


@pytest.mark.parametrize(
    ("there", "path"),
    [(("core/x.py",), "core/x.py"), (("x.py",), "x.py"), (("core/x.py", "x.py"), "x.py")],
)
def test_names_without_a_prefix_are_those_of_files_that_exist(
    there: tuple[str, ...], path: str
) -> None:
    def base(name: str) -> BaseFile | None:
        return BaseFile("100644", b"a\n") if name in there else None

    patch = parse_patch(BARE)
    assert understood(patch, apply_patch(patch, base), base).files[0].path == path


def test_names_without_a_prefix_stay_as_git_reads_them_without_a_base() -> None:
    patch = understood(parse_patch(BARE), None, None)
    assert (patch.files[0].path, patch.files[0].bare) == ("x.py", "core/x.py")


def test_parts_that_are_cut_or_change_nothing_are_joined_without_a_fault() -> None:
    head = "--- a/x.py\n+++ b/x.py\n"
    first = f"{head}@@ -2,3 +2,4 @@\n a\n+b\n c\n d\n"
    for end in ("@@ -2,9 +2,9 @@\n a", "@@ -1,9 +1,9 @@\n z\n a\n b\n c\n", "@@ -3,2 +3,2 @@\n"):
        patch = joined(parse_patch(first + head + end))
        assert sum(len(file.hunks) for file in patch.files) >= 1
