"""The statistics screen: figures with bars, each number opens its attempts, blind stays blind."""

from __future__ import annotations

from pathlib import Path

from tests.support.runs import build_runs
from tests.support.screen import press, running, screen_after, screen_text, triage_screen, until
from tui.widgets.row_list import RowList


async def test_a_number_opens_its_attempts_and_the_record_names_the_way(tmp_path: Path) -> None:
    async with running(build_runs(tmp_path / "runs"), (160, 60)) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "1", "dollar_sign")
        await until(pilot, lambda: "Levels" in screen_text(app), "nothing was counted")
        text = screen_text(app)
        for wanted in ("› marked", "█", "Funnel", "another return code", "true success"):
            assert wanted in text, wanted
        for line in text.split("\n"):
            if "another return code" in line:
                assert "1 " in line and "›" in line
        await press(pilot, "right_square_bracket", "right_square_bracket")
        figures = app.screen.query_one(RowList)
        while "another return code" not in str(figures.row):
            figures.go_to(figures.cursor - 1)
        await press(pilot, "enter")
        assert app.screen is screen and len(screen.lists.listed) == 1
        assert "statistics: another" in screen_text(app)
        assert screen.lists.origin.queue == "statistics"


async def test_a_ledger_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    (runs / ".patchjury" / "ledger.jsonl").mkdir(parents=True)
    async with running(runs, (160, 60)) as (app, pilot):
        await until(pilot, lambda: "cost unreadable" in screen_text(app), "the header is silent")
        assert "what the judge cost cannot be read" in await screen_after(pilot, "exclamation_mark")
        await press(pilot, "escape", "dollar_sign")
        await until(pilot, lambda: "Levels" in screen_text(app), "nothing was counted")
        assert "1 stored record cannot be read (!)" in screen_text(app)


async def test_while_blind_the_statistics_tell_no_claim(tmp_path: Path) -> None:
    async with running(build_runs(tmp_path / "runs"), (160, 60)) as (app, pilot):
        await press(pilot, "b", "dollar_sign")
        await until(pilot, lambda: "Levels" in screen_text(app), "nothing was counted")
        marked = next(x for x in screen_text(app).split("\n") if " marked  " in x)
        assert " 0 " in marked and "blind" in screen_text(app)
