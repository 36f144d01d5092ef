"""Several logs one after another, each under its name: texts of any size, JSON, agents' steps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from textual.content import Content

from core.errors import SourceError
from core.paged_lines import PagedLines
from core.text import one_line
from tui.documents.document import Document
from tui.documents.lines import line_from
from tui.documents.outline_document import OutlineDocument
from tui.documents.text_rows import TextRows


class PagedDocument(TextRows):
    """A text of any size; rows are read when they come into view."""

    changes: Sequence[int] = ()
    files: Sequence[int] = ()
    marks: Sequence[int] = ()

    def __init__(self, lines: PagedLines) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    def draw(self, row: int, width: int, columns: int, continued: bool = False) -> Content:
        return line_from(self.text_of(row), columns, width)

    def text_of(self, row: int) -> str:
        """A line, or why it can no longer be read: a log may be gone or shorter by now."""
        try:
            return self._lines.line(row)
        except SourceError as error:
            return str(error)

    def find(self, wanted: str, cancelled: Callable[[], bool]) -> Iterator[int]:
        """The rows that contain a text, in any case, read page by page."""
        return self._lines.find(wanted, cancelled)


class LogDocument(TextRows):
    """Documents under headings; a heading is a row in `files`."""

    def __init__(self, parts: Sequence[tuple[str, Document]]) -> None:
        self._parts = parts
        self._starts = [0, *accumulate(len(document) + 2 for _, document in parts)]
        self.files: Sequence[int] = self._starts[:-1]
        self.changes: Sequence[int] = self._rows_of("changes")
        self.marks: Sequence[int] = self._rows_of("marks")

    def _rows_of(self, kind: str) -> Sequence[int]:
        return [
            start + 1 + row
            for start, (_, document) in zip(self._starts, self._parts, strict=False)
            for row in getattr(document, kind)
        ]

    def __len__(self) -> int:
        return self._starts[-1]

    def _at(self, row: int) -> tuple[int, int]:
        """The part that a row belongs to, and the row in it (-1: its heading)."""
        part = bisect_right(self._starts, row) - 1
        return part, row - self._starts[part] - 1

    def _inside(self, row: int) -> tuple[Document, int] | None:
        part, inside = self._at(row)
        document = self._parts[part][1]
        return (document, inside) if 0 <= inside < len(document) else None

    def draw(self, row: int, width: int, columns: int, continued: bool = False) -> Content:
        if found := self._inside(row):
            return found[0].draw(found[1], width, columns, continued)
        return Content.styled(self.text_of(row), "bold $accent-text").truncate(width, pad=True)

    def measure(self, row: int, width: int) -> tuple[int, int]:
        found = self._inside(row)
        return found[0].measure(found[1], width) if found else (width, 0)

    def text_of(self, row: int) -> str:
        part, inside = self._at(row)
        name, document = self._parts[part]
        if inside < 0:
            return f"── {one_line(name, 200)} ──"
        return document.text_of(inside) if inside < len(document) else ""

    def find(self, wanted: str, cancelled: Callable[[], bool]) -> Iterator[int]:
        """The rows that contain a text, in any case."""
        for start, (_, document) in zip(self._starts, self._parts, strict=False):
            if isinstance(document, PagedDocument):
                yield from (start + 1 + row for row in document.find(wanted, cancelled))
                continue
            for row in range(len(document)):
                if row % 1000 == 0 and cancelled():
                    return
                if wanted in document.text_of(row).casefold():
                    yield start + 1 + row

    def folded(self, row: int) -> LogDocument | None:
        """The logs with what a row heads folded, or unfolded; None if it heads nothing."""
        part, inside = self._at(row)
        name, document = self._parts[part]
        if not isinstance(document, OutlineDocument) or not 0 <= inside < len(document):
            return None
        changed = document.folded(inside)
        if changed is None:
            return None
        parts = list(self._parts)
        parts[part] = (name, changed)
        return LogDocument(parts)

    def opened(self, row: int) -> tuple[LogDocument, int]:
        """The logs with nothing folded, and where a row stands in there."""
        part, inside = self._at(row)
        parts = [
            (name, document.opened() if isinstance(document, OutlineDocument) else document)
            for name, document in self._parts
        ]
        document = self._parts[part][1]
        if isinstance(document, OutlineDocument) and 0 <= inside < len(document):
            inside = document.row_in_opened(inside)
        logs = LogDocument(parts)
        return logs, min(logs._starts[part] + 1 + inside, max(0, len(logs) - 1))

    @property
    def has_folds(self) -> bool:
        """Is anything folded?"""
        parts = (document for _, document in self._parts)
        return any(isinstance(one, OutlineDocument) and one.has_folds for one in parts)
