"""The first line of the screen: what is open, how far it is, and what needs attention."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from core.triage import Progress
from tui.render.attempt_heading import header_line


class TopBar(Widget):
    """Counts of the session."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._said: tuple[str, Progress, str, str] | None = None

    def show(self, root: str, progress: Progress, place: str, work: str) -> None:
        """Show the counts; `place` says where verdicts go when it is not beside the runs, `work`
        what is being done in the background."""
        self._said = (root, progress, place, work)
        self.refresh()

    def render(self) -> Content:
        if self._said is None:
            return Content("")
        root, progress, place, work = self._said
        return header_line(root, progress, self.size.width, place, work)
