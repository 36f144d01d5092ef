"""How fast patches are parsed and aligned: time has to grow with their lines, and no faster."""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks.generate import added_file_pair, many_files, patch_pair
from core.patch.align import align
from core.patch.parse import parse_patch

SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
FILES = 100_000
_REPEAT_BELOW = 100_000  # lines; a small patch is measured often, and the best time counts

Figure = tuple[str, str, str]
"""Name, measured, target (or nothing)."""


def run() -> list[Figure]:
    """Lines a second, of both patches together, by size."""
    figures = [_many_files()]
    for lines in SIZES:
        figures += _measure(f"{lines:,} lines in small hunks", patch_pair(lines))
    for lines in SIZES[-3:]:
        figures += _measure(f"{lines:,} lines in one added file", added_file_pair(lines))
    return figures


def _many_files() -> Figure:
    text = many_files(FILES)
    seconds = _seconds(lambda: parse_patch(text), text.count("\n"))
    return f"parse a patch of {FILES:,} files", f"{seconds:.1f} s", "3 s"


def _measure(name: str, texts: tuple[str, str]) -> list[Figure]:
    human, attempt = (parse_patch(text) for text in texts)
    lines = len(human.lines) + len(attempt.lines)
    parsing = _seconds(lambda: [parse_patch(text) for text in texts], lines)
    aligning = _seconds(lambda: align(human, attempt), lines)
    return [
        (f"parse two patches of {name}", _figure(lines, parsing), ""),
        (f"align two patches of {name}", _figure(lines, aligning), ""),
    ]


def _seconds(work: Callable[[], object], lines: int) -> float:
    best = float("inf")
    for _ in range(5 if lines < _REPEAT_BELOW else 1):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def _figure(lines: int, seconds: float) -> str:
    return f"{1000 * seconds:,.1f} ms, {lines / seconds:,.0f} lines/s"


if __name__ == "__main__":
    for row in run():
        print("  ".join(row))
