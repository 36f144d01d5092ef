"""The last line of the screen: what was done just now, and keys, each of which can be clicked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from textual import actions, events
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget

from core.text import one_line
from tui.commands import Command

_TAKES_BACK = "(u takes "
"""What is said of a verdict ends so: a click on it takes the verdict back, as the key does."""

_FIRST = ("help", "quit", "pane")  # stay visible however narrow the screen is


class KeyBar(Widget):
    """Key hints made from the command table."""

    STAYS_S: ClassVar = 8.0
    """Seconds that a message stays."""

    def __init__(
        self,
        id: str,
        commands: Sequence[Command],
        hint: Callable[[Command], str] = lambda command: command.hint,
    ) -> None:
        super().__init__(id=id)
        self._hint = hint  # a key's current label; "": it is left out
        hinted = [command for command in commands if command.hint]
        self._said = Content("")
        self._forgetting: Timer | None = None
        self._commands = sorted(hinted, key=lambda command: command.hint not in _FIRST)

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def _holds(self, command: Command) -> bool:
        """Would the key do anything now?"""
        _, action, parameters = actions.parse(command.screen_action)
        return bool(self.screen.check_action(action, parameters))

    def say(self, text: str, style: str) -> None:
        """Show a message before the keys, until the next one or for some seconds."""
        self._said = Content.styled(f" {one_line(text)} ", f"bold {style}")
        if self._forgetting is not None:
            self._forgetting.stop()
        self._forgetting = self.set_timer(self.STAYS_S, self._forget)
        self.refresh()

    def _forget(self) -> None:
        self._said = Content("")
        self.refresh()

    def render(self) -> Content:
        parts: list[Content | tuple[str, str]] = [self._said]
        for command, _ in self._hints():
            style = "bold $accent-text" if self._holds(command) else "$dim"
            parts.append((f" {command.display}", style))
            parts.append((f" {self._hint(command)} ", "$dim"))
        return Content.assemble(*parts)

    def _hints(self) -> Iterator[tuple[Command, int]]:
        """The hints that fit as a whole, and the cell at which each ends."""
        edge = self._said.cell_length
        for command in self._commands:
            if not (hint := self._hint(command)):
                continue
            edge += len(command.display) + len(hint) + 3
            if edge > self.size.width:
                return
            yield command, edge

    async def on_click(self, event: events.Click) -> None:
        if (command := self._command_at(event.x)) is not None:
            await self.screen.run_action(command.screen_action)

    def _command_at(self, x: int) -> Command | None:
        if x < self._said.cell_length:
            undo = next((c for c in self._commands if c.action == "undo"), None)
            return undo if _TAKES_BACK in self._said.plain else None
        return next((command for command, edge in self._hints() if x < edge), None)
