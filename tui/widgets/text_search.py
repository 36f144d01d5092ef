"""A search in a document: which rows match, and how the matches in a drawn row are marked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from textual.content import Content

from core.errors import PatchjuryError
from core.text import one_line
from tui.documents.document import Document
from tui.work.latest import Latest


class TextSearch:
    """What is searched for and where it was found; rows are looked through off the UI thread."""

    def __init__(self, looking: Latest) -> None:
        self.wanted = ""
        self.rows: Sequence[int] = ()
        self._looking = looking
        self._done = True

    def look(self, document: Document, wanted: str, arrived: Callable[[], None]) -> None:
        """Look for `wanted` (case-insensitively; "" for nothing) and tell when that is done."""
        self.wanted, self.rows, self._done = wanted.casefold(), (), not wanted
        self._looking.cancel()
        wanted = self.wanted

        def found(rows: Sequence[int]) -> None:
            self.rows, self._done = rows, True
            arrived()

        def failed(_: PatchjuryError) -> None:
            self._done = True
            arrived()

        if wanted:
            self._looking.run(
                lambda cancelled: _matching_rows(document, wanted, cancelled), found, failed
            )

    def first_from(self, row: int) -> int | None:
        """The first match at or below a row, going round."""
        return self.rows[bisect_left(self.rows, row) % len(self.rows)] if self.rows else None

    def mark(self, content: Content) -> Content:
        """A drawn row with its matches marked, those in line numbers aside."""
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


def _matching_rows(
    document: Document, wanted: str, cancelled: Callable[[], bool]
) -> Iterator[list[int]]:
    found = []
    for row in range(len(document)):
        if row % 1000 == 0 and cancelled():
            return
        if wanted in document.text_of(row).casefold():
            found.append(row)
    yield found
