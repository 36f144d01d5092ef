"""Remapped keys do what they are mapped to, and an impossible mapping is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import SettingsError
from core.places import config_folder
from tests.conftest import ROOT
from tests.support.runs import build_runs
from tests.support.screen import press, running, screen_after, triage_screen
from tui.commands import COMMANDS
from tui.keymap import keymap, markdown_keys, read_keys
from tui.screens.help import help_lines

UNDO = next(command.label for command in COMMANDS if command.id == "undo")
USUAL = {command.id: command.keys for command in COMMANDS}


def test_keys_are_written_as_people_or_textual_write_them() -> None:
    chosen = {"undo": "^z", "open_help": "f1 ?", "redo": "ctrl+y", "open-export": "+"}
    assert keymap(read_keys(chosen)) == {
        "undo": "ctrl+z",
        "open-help": "f1,question_mark",
        "redo": "ctrl+y",
        "open-export": "plus",
    }


def test_two_commands_may_swap_their_keys() -> None:
    swapped = {"undo": USUAL["redo"], "redo": USUAL["undo"]}
    assert keymap(read_keys(swapped)) == swapped


@pytest.mark.parametrize(
    ("mapped", "names"),
    [
        ({"undo": "q"}, ("undo", "quit", "q")),
        ({"undo": "y", "redo": "y"}, ("undo", "redo")),
        ({"undoo": "x"}, ("undoo", "undo")),
        ({"undo": ""}, ("undo",)),
        ({"undo": "ctrl-z!"}, ("undo", "ctrl-z!")),
    ],
)
def test_what_cannot_hold_is_refused_and_names_both(
    mapped: dict[str, str], names: tuple[str, ...]
) -> None:
    with pytest.raises(SettingsError) as caught:
        read_keys(mapped)
    assert all(name in str(caught.value) for name in names)


async def test_a_mapped_key_does_it_and_the_old_one_does_not(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    config_folder().mkdir(parents=True)
    settings = ("undo = 'X'", "outcome-true-success = '5'", "ask = 'j'", "cursor-move-1 = 'f5'")
    text = "\n".join(("[keys]", *settings))
    (config_folder() / "patchjury.toml").write_text(text)
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        first = screen.attempt_key
        text = await screen_after(pilot, "1")
        assert screen.triage.progress().reviewed == 0 and "5 true" in text and "X undo" in text
        await press(pilot, "5", "f5", "1")
        assert screen.triage.progress().reviewed == 1
        await press(pilot, "X")
        assert screen.triage.progress().reviewed == 0 and screen.attempt_key == first


def test_the_documentation_names_every_command_as_the_table_has_it() -> None:
    text = (ROOT / "docs" / "keys.md").read_text("utf-8")
    assert text.partition("<!-- made from tui/commands.py -->\n")[2] == markdown_keys(), (
        "run: python docs/keys_page.py"
    )


def test_help_shows_the_keys_that_hold() -> None:
    lines, _ = help_lines(read_keys({"undo": "X"}))
    assert any(line.split() == ["X", *UNDO.split()] for line in lines)
