"""The last line of the screen: the keys worth remembering, each of which can be clicked."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events
from textual.content import Content
from textual.widget import Widget

from tui.commands import COMMANDS, Command

_FIRST = ("help", "quit", "pane")  # stay in view however narrow the screen is


class KeyBar(Widget):
    """Key hints made from the command table."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        hinted = [command for command in COMMANDS if command.hint]
        self._commands = sorted(hinted, key=lambda command: command.hint not in _FIRST)

    def render(self) -> Content:
        parts: list[tuple[str, str]] = []
        for command, _ in self._hints():
            parts.append((f" {command.display}", "bold $accent-text"))
            parts.append((f" {command.hint} ", "$dim"))
        return Content.assemble(*parts)

    def _hints(self) -> Iterator[tuple[Command, int]]:
        """The hints that fit as a whole, and before which cell each ends."""
        edge = 0
        for command in self._commands:
            edge += len(command.display) + len(command.hint) + 3
            if edge > self.size.width:
                return
            yield command, edge

    async def on_click(self, event: events.Click) -> None:
        if (command := self._command_at(event.x)) is not None:
            await self.screen.run_action(command.action)

    def _command_at(self, x: int) -> Command | None:
        return next((command for command, edge in self._hints() if x < edge), None)
