"""What part of the screen is redrawn when an attempt has news, and when."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from textual.timer import Timer

from tui.screens.painting import Painting

if TYPE_CHECKING:
    from tui.screens.triage import TriageScreen

_TOGETHER_S = 0.1
"""News that arrive within this time are drawn together."""


class Redrawing:
    """Redraws what shows an attempt, and nothing else: the next key needs the time."""

    def __init__(self, screen: TriageScreen) -> None:
        self._screen = screen
        self.painting = Painting(screen)
        self._timer: Timer | None = None
        self._stale: set[str] = set()

    def soon(self, key: str) -> None:
        """Redraw what shows an attempt, together with whatever else arrives now."""
        self._stale.add(key)
        if key == self._screen.attempt_key:
            self._screen.attempt_pane.is_stale = True
        if self._timer is None:
            self._timer = self._screen.set_timer(_TOGETHER_S, self._draw_stale)

    def _draw_stale(self) -> None:
        self._timer = None
        keys, self._stale = self._stale, set()
        self.now(keys)

    def now(self, keys: Collection[str]) -> None:
        """Redraw what shows these attempts: counts, rows, evidence, remarks."""
        screen = self._screen
        self.painting.together()
        screen.top_bar.refresh()
        screen.lists.refresh_rows(keys)
        if screen.attempt_key in keys:
            screen.attempt_pane.refresh_known()

    def everything(self) -> None:
        """Redraw what shows any attempt: each may be sealed now, or shown."""
        self.now({attempt.key for attempt in self._screen.triage.run_set.attempts})
