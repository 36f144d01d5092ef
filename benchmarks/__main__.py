"""Prints the benchmark table: `make bench`, or `python -m benchmarks screen store` for some."""

from __future__ import annotations

import importlib
import os
import sys

MODULES = (
    "screen",
    "store",
    "alignment",
    "checks",
    "machines",
    "doubling",
    "triage",
    "large_screen",
    "judge",
    "opening",
    "report",
    "huge",
)

OF_TESTS = ("PATCHJURY_SHARED", "PATCHJURY_VLLM")
"""Variables that only tests read: a patchjury that a benchmark starts would warn of them."""


def main() -> None:
    """Run the benchmarks named on the command line (all without names)."""
    for name in OF_TESTS:
        os.environ.pop(name, None)
    rows = [("what", "measured", "target")]
    for name in sys.argv[1:] or MODULES:
        print(f"measuring {name} …", file=sys.stderr)
        rows += importlib.import_module(f"benchmarks.{name}").run()
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


if __name__ == "__main__":
    main()
