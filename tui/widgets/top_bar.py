"""The first line of the screen: what is open, how far it is, and what needs attention."""

from __future__ import annotations

from textual.widgets import Static

from core.triage import Progress
from tui.render import header_line


class TopBar(Static):
    """Counts of the session."""

    def show(self, root: str, progress: Progress, place: str, work: str) -> None:
        """Show the counts; `place` says where verdicts go when it is not beside the runs, `work`
        what is being done in the background."""
        self.update(header_line(root, progress, place, work))
