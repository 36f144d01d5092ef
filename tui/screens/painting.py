"""What one key changes is painted in one go.

Textual paints as soon as some parts of the screen have reported a change, and the rest in a second
picture: each costs the time of drawing the screen, and the next attempt would appear only after the
second.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from tui.screens.triage_frame import TriageFrame
from tui.widgets.attempt_header import AttemptHeader
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_view import LineView
from tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from textual.geometry import Size

_PARTS = (TopBar, LineView, AttemptHeader, KeyBar)


class Painting:
    """Holds the next picture back until every part of the screen has reported its changes."""

    def __init__(self, frame: TriageFrame) -> None:
        self._frame = frame
        self._held = ExitStack()
        self._untold = 0  # parts that have not reported yet
        self._size: Size | None = None  # of the screen, while a picture is held back

    def together(self) -> None:
        """Paint everything that changes until this returns to the event loop in one picture."""
        frame = self._frame
        if self._untold or frame.app.screen is not frame:
            return
        # A part reports its change once its queue is empty, which is after this.
        parts = [part for kind in _PARTS for part in frame.query(kind)]
        self._untold = sum(part.call_later(self._told) for part in parts)
        if self._untold:
            self._size = frame.size
            self._held.enter_context(frame.app.batch_update())

    def _told(self) -> None:
        self._untold -= 1
        if not self._untold and not self._frame.call_later(self._release):
            self._release()

    def _release(self) -> None:
        self._held.close()
        if self._size != self._frame.size:  # the layout made meanwhile was not painted
            self._frame.refresh()
        self._frame.check_idle()
