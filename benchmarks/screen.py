"""The screen on a real pseudo-terminal: first paint, memory, keys; against an empty Textual app."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.runs import write_run_set
from benchmarks.terminal import Terminal

Row = tuple[str, str, str]

_EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("painted")
Empty().run()
"""


def run() -> list[Row]:
    """Rows of (what, measured, target)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = write_run_set(folder / "runs", 300)
        large = write_run_set(folder / "large", 6, (60, 50_000))
        return [
            *_first_paint(runs),
            *_keys(runs),
            *_large_patch(large),
            _help(),
        ]


def _patchjury(*words: str) -> list[str]:
    return [sys.executable, "-m", "tui.cli", *words]


def _first_paint(runs: Path, repeats: int = 5) -> list[Row]:
    ours, empty, memory = [], [], 0.0
    for _ in range(repeats):
        with Terminal([sys.executable, "-c", _EMPTY]) as terminal:
            empty.append(terminal.wait_for("painted") - terminal.started)
        with Terminal(_patchjury(str(runs))) as terminal:
            ours.append(terminal.wait_for("attempt 1 of") - terminal.started)
            terminal.drain()
            memory = max(memory, terminal.memory_mb())
    first, bare = statistics.median(ours), statistics.median(empty)
    return [
        ("first paint, 300 attempts", f"{first:.2f} s ({first / bare:.1f} x empty app)", "0.5 s"),
        ("resident memory after it", f"{memory:.0f} MB", "80 MB"),
    ]


def _keys(runs: Path, repeats: int = 20) -> list[Row]:
    moves, verdicts = [], []
    with Terminal(_patchjury(str(runs))) as terminal:
        terminal.wait_for("attempt 1 of")
        terminal.drain()
        for number in range(2, 4):
            pressed = terminal.press("j")
            moves.append(terminal.wait_for(f"attempt {number} of") - pressed)
            terminal.drain(0.1)
        for number in range(repeats):
            before = number % 2
            pressed = terminal.press("k" if before == 0 else "j")
            moves.append(terminal.wait_for(f"attempt {2 + before} of") - pressed)
            terminal.drain(0.1)
        store = runs / ".patchjury" / "commits"
        for _ in range(repeats):
            seen = _stamps(store)
            pressed = terminal.press("1")
            while _stamps(store) == seen:
                time.sleep(0.0005)
            verdicts.append(time.perf_counter() - pressed)
            terminal.drain(0.1)
    return [
        _milliseconds("key to painted next attempt", moves, "50 ms"),
        _milliseconds("verdict key to durable on disk", verdicts, "30 ms"),
    ]


def _stamps(store: Path) -> set[tuple[str, int]]:
    return {(p.name, p.stat().st_ino) for p in store.glob("*.json")} if store.is_dir() else set()


def _large_patch(large: Path, repeats: int = 3) -> list[Row]:
    times = []
    for _ in range(repeats):
        with Terminal(_patchjury(str(large))) as terminal:
            terminal.wait_for("attempt 1 of")
            terminal.drain()
            pressed = terminal.press(">")  # the next commit's attempt has 50,000 lines
            times.append(terminal.wait_for("compute(") - pressed)
    return [_milliseconds("key to first paint, patch of 50,000 lines", times, "120 ms")]


def _help(repeats: int = 5) -> Row:
    times = []
    for _ in range(repeats):
        with Terminal(_patchjury("--help")) as terminal:
            times.append(terminal.wait_for("exit codes") - terminal.started)
    return ("patchjury --help", f"{statistics.median(times):.2f} s", "0.2 s")


def _milliseconds(what: str, seconds: list[float], target: str) -> Row:
    middle, worst = 1000 * statistics.median(seconds), 1000 * max(seconds)
    return (what, f"{middle:.0f} ms (worst {worst:.0f})", target)
