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
    while quiet < 4:
        await pilot.pause()
        working = [thread for thread in threading.enumerate() if thread.name in names]
        for thread in working:
            await asyncio.to_thread(thread.join)
        quiet = 0 if working else quiet + 1


def triage_screen(app: PatchjuryApp) -> TriageScreen:
    """The triage screen, under whatever is open over it."""
    screen = app.screen_stack[0]
    assert isinstance(screen, TriageScreen)
    return screen
