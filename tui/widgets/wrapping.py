"""Which line of the view shows which row of a document when long rows take several lines."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable

from textual.widget import Widget

from core.errors import PatchjuryError
from tui.documents.document import Document
from tui.work.latest import Latest

AT_ONCE = 2_000
"""Documents with more rows are measured off the UI thread, and wrapped when that is done."""

MOST_ROWS = 400_000
"""Documents with more rows are not wrapped: every row would have to be measured."""


class Wrapping:
    """Lines of a view of `width` cells; without wrapping each row is one line."""

    def __init__(
        self,
        document: Document,
        width: int,
        wrap: bool,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._rows = len(document)
        self._rooms = array("l")
        self._starts = array("l")
        self._count = self._rows
        if wrap and width > 0 and self._rows <= MOST_ROWS:
            self._measure(document, width, cancelled)

    def _measure(self, document: Document, width: int, cancelled: Callable[[], bool]) -> None:
        at = 0
        for row in range(self._rows):
            if row % AT_ONCE == 0 and cancelled():
                return
            room, needed = document.measure(row, width)
            self._starts.append(at)
            self._rooms.append(room)
            at += max(1, -(-needed // room))
        self._count = at

    def __len__(self) -> int:
        return self._count

    @property
    def is_wrapped(self) -> bool:
        """May a row take several lines?"""
        return bool(self._starts)

    def row_of(self, line: int) -> tuple[int, int]:
        """The row that a line shows, and the cell of its code that the line begins with."""
        if not self._starts:
            return line, 0
        row = bisect_right(self._starts, line) - 1
        return row, (line - self._starts[row]) * self._rooms[row]

    def line_of(self, row: int) -> int:
        """The first line of a row."""
        return self._starts[row] if self._starts and 0 <= row < self._rows else row


class Measuring:
    """Measures the document of a view: at once, or off the UI thread if that takes long."""

    def __init__(self, view: Widget, arrange: Callable[[Wrapping], None]) -> None:
        self._view = view
        self._arrange = arrange
        self._latest = Latest(view)

    def measure(self, document: Document, width: int, wrap: bool) -> None:
        """Arrange the rows; if that will take a while, first one row per line."""
        later = wrap and AT_ONCE < len(document) <= MOST_ROWS
        self._latest.cancel()
        self._arrange(Wrapping(document, width, wrap and not later))
        if later:
            self._latest.run(
                lambda cancelled: iter([Wrapping(document, width, True, cancelled)]),
                self._arrange,
                self._failed,
            )

    def _failed(self, error: PatchjuryError) -> None:
        told = f"These lines are not wrapped: {error}"
        self._view.notify(told, severity="warning", markup=False)
