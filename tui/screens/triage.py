"""The triage screen: its panes, and what the keys do there."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual.binding import BindingType

from core.errors import PatchjuryError
from tui.commands import bindings
from tui.screens.judging import JudgingActions


class TriageScreen(JudgingActions):
    """Shows what is selected and passes on what the user wants; decides nothing itself.

    The windows that its keys open are imported then: the first picture comes first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("screen")]

    def action_problems(self) -> None:
        from tui.screens.problems import ProblemsScreen

        self.app.push_screen(ProblemsScreen(self.triage.problems))

    def action_export(self) -> None:
        from tui.screens.export import ExportScreen

        self.app.push_screen(ExportScreen(self.session))

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())

    async def action_quit(self) -> None:
        """Quit; with calls in flight, or verdicts that cannot be saved, only when asked twice."""
        if self.stop_judge_and_quit():
            return
        if not self._asked_to_quit:
            try:
                await asyncio.to_thread(self.triage.save)  # one given just now is on its way
            except PatchjuryError as error:
                self._asked_to_quit = True
                self._save_failed(error)
                unsaved = self.triage.progress().unsaved
                self.notify(f"{unsaved} verdicts are not saved: x exports, q again quits")
                return
        self.app.exit()

    _asked_to_quit = False
