"""The triage screen: its panes, and what the keys do there."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from tui.commands import bindings
from tui.screens.export import ExportScreen
from tui.screens.help import HelpScreen
from tui.screens.problems import ProblemsScreen
from tui.screens.verdicts import VerdictActions


class TriageScreen(VerdictActions):
    """Shows what is selected and passes on what the user wants; decides nothing itself."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("screen")]

    def action_problems(self) -> None:
        self.app.push_screen(ProblemsScreen(self.triage.problems))

    def action_export(self) -> None:
        self.app.push_screen(ExportScreen(self.session))

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen())

    async def action_quit(self) -> None:
        """Quit; with verdicts that are not on disk, only when asked twice."""
        unsaved = self.triage.progress().unsaved
        if unsaved and not self._asked_to_quit:
            self._asked_to_quit = True
            self.notify(
                f"{unsaved} verdicts are not saved: ^s tries again, x exports, q again quits",
                severity="error",
            )
            return
        self.app.exit()

    _asked_to_quit = False
