"""Every key in every state of the screen: nothing ends the app."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.support.runs import build_runs
from tests.support.screen import press, running, screen_text, settled, triage_screen
from tests.support.textual_private import has_left
from tui.app import PatchjuryApp
from tui.commands import COMMANDS
from tui.screens.triage import TriageScreen

SKIPPED = {
    "quit",  # ends it
    "editor",  # leaves the terminal to another program
}


async def alone(pilot: Pilot[None]) -> TriageScreen:
    """Close whatever is open over the triage screen."""
    app = pilot.app
    assert isinstance(app, PatchjuryApp)
    for _ in range(10):
        if len(app.screen_stack) == 1:
            break
        await pilot.press("escape")
        await settled(pilot)
        if len(app.screen_stack) > 1:
            app.pop_screen()
    return triage_screen(app)


STATES: dict[str, tuple[str, ...]] = {
    "as opened": (),
    "flat, sorted, filtered to nothing": ("V", "slash", *"agent:nobody", "enter"),
    "blind, in the text, zoomed": ("b", "tab", "Z"),
    "without lists, logs searched": ("h", "O", "slash", "e", "enter"),
    "in the evidence, an attempt without a patch": ("G", "tab", "tab"),
}


@pytest.mark.parametrize("state", STATES)
async def test_no_key_ends_it(state: str, tmp_path: Path) -> None:
    async with running(build_runs(tmp_path / "runs"), (100, 30)) as (app, pilot):
        await press(pilot, *STATES[state])
        for command in COMMANDS:
            if not command.keys or command.id in SKIPPED:
                continue
            await pilot.press(command.keys.split(",")[0])
            await pilot.pause()
            screen = await alone(pilot)
            assert not has_left(app), command.id
        await settled(pilot)
        assert "patchjury" in screen_text(app) and screen.is_attached


async def test_no_key_ends_it_where_there_is_no_attempt_to_decide(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    for patch in runs.rglob("model_patch.diff"):
        patch.unlink()
    async with running(runs, (80, 24)) as (app, pilot):
        for command in COMMANDS:
            if command.keys and command.id not in SKIPPED:
                await pilot.press(command.keys.split(",")[0])
                await alone(pilot)
        assert not has_left(app) and "Compare" in screen_text(app)
