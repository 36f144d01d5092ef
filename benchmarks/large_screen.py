"""The screen over 100,000 attempts, in time of the processor; a colleague's verdict, by the clock.

Keys are pressed in the app itself, without a terminal: what a terminal adds is in `screen`.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from textual.pilot import Pilot

from benchmarks.made_runs import hunks
from benchmarks.triage import ATTEMPTS, made_attempts, made_commits
from core.garbage import freeze_loaded_objects
from core.models import Outcome, PatchEvidence, PatchState, RunSet
from core.records import replace
from core.session import Session
from core.sources import FileText
from core.store import Store
from core.store.location import StoreLocation
from core.triage import Triage
from tests.support.screen import settled, triage_screen
from tui.app import PatchjuryApp
from tui.widgets.seen import Seen

Row = tuple[str, str, str]


def run() -> list[Row]:
    """Rows of (what, measured, target)."""
    with tempfile.TemporaryDirectory() as name:
        return asyncio.run(_measure(Path(name)))


def _session(folder: Path) -> Session:
    patch = folder / "model_patch.diff"
    patch.write_text(hunks(60), encoding="utf-8")
    commits = made_commits()
    made = made_attempts(list(commits))
    source = FileText(str(patch))
    attempts = tuple(
        replace(a, patch=PatchEvidence(PatchState.WHOLE, source, a.patch.held_bytes))
        for a, _ in made
    )
    store = Store(folder / "db")
    triage = Triage(RunSet(folder, attempts, commits), store, store.load(), "bench")
    for _, report in made:
        triage.add_report(report)
    return Session(triage, StoreLocation(folder / "db", ""), watch=store.watch())


async def _measure(folder: Path) -> list[Row]:
    session = _session(folder)
    app = PatchjuryApp(session, checks=False, seen=Seen(dwell_s=0))
    freeze_loaded_objects()  # as the app does when it is started
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        return [
            await _keys(pilot, f"key to next attempt, {ATTEMPTS:,} attempts", "jkjkjkjk", "50 ms"),
            await _keys(pilot, "verdict key with its save", "11111111", "50 ms"),
            await _typed(pilot, "agent:codex", "150 ms"),
            await _typed(pilot, "attention", "150 ms"),
            await _colleague(pilot, app, folder),
        ]


async def _taken(pilot: Pilot[None], key: str) -> float:
    start = time.process_time()
    await pilot.press(key)
    taken = time.process_time() - start
    await settled(pilot)
    return taken


async def _keys(pilot: Pilot[None], what: str, keys: Sequence[str], target: str) -> Row:
    return _row(what, [await _taken(pilot, key) for key in keys], target)


async def _typed(pilot: Pilot[None], text: str, target: str) -> Row:
    await pilot.press("slash")
    await settled(pilot)
    taken = [await _taken(pilot, "colon" if key == ":" else key) for key in text]
    await pilot.press("escape")
    await settled(pilot)
    return _row(f"filter at each letter of {text!r}", taken, target)


async def _colleague(pilot: Pilot[None], app: PatchjuryApp, folder: Path) -> Row:
    triage = triage_screen(app).triage
    key = triage.run_set.attempts[-1].key
    store = Store(folder / "db")
    other = Triage(triage.run_set, store, store.load(), "colleague")
    other.decide(key, outcome=Outcome.FAILURE)
    other.save()
    start = time.perf_counter()
    while not triage.assessment(key).verdicts and time.perf_counter() - start < 10:
        await pilot.pause(0.01)
    return ("a colleague's verdict seen", f"{time.perf_counter() - start:.1f} s", "2 s")


def _row(what: str, seconds: list[float], target: str) -> Row:
    middle, worst = 1000 * statistics.median(seconds), 1000 * max(seconds)
    return (what, f"{middle:.0f} ms (worst {worst:.0f})", target)
