"""Drives the app as a user does and reads the screen as plain text."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.message import Message
from textual.pilot import Pilot

from core.session import open_session
from tests.support.textual_private import (
    at_rest,
    catch_up,
    handled,
    is_busy,
    paint,
    painted_lines,
    send_burst,
)
from tui.app import PatchjuryApp
from tui.last_visit import is_first_start
from tui.screens.triage import TriageScreen
from tui.widgets.key_bar import KeyBar
from tui.widgets.seen import Seen


def screen_text(app: PatchjuryApp) -> str:
    """What the terminal shows now, line by line."""
    return "\n".join(painted_lines(app))


_LONG_S = 600
PatchjuryApp.NOTIFICATION_TIMEOUT = KeyBar.STAYS_S = _LONG_S
"""What is said stays until a test has read it, however slow the machine is."""
TriageScreen.FIRST_PICTURE_S = 0.01
"""Background work begins before a test does anything, however fast the machine is."""


@asynccontextmanager
async def running(
    root: Path, size: tuple[int, int] = (160, 48), db: Path | None = None, reviewer: str = "ann"
) -> AsyncIterator[tuple[PatchjuryApp, Pilot[None]]]:
    """The app on a runs folder, with the first attempt loaded."""
    is_first_start()  # the five keys of the first start are not in the way
    session = open_session(root, db=db, reviewer=reviewer)
    app = PatchjuryApp(
        session, checks=False, seen=Seen(dwell_s=0)
    )  # a key counts as soon as all is drawn
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await _facts_read(pilot)
        yield app, pilot


async def _facts_read(pilot: Pilot[None]) -> None:
    """Wait until what is stored of checks is on the screen."""
    for thread in [one for one in threading.enumerate() if one.name == "patchjury-checks"]:
        await asyncio.to_thread(thread.join)
    await settled(pilot)


async def screen_after(pilot: Pilot[None], *keys: str) -> str:
    """Press keys; returns the screen once everything they started is done."""
    await press(pilot, *keys)
    assert isinstance(pilot.app, PatchjuryApp)
    return screen_text(pilot.app)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one after another, and wait until everything they started is done.

    As a person does: what follows a key that was refused does not belong to its burst. Letters
    that a field takes are typed in one go.
    """
    app = pilot.app
    assert isinstance(app, PatchjuryApp)
    for number, key in enumerate(keys, 1):
        await burst_over(app)
        send_burst(pilot, key)
        if not (_is_typed(app, key) and number < len(keys) and _is_typed(app, keys[number])):
            await settled(pilot)


async def burst_over(app: PatchjuryApp) -> None:
    """Wait until the next key does not belong to the burst of a key that was refused."""
    while app.keys_in_turn.drops(Message().time):
        await asyncio.sleep(0)


def _is_typed(app: PatchjuryApp, key: str) -> bool:
    """Does a field take this key, as a letter of its text?"""
    return len(key) == 1 and app.focused is not None and app.focused.check_consume_key(key, key)


async def settled(pilot: Pilot[None]) -> None:
    """Wait until nothing is being read or saved and the screen has caught up.

    `Pilot.pause` asks every widget for an answer, and paints, each time: most of what a key costs.
    """
    quiet = 0
    while quiet < 2:
        await handled(pilot.app)
        await at_rest()
        working = [t for t in threading.enumerate() if t.name == "patchjury-loading"]
        for thread in working:
            await asyncio.to_thread(thread.join)
        saving = len(pilot.app.workers) > 0
        await pilot.app.workers.wait_for_complete()
        if working or saving:  # what it changes is not told yet: it belongs to this picture
            quiet = 0
            continue
        is_new = catch_up(pilot.app)
        if is_busy(pilot.app):
            await asyncio.sleep(0.001)
            quiet = 0
        elif is_new:
            paint(pilot.app)
            quiet = 1
        else:
            quiet += 1


async def until(
    pilot: Pilot[None], holds: Callable[[], object], what: str, within: float = 30
) -> None:
    """Wait until something holds; fail with what it was after that many seconds.

    It looks more and more rarely: looking takes the processor from those who are waited for.
    """
    began = time.monotonic()
    async with asyncio.timeout(within) as bound:
        try:
            while not holds():
                await asyncio.sleep(max(0.01, 0.1 * (time.monotonic() - began)))
                await handled(pilot.app)
                await at_rest()
                paint(pilot.app)
        finally:
            assert not bound.expired(), what


async def ask_judge(pilot: Pilot[None], *letters: str) -> str:
    """Open the dialog before a run, choose scopes, and wait for the estimate of the last."""
    app = pilot.app
    assert isinstance(app, PatchjuryApp)
    for key in ("J", *letters):
        await pilot.press(key)
    estimated = lambda: _is_estimated(screen_text(app))  # noqa: E731
    await until(pilot, estimated, "there is no estimate")
    await settled(pilot)  # its later lines want a larger window
    return screen_text(app)


def _is_estimated(text: str) -> bool:
    """Is something said below the scopes, of which "failed ones" is the last?"""
    below = text.partition("failed ones again")[2].partition("m model")[0]
    said = "".join(line.strip(" │") for line in below.split("\n")[1:]).removesuffix("Enter starts")
    return "▸" in text and bool(said) and "estimating" not in said


async def judge_over(app: PatchjuryApp, pilot: Pilot[None]) -> None:
    """Wait until the judge has nothing more to do."""
    judging = triage_screen(app).judging
    await until(pilot, lambda: not judging.is_at_work, "the judge did not end")
    await settled(pilot)


async def checks_over(app: PatchjuryApp, pilot: Pilot[None]) -> None:
    """Wait until every attempt has its check report and the screen shows that."""
    triage = triage_screen(app).triage
    reported = lambda: all(known.report for known in triage.assessments())  # noqa: E731
    await until(pilot, reported, "the checks did not end")
    await until(pilot, lambda: not triage_screen(app).top_bar.checking, "the checks did not end")
    await settled(pilot)


def triage_screen(app: PatchjuryApp) -> TriageScreen:
    """The triage screen, under whatever is open over it."""
    screen = app.screen_stack[0]
    assert isinstance(screen, TriageScreen)
    return screen
