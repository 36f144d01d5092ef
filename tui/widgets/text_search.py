"""A search in a document: which rows match, and how the matches in a drawn row are marked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from textual.content import Content

from core.errors import PatchjuryError
from core.text import one_line
from tui.documents.document import Document
from tui.widgets.line_view import LineView
from tui.work.latest import Latest


class TextSearch:
    """What is searched for in a view and the matches; rows are searched off the UI thread.

    `ended` is called with the matches known, and whether to go to one.
    """

    def __init__(self, view: LineView, ended: Callable[[bool], None]) -> None:
        self.wanted = ""
        self.rows: Sequence[int] = ()
        self._view = view
        self._ended = ended
        self._looking = Latest(view)
        self._done = True

    def look(self, document: Document, wanted: str, *, go: bool = False) -> None:
        """Search for `wanted` (case-insensitively; "" for nothing); `go` is handed on when done."""
        self.wanted, self.rows, self._done = wanted.casefold(), (), not wanted
        self._looking.cancel()
        wanted, view = self.wanted, self._view

        def arrived(rows: Sequence[int]) -> None:
            self.rows, self._done = rows, True
            self._ended(go)

        def failed(error: PatchjuryError) -> None:
            arrived(())
            view.notify(str(error), title="Search", severity="error", markup=False)

        if wanted:
            self._looking.run(
                lambda cancelled: _matching_rows(document, wanted, cancelled), arrived, failed
            )
        view.cursor_moved()

    def mark(self, content: Content) -> Content:
        """A drawn row with its matches marked, except those in line numbers."""
        if not self.wanted:
            return content
        plain, start = content.plain.casefold(), 0
        numbers = [span for span in content.spans if span.style == "$gutter"]
        while (start := plain.find(self.wanted, start)) >= 0:
            if not any(span.start <= start < span.end for span in numbers):
                content = content.stylize("reverse", start, start + len(self.wanted))
            start += len(self.wanted)
        return content

    def summary(self, row: int) -> str:
        """What is searched for, and which of the matches a row is."""
        if not self.wanted:
            return ""
        if not self._done:
            return f"/{one_line(self.wanted, 40)}  …"
        at, count = bisect_left(self.rows, row), len(self.rows)
        here = f"{at + 1} of " if at < count and self.rows[at] == row else ""
        return f"/{one_line(self.wanted, 40)}  {here}{count}  , . esc"


@runtime_checkable
class Findable(Protocol):
    """A document that searches for a text itself."""

    def find(self, wanted: str, cancelled: Callable[[], bool]) -> Iterator[int]:
        """The rows that contain a text, in any case, ascending."""


def _matching_rows(
    document: Document, wanted: str, cancelled: Callable[[], bool]
) -> Iterator[list[int]]:
    if isinstance(document, Findable):
        yield list(document.find(wanted, cancelled))
        return
    found = []
    for row in range(len(document)):
        if row % 1000 == 0 and cancelled():
            return
        if wanted in document.text_of(row).casefold():
            found.append(row)
    yield found
