"""The one table of keys: every command is carried out by somebody, no key means two things."""

from __future__ import annotations

from collections import Counter

import pytest

from tui.commands import COMMANDS, Command, bindings
from tui.screens.deciding import Deciding
from tui.screens.judging import Judging
from tui.screens.moving import Moving
from tui.screens.panes import Panes
from tui.screens.triage import TriageScreen
from tui.widgets.attempt_lists import AttemptLists
from tui.widgets.attempt_pane import AttemptPane
from tui.widgets.document_view import DocumentView
from tui.widgets.line_view import LineView
from tui.widgets.writing_pane import WritingPane

OWNERS: dict[str, type] = {
    "pane": LineView,
    "text": WritingPane,
    "document": DocumentView,
    "attempt": AttemptPane,
    "lists": AttemptLists,
    "verdict": Deciding,
    "judge": Judging,
    "panes": Panes,
    "moving": Moving,
    "screen": TriageScreen,
}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_somebody_carries_out_every_command(command: Command) -> None:
    name = command.action.partition("(")[0]
    owner = OWNERS[command.scope]
    assert name == "app.command_palette" or callable(getattr(owner, f"action_{name}", None))


def test_no_key_means_two_things_and_no_two_commands_share_an_id() -> None:
    for is_typing in (True, False):  # where one writes, keys are those of writing alone
        here = [command for command in COMMANDS if (command.scope == "text") is is_typing]
        keys = Counter(key for command in here for key in command.keys.split(",") if key)
        assert [key for key, count in keys.items() if count > 1] == []
    ids = Counter(command.id for command in COMMANDS)
    assert [name for name, count in ids.items() if count > 1] == []


def test_the_screen_answers_to_the_keys_of_its_parts() -> None:
    actions = {binding.id: binding.action for binding in bindings("screen")}
    assert actions["jump-change-back-1"] == "to('document', 'jump', 'change', -1)"
    assert actions["expand"] == "to('attempt', 'expand')"
    assert actions["undo"] == "to('verdict', 'undo')"
