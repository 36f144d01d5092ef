"""The two lines above the diff: which attempt at which commit, and how it went."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from core.models import Attempt, HumanCommit
from tui.render.attempt_heading import attempt_facts, attempt_title
from tui.widgets.seen import Part, Seen


class AttemptHeader(Widget):
    """Title and facts of the attempt on screen."""

    def __init__(self, seen: Seen, id: str) -> None:
        super().__init__(id=id)
        self._seen = seen
        self._shown: tuple[HumanCommit, Attempt, int, int] | None = None

    def show(self, commit: HumanCommit, attempt: Attempt, position: int, count: int) -> None:
        """Show one attempt, the `position`-th (from 1) of `count` at its commit."""
        if self._shown != (commit, attempt, position, count):
            self._shown = (commit, attempt, position, count)
            self.refresh()

    def clear(self) -> None:
        """Show that no attempt is selected."""
        self._shown = None
        self.refresh()

    def render(self) -> Content:
        if self._shown is None:
            return Content("")
        commit, attempt, position, count = self._shown
        self._seen.drawn(Part.HEADER, attempt.key)
        width = self.size.width
        lines = (attempt_title(commit, position, count, width), attempt_facts(attempt, width))
        return Content("\n").join(line.truncate(width, ellipsis=True) for line in lines)
