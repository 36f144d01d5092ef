"""Patches of any size, made from a seed: two on one base, as a human and an agent write them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

_WORDS = ("value", "index", "cache", "batch", "token", "block", "state", "output", "mask", "config")
_LINES_PER_CHANGE = 16  # of patch text, about
_CHANGES_PER_FILE = 60


def code_line(random: Random) -> str:
    """One line that looks like code."""
    a, b, c = random.choices(_WORDS, k=3)
    return f"    {a}_{random.randrange(1000)} = compute_{b}({c}, {random.randrange(100)})"


def edited(line: str, random: Random) -> str:
    """A version of a line with one word changed."""
    return line.replace("compute_", f"fast_{random.choice(_WORDS)}_", 1)


def patch_pair(lines: int, seed: int = 0) -> tuple[str, str]:
    """A human's and an attempt's patch of about so many lines each: many files, small hunks.

    A third of the changes is the same, a third is changed by both differently, and the others
    by one only.
    """
    random = Random(seed)
    human: list[str] = []
    attempt: list[str] = []
    number = 0
    while len(human) < lines:
        path = f"pkg/module_{number}.py"
        header = [f"diff --git a/{path} b/{path}", f"--- a/{path}", f"+++ b/{path}"]
        human += header
        attempt += header
        left = (lines - len(human)) // _LINES_PER_CHANGE + 1
        for ours, theirs in _file_hunks(min(left, _CHANGES_PER_FILE), random):
            human += ours
            attempt += theirs
        number += 1
    return "\n".join(human) + "\n", "\n".join(attempt) + "\n"


def _file_hunks(changes: int, random: Random) -> Iterator[tuple[list[str], list[str]]]:
    shifts = [0, 0]
    for number in range(changes):
        start = 1 + 40 * number
        base = [code_line(random) for _ in range(12)]
        same = [edited(line, random) for line in base[3:9]]
        other = [edited(line, random) if k % 2 else line for k, line in enumerate(same)]
        kind = random.randrange(6)
        versions: tuple[tuple[list[str], list[str]], ...]
        versions = ((same, same), (same, other), (same, []), ([], same), (same, other[:4]))
        bodies = versions[kind] if kind < 5 else (same, same)
        yield _hunk(base, bodies[0], start, shifts, 0), _hunk(base, bodies[1], start, shifts, 1)


def _hunk(base: list[str], new: list[str], start: int, shifts: list[int], side: int) -> list[str]:
    """A hunk that puts new lines in the place of the middle of the base's."""
    count = len(base) - 6 + len(new)
    header = f"@@ -{start},{len(base)} +{start + shifts[side]},{count} @@"
    shifts[side] += count - len(base)
    head, middle, tail = base[:3], base[3:9], base[9:]
    lines = [(" ", head), ("-", middle), ("+", new), (" ", tail)]
    return [header, *(mark + line for mark, part in lines for line in part)]


def added_file_pair(lines: int, seed: int = 0) -> tuple[str, str]:
    """Two patches that add one large file; a tenth of the attempt's lines is its own."""
    random = Random(seed)
    ours = [code_line(random) for _ in range(lines)]
    theirs = [edited(line, random) if random.random() < 0.1 else line for line in ours]
    header = "diff --git a/big.py b/big.py\nnew file mode 100644\n--- /dev/null\n+++ b/big.py\n"
    header += f"@@ -0,0 +1,{lines} @@\n"
    human, attempt = ("".join(f"+{line}\n" for line in text) for text in (ours, theirs))
    return header + human, header + attempt


def many_files(count: int) -> str:
    """A patch that changes a line in each of many files."""
    body = "@@ -1,3 +1,3 @@ def f():\n a\n-b\n+c\n d\n"
    names = (f"dir/f{number}.py" for number in range(count))
    return "".join(
        f"diff --git a/{name} b/{name}\nindex 1234567..89abcde 100644\n--- a/{name}\n+++ b/{name}\n"
        f"{body}"
        for name in names
    )
