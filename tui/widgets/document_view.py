"""The large pane's view of a document: moving by lines, changes and files, search, selection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.selection import Selection
from textual.strip import Strip

from core.errors import PatchjuryError
from core.text import one_line
from tui.documents.document import Document, Place
from tui.documents.text_document import TextDocument
from tui.loading import Latest
from tui.widgets.line_view import LineView
from tui.widgets.wrapping import AT_ONCE, MOST_ROWS, Wrapping


class DocumentView(LineView):
    """Draws the visible rows of a document; knows nothing of what they mean."""

    found: reactive[str] = reactive("", repaint=False)
    """What was searched for; matches are highlighted."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._document: Document = TextDocument([])
        self._matches: list[int] = []
        self._wrap = False
        self._lines = Wrapping(self._document, 0, False)
        self._improving = Latest(self)
        self._searching = Latest(self)
        self._measuring = Latest(self)
        self._busy = False

    @property
    def document(self) -> Document:
        """What is shown now."""
        return self._document

    @property
    def row(self) -> int:
        """The row of the document under the cursor."""
        return self._lines.row_of(self.cursor)[0]

    @property
    def place(self) -> Place | None:
        """Where the cursor's row stands in the code."""
        return self._document.place(self.row) if len(self._document) else None

    def wrap(self, wrap: bool) -> None:
        """Show long rows on several lines, or not."""
        self._wrap = wrap
        self.set_reactive(LineView.columns, 0)
        self.lines_changed()
        self._show_cursor()

    def lines_changed(self) -> None:
        """Measure and draw anew; the cursor stays on its row. Very many rows are measured off the
        UI thread and stand on one line each until then."""
        document, width = self._document, self.scrollable_content_region.width
        later = self._wrap and AT_ONCE < len(document) <= MOST_ROWS
        self._measuring.cancel()
        self._arrange(Wrapping(document, width, self._wrap and not later))
        if later:
            self._measuring.run(
                lambda cancelled: iter([Wrapping(document, width, True, cancelled)]),
                self._arrange,
                self._not_improved,
            )

    def _arrange(self, lines: Wrapping) -> None:
        row, above = self.row, self.cursor - self.scroll_offset.y
        self._lines = lines
        super().lines_changed()
        self.set_reactive(LineView.cursor, min(lines.line_of(row), max(0, len(lines) - 1)))
        self.scroll_to(y=max(0, self.cursor - above), animate=False, force=True)

    def go_to_row(self, row: int) -> None:
        """Put the cursor on a row of the document."""
        self.go_to(self._lines.line_of(row))

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
        self.set_reactive(LineView.cursor, 0)
        self.lines_changed()
        line = self._lines.line_of(min(row, max(0, len(document) - 1)))
        self.set_reactive(LineView.cursor, line)
        if self.found:
            self._search(lambda: None)

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
        return len(self._lines)

    def draw(self, index: int, width: int) -> Content:
        row, start = self._lines.row_of(index)
        content = self._document.draw(row, width, self.columns + start, start > 0)
        if self.found:
            plain, start = content.plain.casefold(), 0
            numbers = [span for span in content.spans if span.style == "$gutter"]
            while (start := plain.find(self.found, start)) >= 0:
                if not any(span.start <= start < span.end for span in numbers):
                    content = content.stylize("reverse", start, start + len(self.found))
                start += len(self.found)
        return content

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What copying gives: the code of the selected lines, of the side that was pointed at."""
        first = selection.start.y if selection.start else 0
        last = selection.end.y if selection.end else self.line_count() - 1
        x = selection.start.x if selection.start else 0
        width = self.scrollable_content_region.width
        if first == last and selection.start and selection.end:
            drawn = self.draw(first, width).plain[x : selection.end.x].strip()
            if drawn and drawn in self._document.code_at(self._lines.row_of(first)[0], x, width):
                return drawn, "\n"
        rows = dict.fromkeys(self._lines.row_of(line)[0] for line in range(first, last + 1))
        return "\n".join(self._document.code_at(row, x, width) for row in rows), "\n"

    # Moving

    def next_change(self, step: int) -> None:
        """To the next (-1: previous) change."""
        self._jump(self._document.changes, step)

    def next_file(self, step: int) -> None:
        """To the next (-1: previous) file."""
        self._jump(self._document.files, step)

    def _jump(self, stops: Sequence[int], step: int) -> None:
        row = self.row
        at = bisect_right(stops, row) if step > 0 else bisect_left(stops, row) - 1
        if 0 <= at < len(stops):
            self.go_to_row(stops[at])
            height = self.scrollable_content_region.height
            self.scroll_to(y=max(0, self.cursor - height // 4), animate=False, force=True)

    def next_mark(self, step: int) -> None:
        """To the next (-1: previous) finding, issue or comment."""
        self._jump(self._document.marks, step)

    # Search

    def search(self, query: str) -> None:
        """Highlight what contains `query`, letter case aside; go to the first match at or below
        the cursor once the rows have been looked through."""
        self.found = query.casefold()
        self.set_class(bool(query), "-searched")
        self._search(self._go_to_first)
        self.refresh()

    def _go_to_first(self) -> None:
        if self._matches:
            at = bisect_left(self._matches, self.row) % len(self._matches)
            self.go_to_row(self._matches[at])

    def next_match(self, step: int) -> None:
        """To the next (-1: previous) row that matches the search."""
        self._jump(self._matches, step)

    def _search(self, then: Callable[[], None]) -> None:
        """Look through the rows off the UI thread, as there may be very many."""
        document, wanted = self._document, self.found
        self._searching.cancel()
        self._matches = []
        self.border_subtitle = Content(f"/{one_line(wanted, 40)}  …" if wanted else "")

        def look(cancelled: Callable[[], bool]) -> Iterator[list[int]]:
            found = []
            for row in range(len(document)):
                if row % 1000 == 0 and cancelled():
                    return
                if wanted in document.text_of(row).casefold():
                    found.append(row)
            yield found

        def arrived(found: list[int]) -> None:
            self._matches = found
            then()
            self.cursor_moved()

        if wanted:
            self._searching.run(look, arrived, self._not_improved)

    def cursor_moved(self) -> None:
        """Say which of the matches the cursor is on."""
        if self.found:
            row, count = self.row, len(self._matches)
            at = bisect_left(self._matches, row)
            here = f"{at + 1} of " if at < count and self._matches[at] == row else ""
            self.border_subtitle = Content(f"/{one_line(self.found, 40)}  {here}{count}  , . esc")
