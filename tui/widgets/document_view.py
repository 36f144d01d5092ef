"""The large pane's view of a document: moving by lines, changes and files, search, selection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from core.errors import PatchjuryError
from tui.documents.document import Document, Place
from tui.documents.text import TextDocument
from tui.loading import Latest
from tui.widgets.line_view import LineView


class DocumentView(LineView):
    """Draws the visible rows of a document; knows nothing of what they mean."""

    found: reactive[str] = reactive("", repaint=False)
    """What was searched for; matches are highlighted."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._document: Document = TextDocument([])
        self._matches: list[int] = []
        self._improving = Latest(self)
        self._busy = False

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
        self.set_reactive(LineView.columns, 0)
        self._take(document, row)
        first = max(0, self.cursor - self.scrollable_content_region.height // 3)
        self.scroll_to(y=first if row else 0, animate=False, force=True)

    def replace(self, document: Document, row: int) -> None:
        """Show the same thing drawn in another way; `row` is where the cursor's row is now."""
        above = self.cursor - self.scroll_offset.y
        self._take(document, row)
        self.scroll_to(y=max(0, self.cursor - above), animate=False, force=True)

    def _take(self, document: Document, row: int) -> None:
        self._document = document
        self._improving.cancel()
        self._busy = False
        self._matches = []
        self.set_reactive(LineView.cursor, min(row, max(0, len(document) - 1)))
        self.lines_changed()
        if self.found:
            self._search()

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = super().render_lines(crop)
        if not self._busy and (work := self._document.work()) is not None:
            self._busy = True
            self._improving.run(
                lambda cancelled: iter([work(cancelled)]), self._improved, self._not_improved
            )
        return strips

    def _improved(self, _: None) -> None:
        self._busy = False
        self.refresh()

    def _not_improved(self, error: PatchjuryError) -> None:
        self._busy = True  # it would fail again: this document stays plain
        self.log.warning(str(error))

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

    def next_mark(self, step: int) -> None:
        """To the next (-1: previous) finding, issue or comment."""
        self._jump(self._document.marks, step)

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
