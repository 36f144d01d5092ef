"""What an analyst sees while writing, as text at every size: a picture that changed is looked at.

`DRAW_PICTURES=1 pytest tests/tui/test_pictures.py` draws them again; the difference is to be read.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from core.models import CheckReport, Criteria, Finding, Outcome, Severity
from core.session import open_session
from tests.support.runs import build_runs
from tests.support.screen import press, running, screen_after, settled, triage_screen

FOLDER = Path(__file__).parent / "pictures"
FIRST = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
SIZES = ((80, 24), (120, 36), (160, 48), (240, 60))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_writing_commenting_and_blind_review_look_as_they_did(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    pictures = {}
    async with running(build_runs(tmp_path / "runs"), size=size) as (app, pilot):
        screen = triage_screen(app)
        finding = Finding("names.undefined", Severity.ERROR, "no x", file="engine/core.py", line=10)
        screen.triage.add_report(CheckReport(FIRST, Criteria(syntax_correct=True), (finding,) * 5))
        screen.redrawing.now([FIRST])
        await press(pilot, "a", *"The idea is right.", "tab", *";dup", "tab", "enter", "ctrl+n")
        pictures["analysis"] = await screen_after(pilot, "tab")
        await press(pilot, "ctrl+s", "b")
        view = screen.attempt_pane.document_view
        view.focus()
        view.action_jump("change", 1)
        pictures["comment"] = await screen_after(pilot, "c", *"why ten", "ctrl+t", "ctrl+down")
        await press(pilot, "ctrl+s", "L")
        view.action_jump("change", 1)
        await settled(pilot)
        await press(pilot, "i")
        pictures["blind"] = await screen_after(pilot, "enter")
    for name, picture in pictures.items():
        path = FOLDER / f"{name}-{size[0]}x{size[1]}.txt"
        if os.environ.get("DRAW_PICTURES"):
            path.write_text(picture + "\n", encoding="utf-8")
        assert picture + "\n" == path.read_text("utf-8"), path.name


WINDOWS = {
    "all attempts at a commit": ("at",),
    "beside": ("ampersand", "j", "enter"),
    "statistics": ("dollar_sign",),
    "queues": ("Q",),
    "columns": ("vertical_line",),
    "views": ("asterisk",),
    "history": ("y",),
    "comments": ("K",),
    "files": ("ctrl+f",),
    "load problems": ("exclamation_mark",),
    "export": ("x",),
    "cannot tell": ("0",),
    "dispute": ("D",),
    "rubric": ("E",),
    "help": ("question_mark",),
}


@pytest.mark.parametrize("size", SIZES[::3], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_windows_look_as_they_did(tmp_path: Path, size: tuple[int, int]) -> None:
    """Each window over the same attempt, which two reviewers see differently."""
    runs = build_runs(tmp_path / "runs")
    hers = open_session(runs, reviewer="grace").triage
    hers.decide(FIRST, outcome=Outcome.FALSE_POSITIVE)
    hers.save()
    pictures = []
    async with running(runs, size=size) as (app, pilot):
        screen = triage_screen(app)
        view = screen.attempt_pane.document_view
        view.focus()
        view.action_jump("change", 1)
        await press(pilot, "c", *"why ten", "ctrl+s", "1", "less_than_sign")
        for name, keys in WINDOWS.items():
            picture = await screen_after(pilot, *keys)
            pictures += [f"== {name}", MOMENT.sub("yyyy-mm-dd hh:mm", picture)]
            while app.screen is not screen:
                await press(pilot, "escape")
    path = FOLDER / f"windows-{size[0]}x{size[1]}.txt"
    drawn = "\n".join(pictures) + "\n"
    if os.environ.get("DRAW_PICTURES"):
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text("utf-8"), path.name
