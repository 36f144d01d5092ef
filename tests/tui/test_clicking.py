"""The mouse alone: every window is opened, used and left by it, and what it decides is undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.support.runs import build_runs
from tests.support.screen import press, running, screen_text, settled, triage_screen
from tui.clicking import key_at
from tui.widgets.tab_bar import TabBar


@pytest.mark.parametrize(
    ("line", "word", "key"),
    [
        ("Enter opens it, & compares it; esc back", "opens", "enter"),
        ("Enter opens it, & compares it; esc back", "compares", "ampersand"),
        ("Enter opens it, & compares it; esc back", "back", "escape"),
        ("] [ changes, } { files, esc back", "changes", "right_square_bracket"),
        ("Enter starts  m model  $ cost limit  esc cancels", "model", "m"),
        ("Enter starts  m model  $ cost limit  esc cancels", "limit", "dollar_sign"),
        ("▸ c  this commit (3)", "commit", "c"),
        ("  u  undecided (143)", "undecided", "u"),
        ("^s saves, esc cancels", "saves", "ctrl+s"),
        ("List only the attempts that are …", "attempts", None),
        ("press or click a letter, esc cancels", "letter", None),
        ("0d243f2a [ROCm] mi300", "mi300", None),
        ("9301 input tokens, about 20000 output tokens", "about", None),
    ],
)
def test_the_words_of_a_window_say_which_key_a_click_presses(
    line: str, word: str, key: str | None
) -> None:
    assert key_at(line, line.index(word)) == key


async def click(pilot: Pilot[None], text: str, times: int = 1, after: str = "") -> str:
    """Click on a text that is shown, below or right of another one; returns what is shown then."""
    shown = screen_text(pilot.app)  # type: ignore[arg-type]
    at = shown.index(text, shown.index(after))
    y, x = shown[:at].count("\n"), at - (shown.rfind("\n", 0, at) + 1)
    await pilot.click(offset=(x, y), times=times)
    await settled(pilot)
    return screen_text(pilot.app)  # type: ignore[arg-type]


async def test_the_mouse_is_enough(tmp_path: Path) -> None:
    async with running(build_runs(tmp_path / "runs"), (160, 48)) as (app, pilot):
        screen = triage_screen(app)
        first = screen.attempt_key
        await click(pilot, "0001")
        assert screen.attempt_key != first and not screen.triage.progress().reviewed
        await click(pilot, "Prompt")
        assert screen.query_one(TabBar).shown == "prompt"
        await click(pilot, "Compare")
        await click(pilot, "0000")
        assert screen.attempt_key == first
        text = await click(pilot, "value_10")
        assert not screen.triage.progress().reviewed, "a click on the text decides nothing"
        text = await click(pilot, "true", after="find")
        assert "u takes it back" in text and screen.triage.progress().reviewed == 1
        await click(pilot, "u takes it back")
        assert screen.triage.progress().reviewed == 0
        await click(pilot, "help")
        text = await click(pilot, "list only some", times=2)
        assert "List only the attempts that are" in text, "a double click on a line of help"
        assert "There are none" not in await click(pilot, "without a decision")
        assert screen.lists.origin.queue == "undecided"
        await press(pilot, "at")
        text = await click(pilot, "esc back")
        assert app.screen is screen
        await press(pilot, "at")
        await click(pilot, "0001", times=2)
        assert app.screen is screen and screen.attempt_key != first
