"""What a patch may cost: time grows with its length, and no number or name is too long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from core.patch.align import align
from core.patch.apply import BaseFile, apply_patch
from core.patch.parse import parse_patch
from core.patch.parse.foreign import foreign_form
from core.patch.parse.joining import joined
from core.patch.parse.repair import parse_reference
from tests.core.patch.test_parse import HEADER


def many_files(count: int) -> str:
    one = (
        "diff --git a/d/f{0}.py b/d/f{0}.py\nindex 1..2 100644\n--- a/d/f{0}.py\n+++ b/d/f{0}.py\n"
    )
    return "".join(f"{one.format(n)}@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n" for n in range(count))


LARGE: dict[str, Callable[[int], str]] = {
    "many files": many_files,
    "one long line": lambda n: f"{HEADER}@@ -1 +1 @@\n-a\n+{'x' * n * 100}\n",
    "blanks": lambda n: " " * n * 100,
    "blank lines": lambda n: "\n" * n * 10,
    "numbers without end": lambda n: f"{HEADER}@@ -{'9' * n},1 +{'9' * n} @@\n-a\n+b\n",
    "zeros without end": lambda n: f"{HEADER}@@ -{'0' * n}1 +1 @@\n-a\n+b\n",
    "a mode without end": lambda n: f"diff --git a/x b/x\nold mode {'1' * n}\nnew mode 1\n",
    "a size without end": lambda n: (
        f"diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral {'9' * n}\nHcmV?d00001\n\n"
    ),
    "names of blanks": lambda n: f"diff --git a/{' ' * 7000}b/\nindex 1..2\n" * (n // 50),
    "names of slashes": lambda n: (
        f"diff --git a/{' ' * 4000}{'/' * 4000}\nindex 1..2\n" * (n // 50)
    ),
    "names of quotes": lambda n: '--- "a\n+++ "b\n@@ -1 +1 @@\n-a\n+b\n' * n,
    "hunks that announce too much": lambda n: (
        (HEADER + "@@ -1,99999 +1,99999 @@\n a\n" * 9) * (n // 10)
    ),
    "a file touched over and over": lambda n: (HEADER + "@@ -1 +1 @@\n-a\n+b\n") * n,
    "lines that are too many": lambda n: HEADER + "@@ -1 +1 @@\n-a\n+b\n" + "+\n" * n * 10,
    "renames over and over": lambda n: "diff --git a/x b/y\nrename from x\nrename to y\n" * n,
}


def times_of(text: str) -> Iterator[float]:
    """Reading a text three times, as far as they are asked for; the least is what counts."""
    for _ in range(3):
        start = time.process_time()
        apply_patch(joined(parse_patch(text)), lambda path: BaseFile("100644", b"a\n"))
        foreign_form(parse_reference(text))
        yield time.process_time() - start


@pytest.mark.parametrize("name", LARGE)
def test_a_text_twice_as_long_takes_less_than_three_times_as_long(name: str) -> None:
    size = 100
    while any(seconds < 0.02 for seconds in times_of(LARGE[name](size))) and size < 4_000:
        size *= 2
    once = min(times_of(LARGE[name](size)))
    assert any(twice < 3 * once + 0.02 for twice in times_of(LARGE[name](2 * size)))


def test_numbers_that_git_cannot_hold_leave_open_what_it_says() -> None:
    patch = parse_patch(LARGE["numbers without end"](5_000))
    assert patch.refusal is not None
    assert patch.refusal.fatal is None
    assert len(align(patch, patch).files) == 1
