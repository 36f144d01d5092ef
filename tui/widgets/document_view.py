"""The large pane's view of a document: moving by lines, changes and files, search, selection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region
from textual.selection import Selection
from textual.strip import Strip

from tui.commands import bindings
from tui.documents.document import Document, Place
from tui.documents.lines import cells
from tui.documents.log_document import LogDocument
from tui.documents.text_document import TextDocument
from tui.widgets.improving import Improving
from tui.widgets.line_view import LineView
from tui.widgets.text_search import TextSearch
from tui.widgets.wrapping import Measuring, Wrapping


class DocumentView(LineView):
    """Draws the visible rows of a document; knows nothing about their meaning."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("document")]

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.drawn: Callable[[], None] = lambda: None  # called when a screenful was drawn
        self._document: Document = TextDocument([])
        self._wrap = False
        self._lines = Wrapping(self._document, 0, False)
        self._improving = Improving(self)
        self._search = TextSearch(self, partial(_searched, self))
        self._measuring = Measuring(self, self._arrange)

    @property
    def document(self) -> Document:
        """What is shown now."""
        return self._document

    @property
    def row(self) -> int:
        """The row of the document under the cursor."""
        return self.row_of(self.cursor)

    def row_of(self, line: int) -> int:
        """The row of the document shown by a line of the view."""
        return self._lines.row_of(line)[0]

    @property
    def place(self) -> Place | None:
        """The place of the cursor's row in the code."""
        return self._document.place(self.row) if len(self._document) else None

    def wrap(self, wrap: bool) -> None:
        """Wrap long rows over several lines, or not."""
        self._wrap = wrap
        self.set_reactive(LineView.columns, 0)
        self.lines_changed()
        self._show_cursor()

    def lines_changed(self) -> None:
        """Measure (very many rows off the UI thread) and redraw; the cursor stays on its row."""
        width = self.scrollable_content_region.width
        self._measuring.measure(self._document, width, self._wrap)

    def _arrange(self, lines: Wrapping) -> None:
        row, above = self.row, self.cursor - self.scroll_offset.y
        self._lines = lines
        super().lines_changed()
        self.set_reactive(LineView.cursor, min(lines.line_of(row), max(0, len(lines) - 1)))
        self.scroll_to(y=max(0, self.cursor - above), animate=False, force=True)

    def go_to_row(self, row: int) -> None:
        """Put the cursor on a row of the document."""
        self.go_to(self._lines.line_of(row))

    def show_column(self, row: int, column: int, length: int, room: int) -> None:
        """Scroll to a column of a row's code, which has that much room on a line."""
        if self._lines.is_wrapped:
            self.go_to(self._lines.line_of(row) + column // max(1, room))
        elif not self.columns <= column <= self.columns + room - length:
            self.columns = column - room // 3

    def show(self, document: Document, row: int = 0, *, again: bool = False) -> None:
        """Show a document with the cursor on a row.

        `again`: it is the same thing drawn in another way, and the row stays where it was.
        """
        above = self.cursor - self.scroll_offset.y
        self._document = document
        self._improving.reset()
        if not again:
            self.set_reactive(LineView.columns, 0)
        self.set_reactive(LineView.cursor, 0)
        self.lines_changed()
        line = self._lines.line_of(min(row, max(0, len(document) - 1)))
        self.set_reactive(LineView.cursor, line)
        self._search.look(document, self.found)
        if not again:
            above = self.scrollable_content_region.height // 3 if row else self.cursor
        self.scroll_to(y=max(0, self.cursor - above), animate=False, force=True)

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = super().render_lines(crop)
        self._improving.drawn(self._document)
        if crop.height >= self.scrollable_content_region.height:
            self.drawn()
        return strips

    def line_count(self) -> int:
        return len(self._lines)

    def draw(self, index: int, width: int) -> Content:
        row, start = self._lines.row_of(index)
        content = self._document.draw(row, width, self.columns + start, start > 0)
        return self._search.mark(content)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What copying gives: the code of the selected lines, of the side that was pointed at."""
        return _selected_code(self, selection), "\n"

    # Moving

    def stops(self, kind: str) -> Sequence[int]:
        """The rows that a key jumps between: of every change, file, mark or match."""
        return {
            "change": self._document.changes,
            "file": self._document.files,
            "mark": self._document.marks,
            "match": self._search.rows,
        }[kind]

    def action_jump(self, kind: str, step: int) -> None:
        """To the next (-1: previous) row of a kind."""
        row, stops = self.row, self.stops(kind)
        at = bisect_right(stops, row) if step > 0 else bisect_left(stops, row) - 1
        if 0 <= at < len(stops):
            self.go_to_row(stops[at])
            if kind == "match":
                _show_match(self, stops[at])
            height = self.scrollable_content_region.height
            self.scroll_to(y=max(0, self.cursor - height // 4), animate=False, force=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A jump is greyed out if there is nothing to jump to."""
        return True if action != "jump" or self.stops(str(parameters[0])) else None

    # Search

    @property
    def found(self) -> str:
        """What was searched for; "" for nothing."""
        return self._search.wanted

    def search(self, query: str) -> None:
        """Highlight what contains `query`, in any case; go to the first from the cursor on."""
        self.set_class(bool(query), "-searched")
        if query and isinstance(self._document, LogDocument) and self._document.has_folds:
            self.show(*self._document.opened(self.row), again=True)
        self._search.look(self._document, query, go=True)
        self.refresh()

    def cursor_moved(self) -> None:
        """Say which of the matches the cursor is on."""
        self.border_subtitle = Content(self._search.summary(self.row))


def _searched(view: DocumentView, go: bool) -> None:
    """The matches are known; `go` to the first at or below the cursor, from the top again."""
    matches = view.stops("match")
    if go and matches:
        row = matches[bisect_left(matches, view.row) % len(matches)]
        view.go_to_row(row)
        _show_match(view, row)
    view.cursor_moved()
    view.refresh_bindings()


def _show_match(view: DocumentView, row: int) -> None:
    """Scroll so that the match in a row is visible, however far to the right it is."""
    room, _ = view.document.measure(row, view.scrollable_content_region.width)
    for text in view.document.text_of(row).split("\n"):
        if (at := text.casefold().find(view.found)) >= 0:
            view.show_column(row, cells(text[:at]), len(view.found), room)
            return


def _selected_code(view: DocumentView, selection: Selection) -> str:
    document, width = view.document, view.scrollable_content_region.width
    first = selection.start.y if selection.start else 0
    last = selection.end.y if selection.end else view.line_count() - 1
    x = selection.start.x if selection.start else 0
    if first == last and selection.start and selection.end:
        drawn = view.draw(first, width).plain[x : selection.end.x].strip()
        if drawn and drawn in document.code_at(view.row_of(first), x, width):
            return drawn
    rows = dict.fromkeys(view.row_of(line) for line in range(first, last + 1))
    return "\n".join(document.code_at(row, x, width) for row in rows)
