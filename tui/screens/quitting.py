"""How to quit: never before paid-for replies are here and decisions are on disk."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.errors import PatchjuryError
from core.text import counted

if TYPE_CHECKING:
    from tui.screens.triage import TriageScreen


class Quitting:
    """Quits at once, or says what it waits for; a second request quits anyway."""

    def __init__(self, screen: TriageScreen) -> None:
        self._screen = screen
        self.waits_for_judge = False
        self._told_unsaved = False
        self._told_undrafted = False

    async def quit(self) -> None:
        """Quit; with calls in flight, or verdicts that cannot be saved, only when asked twice."""
        screen = self._screen
        if screen.judging.is_at_work and not self.waits_for_judge:
            self.waits_for_judge = True
            screen.judging.stop()
            screen.notify("The judge waits for its calls in flight; q again leaves them behind.")
            return
        if not self._told_unsaved:
            try:
                await asyncio.to_thread(screen.triage.save)  # one given just now is on its way
            except PatchjuryError as error:
                self._told_unsaved = True
                screen.tell_unsaved(error)
                unsaved = screen.triage.progress().unsaved
                screen.notify(f"not saved: {counted(unsaved, 'verdict')}; x exports, q again quits")
                return
        if not self._told_undrafted:
            try:
                screen.keep_draft()
            except PatchjuryError as error:
                self._told_undrafted = True
                title = "What you are writing cannot be kept: ^s records it, q again drops it"
                screen.notify(str(error), title=title, severity="error", markup=False)
                return
        screen.reopening.keep()
        screen.app.exit()
