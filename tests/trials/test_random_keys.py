"""Keys in any order, alone and in bursts, with what they open left open: nothing ends the app."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.support.runs import build_runs
from tests.support.screen import burst_over, running, screen_text, settled
from tests.support.textual_private import has_left, no_terminal, send_burst
from tui.commands import COMMANDS

SAMPLE = Path(__file__).resolve().parents[2] / "sample_runs"
SIZES = ((240, 60), (160, 48), (100, 30), (80, 24))
PRESSES = 400
SKIPPED = {
    *("quit", "app-command-palette"),  # end it, or often do
    "editor",  # leaves the terminal to another program
}
BOUND = [key for c in COMMANDS if c.id not in SKIPPED for key in c.keys.split(",") if key]
OFTEN = ["enter", "escape", "escape", "tab", "down", "backspace", "ctrl+s"]
OFTEN += [*"yn1uaecjx", "greater_than_sign"]  # what opens, closes, decides and takes back


@pytest.mark.parametrize("seed", range(10))
async def test_no_order_of_keys_ends_it(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # an export goes there
    chance = random.Random(seed)
    runs = tmp_path / "runs"
    if seed % 2:
        shutil.copytree(SAMPLE, runs)
    else:
        build_runs(runs)
    with no_terminal():
        async with running(runs, SIZES[seed % len(SIZES)]) as (app, pilot):
            for _ in range(PRESSES):
                number = chance.choice((1, 1, 1, 2, 3, 5))
                keys = [chance.choice(chance.choice((BOUND, BOUND, OFTEN))) for _ in range(number)]
                print(*keys)  # shown if it fails
                await burst_over(app)  # it would be dropped
                send_burst(pilot, *keys)
                if chance.random() < 0.8:
                    await settled(pilot)
                if has_left(app):  # a window that runs commands was asked to quit
                    break
            assert has_left(app) or screen_text(app).strip()
