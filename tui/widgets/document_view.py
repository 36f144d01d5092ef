"""The large pane's view of a document: moving by lines, changes and files, search, selection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive

from tui.documents.document import Document, Place
from tui.documents.text import TextDocument
from tui.widgets.line_view import LineView


class DocumentView(LineView):
    """Draws the visible rows of a document; knows nothing of what they mean."""

    found: reactive[str] = reactive("", repaint=False)
    """What was searched for; matches are highlighted."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._document: Document = TextDocument([])
        self._matches: list[int] = []

    @property
    def document(self) -> Document:
        """What is shown now."""
        return self._document

    @property
    def place(self) -> Place | None:
        """Where the cursor's row stands in the code."""
        return self._document.place(self.cursor) if len(self._document) else None

    def show(self, document: Document, row: int = 0) -> None:
        """Show a document with the cursor on a row."""
        self._document = document
        self._matches = []
        self.set_reactive(LineView.cursor, min(row, max(0, len(document) - 1)))
        self.set_reactive(LineView.columns, 0)
        self.lines_changed()
        first = max(0, self.cursor - self.scrollable_content_region.height // 3)
        self.scroll_to(y=first if row else 0, animate=False, force=True)
        if self.found:
            self._search()

    def line_count(self) -> int:
        return len(self._document)

    def draw(self, index: int, width: int) -> Content:
        content = self._document.draw(index, width, self.columns)
        if self.found:
            plain, start = content.plain.casefold(), 0
            while (start := plain.find(self.found, start)) >= 0:
                content = content.stylize("reverse", start, start + len(self.found))
                start += len(self.found)
        return content

    def text_of(self, index: int) -> str:
        return self._document.text_of(index)

    # Moving

    def next_change(self, step: int) -> None:
        """To the next (-1: previous) change."""
        self._jump(self._document.changes, step)

    def next_file(self, step: int) -> None:
        """To the next (-1: previous) file."""
        self._jump(self._document.files, step)

    def _jump(self, stops: Sequence[int], step: int) -> None:
        at = bisect_right(stops, self.cursor) if step > 0 else bisect_left(stops, self.cursor) - 1
        if 0 <= at < len(stops):
            self.go_to(stops[at])
            height = self.scrollable_content_region.height
            self.scroll_to(y=max(0, self.cursor - height // 4), animate=False, force=True)

    # Search

    def search(self, query: str) -> int:
        """Highlight what contains `query`, letter case aside; go to the first match at or below
        the cursor. Returns how many rows match."""
        self.found = query.casefold()
        self._search()
        if self._matches:
            at = bisect_left(self._matches, self.cursor) % len(self._matches)
            self.go_to(self._matches[at])
        self.refresh()
        return len(self._matches)

    def next_match(self, step: int) -> None:
        """To the next (-1: previous) row that matches the search."""
        self._jump(self._matches, step)

    def _search(self) -> None:
        document, wanted = self._document, self.found
        self._matches = (
            [row for row in range(len(document)) if wanted in document.text_of(row).casefold()]
            if wanted
            else []
        )
