"""The names of the views of one attempt, the current one marked."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

TABS: tuple[str, ...] = ("compare", "human", "attempt", "result", "prompt", "rubric", "logs")


class TabBar(Widget):
    """One line of tab names; a click or the capital letter of a name shows it."""

    shown: reactive[str] = reactive(TABS[0])
    """The tab that is shown."""

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        tab: str

    def render(self) -> Content:
        parts: list[tuple[str, str]] = []
        for tab in TABS:
            style = "bold reverse" if tab == self.shown else "$dim"
            parts.append((f" {tab.capitalize()}{self._gap}", style))
        return Content.assemble(*parts)

    @property
    def _gap(self) -> str:
        """What follows a name: nothing if there is little room."""
        return " " if sum(map(len, TABS)) + 2 * len(TABS) <= self.size.width else ""

    def on_click(self, event: events.Click) -> None:
        edge = 0
        for tab in TABS:
            edge += len(tab) + 1 + len(self._gap)
            if event.x < edge:
                self.post_message(self.Chosen(tab))
                return
