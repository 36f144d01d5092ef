"""All attempts at a commit as a table, from which one opens or is compared with the current one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.runs import BASE, HUMAN, SHAS, build_runs, unified, write_attempt
from tests.support.screen import press, running, screen_after, screen_text, triage_screen

RUN = "repo/trae/m/2025-03-04_05-06-07"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    root = build_runs(tmp_path / "runs")
    other = BASE.replace("value_30 = 30\n", "value_30 = 31\n")
    more = unified(BASE, HUMAN) + unified("a\n", "b\n", "engine/more.py")
    write_attempt(root, f"{RUN}/item-0007", SHAS[0], unified(BASE, other))
    write_attempt(root, f"{RUN}/item-0008", SHAS[0], more)
    write_attempt(root, f"{RUN}/item-0009", SHAS[0], unified(BASE, HUMAN, context=1))
    return root


async def test_the_table_tells_outcome_criteria_files_and_equal_patches_and_opens(
    runs: Path,
) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        text = await screen_after(pilot, "s", "at")
        lines = [line for line in text.split("\n") if "undecided" in line or "failure" in line]
        by_item = {item: next(x for x in lines if f"/{item}" in x) for item in ITEMS}
        assert "1/1  " in by_item["0007"]
        assert "1/1 +1" in by_item["0008"]
        assert " A " in by_item["0000"] and " A " in by_item["0009"]
        assert " A " not in by_item["0008"]
        assert "✔" in by_item["0000"]
        await press(pilot, "G", "enter")
        assert (screen.attempt_key or "").endswith("item-0009")
        assert app.screen is screen


ITEMS = ("0000", "0007", "0008", "0009")


async def test_an_attempt_stands_beside_another_and_no_key_decides_there(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        here = screen.attempt_key
        text = await screen_after(pilot, "ampersand", "G", "k", "enter")
        assert "beside" in text and "only the right attempt changes this file" in text
        assert "+ value_10 = 100" in text and "engine/more.py" in text
        await press(pilot, "1", "right_square_bracket")
        assert screen.triage.progress().reviewed == 0
        await press(pilot, "escape")
        assert app.screen is screen and screen.attempt_key == here
        assert "choose another" in await screen_after(pilot, "ampersand", "enter")


async def test_a_patch_that_is_gone_is_told_and_does_not_end_anything(runs: Path) -> None:
    async with running(runs, (240, 60)) as (app, pilot):  # a path of a test may be long
        (runs / "state" / "runs" / RUN / "item-0009" / "model_patch.diff").unlink()
        await press(pilot, "at", "escape")
        text = await screen_after(pilot, "ampersand", "G", "enter")
        assert "model_patch.diff" in text
        await press(pilot, "escape")
        assert "attempt 1 of" in screen_text(app)
