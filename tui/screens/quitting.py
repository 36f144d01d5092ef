"""How to quit: never before paid-for replies are here and decisions are on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from core.errors import PatchjuryError
from core.text import counted
from tui.screens.judging import Judging
from tui.screens.reopening import Reopening
from tui.screens.triage_frame import TriageFrame


class Quitting:
    """Quits at once, or says what it waits for; a second request quits anyway."""

    def __init__(
        self,
        frame: TriageFrame,
        judging: Judging,
        reopening: Reopening,
        keep_draft: Callable[[], None],
    ) -> None:
        self._frame = frame
        self._judging = judging
        self._reopening = reopening
        self._keep_draft = keep_draft
        self.waits_for_judge = False
        self._told_unsaved = False
        self._told_undrafted = False

    async def quit(self) -> None:
        """Quit; with calls in flight, or verdicts that cannot be saved, only when asked twice."""
        frame = self._frame
        if self._judging.is_at_work and not self.waits_for_judge:
            self.waits_for_judge = True
            self._judging.stop()
            frame.notify("The judge waits for its calls in flight; q again quits without waiting.")
            return
        if not self._told_unsaved:
            try:
                await asyncio.to_thread(frame.triage.save)  # one given just now is on its way
            except PatchjuryError as error:
                self._told_unsaved = True
                frame.tell_unsaved(error)
                unsaved = frame.triage.progress().unsaved
                frame.notify(f"not saved: {counted(unsaved, 'verdict')}; x exports, q again quits")
                return
        if not self._told_undrafted:
            try:
                self._keep_draft()
            except PatchjuryError as error:
                self._told_undrafted = True
                title = "Your draft cannot be saved: ^s records it, q again discards it"
                frame.notify(str(error), title=title, severity="error", markup=False)
                return
        self._reopening.keep()
        frame.app.exit()
