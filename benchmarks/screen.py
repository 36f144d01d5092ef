"""The screen on a real pseudo-terminal: first paint, memory, keys; against an empty Textual app."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from textual.geometry import Region

from benchmarks.judge import made_up_server
from benchmarks.made_runs import hunks, write_run_set
from benchmarks.terminal import Terminal
from core.session import open_session
from core.store import Store
from tui.app import PatchjuryApp
from tui.widgets.document_view import DocumentView

Row = tuple[str, str, str]

_PACE_S = 0.3
_REVIEWER = {"PATCHJURY_REVIEWER": "bench"}  # so that nobody is asked

_EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("painted")
Empty().run()
"""
_HUGE_LINES = 450_000  # 15 MB
_MANY = 100_000
_GIVEN_UP_S = 2.0


def run() -> list[Row]:
    """Rows of (what, measured, target)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = write_run_set(folder / "runs", 300)
        large = write_run_set(folder / "large", 6, (60, 50_000))
        huge = write_run_set(folder / "huge", 2, (60, _HUGE_LINES))
        return [
            *_first_paint(runs),
            *_keys(runs),
            _decisions(write_run_set(folder / "decided", 300), 300),
            _decisions(_attempts_file(folder / "many", _MANY), _MANY),
            _held_key(runs),
            _paced_verdicts(folder),
            _small_patch(large),
            *_large_patch(large),
            *_huge_patch(huge),
            asyncio.run(_page(large)),
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
    with Terminal(_patchjury(str(runs)), environment=_REVIEWER) as terminal:
        terminal.wait_for("attempt 1 of")
        terminal.drain(1.5, at_most=60)  # until the background checks are done
        for number in range(repeats):
            pressed = terminal.press("k" if number % 2 else "j")
            moves.append(terminal.wait_for(f"attempt {1 if number % 2 else 2} of") - pressed)
            terminal.drain(0.1)
        store = runs / ".patchjury" / "commits"
        for _ in range(repeats):
            seen = _stamps(store)
            pressed = terminal.press("1")
            while _stamps(store) == seen:
                time.sleep(0.0005)
            verdicts.append(time.perf_counter() - pressed)
            terminal.drain(0.1)
            time.sleep(_PACE_S)  # a key counts when its attempt was seen for a tenth of a second
    return [
        _milliseconds("key to painted next attempt", moves, "50 ms"),
        _milliseconds("verdict key to durable on disk", verdicts, "30 ms"),
    ]


def _attempts_file(folder: Path, attempts: int) -> Path:
    """That many small attempts at 96 human commits in one file."""
    patch = hunks(20)
    records = (
        {
            "run_id": f"run-{number:06}",
            "item_id": "item-0000",
            "commit": f"{number * 96 // attempts + 1:08x}",
            "status": "success",
            "patch": {"exists": True, "size_bytes": len(patch), "content": patch},
        }
        for number in range(attempts)
    )
    folder.mkdir()
    (folder / "all_attempts_comprehensive.json").write_text(json.dumps(list(records)), "utf-8")
    return folder


def _decisions(runs: Path, attempts: int, repeats: int = 20) -> Row:
    """From a verdict key until the verdict is on disk and the next attempt is painted."""
    times, store = [], runs / ".patchjury" / "commits"
    with Terminal(_patchjury(str(runs), "--no-checks"), environment=_REVIEWER) as terminal:
        terminal.wait_for("attempt 1 of", timeout=300)
        terminal.drain(1.5, at_most=60)
        for _ in range(repeats):
            seen = _stamps(store)
            pressed = terminal.press("1")
            while _stamps(store) == seen and time.perf_counter() - pressed < _GIVEN_UP_S:
                time.sleep(0.0005)
            durable = time.perf_counter()
            if _stamps(store) != seen:
                times.append(max(durable, terminal.wait_for("attempt ")) - pressed)
            terminal.drain(0.1)
            time.sleep(_PACE_S)
    what = f"verdict key to durable and next attempt painted, {attempts:,}"
    _, measured, target = _milliseconds(what, times, "50 ms")
    refused = repeats - len(times)  # it came too soon: the machine was busy
    return (what, f"{measured}{f', {refused} too soon' if refused else ''}", target)


def _stamps(store: Path) -> set[tuple[str, int]]:
    return {(p.name, p.stat().st_size) for p in store.glob("*.jsonl")} if store.is_dir() else set()


def _held_key(runs: Path, presses: int = 40) -> Row:
    """Type `>` as a held key does, 30 a second; how late is the last attempt painted?"""
    late = []
    with Terminal(_patchjury(str(runs))) as terminal:
        terminal.wait_for("attempt ")  # where the last session was left
        terminal.drain()
        for key in "><><":
            for _ in range(presses):
                terminal.press(key)
                time.sleep(1 / 30)
            terminal.drain(0.0)
            pressed = terminal.press(key)
            late.append(terminal.wait_for("attempt ") - pressed)
            terminal.drain()
    return _milliseconds("the same at the end of holding the key for 40 attempts", late, "50 ms")


def _paced_verdicts(folder: Path, presses: int = 60) -> Row:
    """Type a verdict every 300 ms while checks and judge run: does each count, and only once?"""
    runs = write_run_set(folder / "paced", 300, tuple(range(60, 460, 10)))
    with made_up_server(niceness=19) as base_url:
        environment = {
            **_REVIEWER,
            "PATCHJURY_BASE_URL": base_url,
            "PATCHJURY_MODEL": "gpt-5",
            "PATCHJURY_CANARIES": "0",
            "OPENAI_API_KEY": "made-up-key",
            "PATCHJURY_API": "responses",
            "XDG_CONFIG_HOME": str(folder),
        }
        with Terminal(_patchjury(str(runs)), environment=environment) as terminal:
            terminal.wait_for("attempt 1 of")
            terminal.press("J")
            terminal.wait_for("Enter starts")
            terminal.press("u")
            terminal.wait_for("96 for rubrics")  # not the estimate of what was chosen first
            terminal.press("\r")
            terminal.wait_for("judging")
            terminal.drain(0.0)
            time.sleep(_PACE_S)
            said = [_paced(terminal, "3") for _ in range(presses)]
            said[-1] += terminal.drain(1.0)
    histories = Store(runs / ".patchjury").load().verdicts.values()
    counted = [sum(verdict.is_decision for verdict in history) for history in histories]
    doubled = sum(count > 1 for count in counted)
    asked = sum("the same key again" in text for text in said)  # it contradicts a fact
    early = sum("too soon" in text for text in said)
    return (
        f"{presses} verdict keys 300 ms apart while checks and judge run",
        f"{sum(counted)} counted, {asked} asked, {early} too soon, {doubled} attempts with two",
        f"{presses} in all, 0, 0",
    )


def _paced(terminal: Terminal, key: str) -> str:
    """Press a key and read on for `_PACE_S`; returns what was painted."""
    terminal.press(key)
    end = time.perf_counter() + _PACE_S
    text = ""
    while (left := end - time.perf_counter()) > 0:
        text += terminal.drain(left, at_most=left)
    return text


def _small_patch(large: Path, repeats: int = 3) -> Row:
    return _milliseconds(
        "key to first paint, patch of 60 lines", _times_to_paint(large, "<", repeats), "120 ms"
    )


def _large_patch(large: Path, repeats: int = 3) -> list[Row]:
    times = _times_to_paint(large, "", repeats)
    return [_milliseconds("key to first paint, patch of 50,000 lines", times, "120 ms")]


def _times_to_paint(runs: Path, back: str, repeats: int) -> list[float]:
    """Seconds from `>` (with `back`: from that key after it) until code is on the screen."""
    times = []
    for _ in range(repeats):
        with Terminal(_patchjury(str(runs))) as terminal:
            terminal.wait_for("attempt 1 of")
            terminal.drain(0.5)
            pressed = terminal.press(">")
            painted = terminal.wait_for("compute(")
            if back:
                terminal.drain(2.0)
                pressed = terminal.press(back)
                painted = terminal.wait_for("compute(")
            times.append(painted - pressed)
    return times


def _huge_patch(huge: Path) -> list[Row]:
    with Terminal(_patchjury(str(huge))) as terminal:
        terminal.wait_for("attempt 1 of")
        terminal.drain(0.5)
        pressed = terminal.press(">")
        text = terminal.wait_for("compute(") - pressed
        aligned = terminal.wait_for("only attempt") - pressed
        terminal.drain(1.0)
        memory = terminal.memory_mb()
    size = next(huge.glob("state/**/item-00001/model_patch.diff")).stat().st_size / 1e6
    return [
        (f"text of a patch of {size:.0f} MB", f"{1000 * text:.0f} ms", "at once"),
        ("the same, aligned", f"{aligned:.1f} s", "when ready"),
        ("resident memory with it", f"{memory:.0f} MB", "250 MB"),
    ]


async def _page(large: Path, pages: int = 100) -> Row:
    app = PatchjuryApp(open_session(large, reviewer="bench"))
    times = []
    async with app.run_test(size=(160, 48)) as pilot:
        await pilot.press("greater_than_sign")
        await pilot.pause(3.0)
        view = app.screen.query_one(DocumentView)
        for _ in range(pages):
            view.action_cursor_page(1)
            region = Region(0, 0, *view.size)
            started = time.perf_counter()
            view.render_lines(region)
            times.append(time.perf_counter() - started)
    return _milliseconds("drawing a page of 50,000 lines", times, "16 ms")


def _help(repeats: int = 5) -> Row:
    times = []
    for _ in range(repeats):
        with Terminal(_patchjury("--help")) as terminal:
            times.append(terminal.wait_for("exit codes") - terminal.started)
    return ("patchjury --help", f"{statistics.median(times):.2f} s", "0.2 s")


def _milliseconds(what: str, seconds: list[float], target: str) -> Row:
    middle, worst = 1000 * statistics.median(seconds), 1000 * max(seconds)
    return (what, f"{middle:.0f} ms (worst {worst:.0f})", target)
