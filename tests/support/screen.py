"""Drives the app as a user does and reads the screen as plain text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.screen import Screen

from core.session import open_session
from tui.app import PatchjuryApp
from tui.screens.triage import TriageScreen


def screen_text(app: PatchjuryApp) -> str:
    """What the terminal shows now, line by line."""
    screen: Screen[object] = app.screen
    height = app.size.height
    return "\n".join(
        "".join(segment.text for segment in strip).rstrip()
        for strip in screen._compositor.render_strips()[:height]
    )


@asynccontextmanager
async def running(
    root: Path, size: tuple[int, int] = (160, 48), db: Path | None = None
) -> AsyncIterator[tuple[PatchjuryApp, Pilot[None]]]:
    """The app on a runs folder, with the first attempt loaded."""
    app = PatchjuryApp(open_session(root, db=db, reviewer="ann"), checks=False)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield app, pilot


async def press(pilot: Pilot[None], *keys: str) -> str:
    """Press keys one after another; returns the screen once everything they started is done."""
    for key in keys:
        await pilot.press(key)
    await settled(pilot)
    app = pilot.app
    assert isinstance(app, PatchjuryApp)
    return screen_text(app)


async def settled(pilot: Pilot[None]) -> None:
    """Wait until nothing is being read or saved and the screen has caught up."""
    import asyncio
    import threading

    names = ("patchjury-loading", "patchjury-saving")
    quiet = 0
    while quiet < 2:
        await pilot.pause()
        working = [thread for thread in threading.enumerate() if thread.name in names]
        for thread in working:
            await asyncio.to_thread(thread.join)
        quiet = 0 if working else quiet + 1


async def shows(pilot: Pilot[None], *texts: str) -> str:
    """Wait until the screen shows all texts; returns it. Fails with what it shows instead."""
    app = pilot.app
    assert isinstance(app, PatchjuryApp)
    for _ in range(300):
        shown = screen_text(app)
        if all(text in shown for text in texts):
            return shown
        await pilot.pause(0.05)
    raise AssertionError(f"{texts} did not come; instead:\n{shown}")


async def open_judge(pilot: Pilot[None], key: str = "J", letter: str = "") -> str:
    """Open the judge's dialog, choose a scope, and wait for its estimate; returns the screen."""
    await pilot.press(key)
    await shows(pilot, "Ask the judge about", "Enter starts")
    if letter:
        await shows(pilot, " input tokens, ")
        await pilot.press(letter)
        await shows(pilot, f"▸ {letter}")
    await settled(pilot)
    return await shows(pilot, " input tokens, ")


async def start_judge(pilot: Pilot[None], letter: str = "", key: str = "J") -> None:
    """Start the judge, with its price known."""
    await open_judge(pilot, key, letter)
    await pilot.press("enter")


async def judge_over(pilot: Pilot[None]) -> None:
    """Wait until the judge, which was started, has nothing more to do."""
    app = pilot.app
    assert isinstance(app, PatchjuryApp)
    screen = triage_screen(app)
    for is_at_work in (True, False):
        for _ in range(600):
            if (screen._judge is not None) is is_at_work:
                break
            await pilot.pause(0.05)
        else:
            raise AssertionError("the judge was never started, or never ended")
    await settled(pilot)


def triage_screen(app: PatchjuryApp) -> TriageScreen:
    """The triage screen, under whatever is open over it."""
    screen = app.screen_stack[0]
    assert isinstance(screen, TriageScreen)
    return screen
