"""The last line of the screen: the keys worth remembering, each of which can be clicked."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from tui.commands import COMMANDS

_FIRST = ("help", "quit")  # stay in view however narrow the screen is


class KeyBar(Static):
    """Key hints made from the command table."""

    def on_mount(self) -> None:
        hinted = sorted((c for c in COMMANDS if c.hint), key=lambda c: c.hint not in _FIRST)
        hints: list[Content] = []
        for command in hinted:
            hint = Content.assemble(
                (f" {command.display}", "bold $accent-text"), f" {command.hint} "
            )
            hints.append(hint.stylize(Style.from_meta({"@click": f"screen.{command.action}"})))
        self.update(Content.assemble(*hints))
