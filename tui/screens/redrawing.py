"""What part of the screen is redrawn when an attempt has news, and when."""

from __future__ import annotations

from collections.abc import Collection

from textual.timer import Timer

from tui.screens.triage_frame import TriageFrame

_TOGETHER_S = 0.1
"""News that arrive within this time are drawn together."""

STREAM_S = 0.25
"""So are those of a long run: drawing each tenth of a second would delay keys."""


class Redrawing:
    """Redraws what shows an attempt, and nothing else: the next key needs the time."""

    def __init__(self, frame: TriageFrame) -> None:
        self._frame = frame
        self._timer: Timer | None = None
        self._stale: set[str] = set()

    def soon(self, *keys: str, within_s: float = _TOGETHER_S) -> None:
        """Redraw the top bar and what shows these attempts, with whatever else arrives now."""
        self._stale.update(keys)
        if self._frame.attempt_key in keys:
            self._frame.attempt_pane.is_stale = True
        if self._timer is None:
            self._timer = self._frame.set_timer(within_s, self.news)

    def news(self) -> None:
        """Redraw what is to be redrawn soon."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = None
        keys, self._stale = self._stale, set()
        self.now(keys)

    def now(self, keys: Collection[str]) -> None:
        """Redraw what shows these attempts: counts, rows, evidence, remarks."""
        frame = self._frame
        frame.top_bar.refresh()
        frame.lists.refresh_rows(keys)
        if frame.attempt_key in keys:
            frame.attempt_pane.refresh_known()

    def everything(self) -> None:
        """Redraw what shows any attempt: each may be sealed now, or shown."""
        self.now({attempt.key for attempt in self._frame.triage.run_set.attempts})
