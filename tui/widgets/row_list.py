"""A list of records, one per row, that can be searched: commits and attempts have one each."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from itertools import chain
from typing import Generic, TypeVar

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.strip import Strip

from core.errors import PatchjuryError
from core.text import one_line
from tui.widgets.line_view import LineView

Row = TypeVar("Row")


class RowList(LineView, Generic[Row]):
    """The rows left after a search; the cursor stays on its row when rows change.

    `key_of` identifies a row, `draw_row` draws one in that many cells. `matching` turns what was
    typed into a test of rows, or raises `PatchjuryError`. `drawn` is called when the row under the
    cursor was drawn, `filtered` when a search lists other rows. `head` draws the line above the
    rows in that many cells, `head_clicked` gets the clicked cell and the number of cells.
    """

    ALLOW_SELECT = False  # a row is a record, not a text

    key: reactive[str | None] = reactive(None, init=False, repaint=False)
    """The key of the row under the cursor, None if no row is left: watched, never set."""

    def __init__(
        self,
        id: str,
        key_of: Callable[[Row], str],
        draw_row: Callable[[Row, int], Content],
        matching: Callable[[str], Callable[[Row], bool]],
        drawn: Callable[[str], None] = lambda key: None,
        filtered: Callable[[], None] = lambda: None,
        head: Callable[[int], Content | None] = lambda width: None,
        head_clicked: Callable[[int, int], None] = lambda x, width: None,
    ) -> None:
        super().__init__(id=id)
        self._key_of = key_of
        self._draw_row = draw_row
        self._matching = matching
        self._drawn = drawn
        self._filtered = filtered
        self._draw_head = head
        self._head_clicked = head_clicked
        self.matches: Callable[[Row], bool] = lambda row: True
        self._trouble = ""
        self._all: Sequence[Row] = ()
        self._rows: Sequence[Row] = ()
        self._query = ""

    @property
    def keys(self) -> list[str]:
        """The keys of the rows that are listed, in order."""
        return [self._key_of(row) for row in self._rows]

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self._rows else None

    @property
    def search(self) -> str:
        """What rows must contain to be listed; empty lists all."""
        return self._query

    def show_rows(self, rows: Sequence[Row], key: str | None = None) -> None:
        """List these rows, with the cursor on `key` (else on the row it was on)."""
        key = key if key is not None else self.key
        self._all = rows
        self._filter(key)

    def filter_rows(self, query: str) -> None:
        """List the rows that match `query`; if it cannot be parsed, the previous matches stay."""
        if query == self._query:
            return
        key, self._query, self._trouble = self.key, query, ""
        try:
            self.matches = self._matching(query.strip())
        except PatchjuryError as error:
            self._trouble = str(error)
        self._filter(key)
        self._filtered()

    def go_to_key(self, key: str) -> bool:
        """Put the cursor on a row; False if it is not listed."""
        for index in chain(range(self.cursor, len(self._rows)), range(self.cursor)):  # mostly near
            if self._key_of(self._rows[index]) == key:
                self.go_to(index)
                self.cursor_moved()
                return True
        return False

    def refresh_keys(self, keys: Container[str]) -> None:
        """Redraw the rows with these keys, if visible."""
        first = self.scroll_offset.y
        last = min(first + self.scrollable_content_region.height, self.line_count())
        for index in range(first, last):
            if self._key_of(self._rows[index]) in keys:
                self.refresh_line(index)

    def _filter(self, key: str | None) -> None:
        searched = bool(self._query.strip())
        self._rows = [row for row in self._all if self.matches(row)] if searched else self._all
        found = next((i for i, row in enumerate(self._rows) if self._key_of(row) == key), 0)
        self.set_reactive(LineView.cursor, found)
        said = self._trouble and one_line(self._trouble, 200)
        said = said or (f"/{one_line(self._query, 40)}  {len(self._rows)}" if searched else "")
        self.border_subtitle = Content(said)
        self.lines_changed()
        self._show_cursor()
        self.cursor_moved()

    def line_count(self) -> int:
        return len(self._rows)

    def draw(self, index: int, width: int) -> Content:
        row = self._rows[index]
        if index == self.cursor:
            self._drawn(self._key_of(row))
        return self._draw_row(row, width)

    # The head

    def lines_changed(self) -> None:
        self._head = int(self._draw_head(self.scrollable_content_region.width) is not None)
        super().lines_changed()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if y < self._head and (head := self._draw_head(width)) is not None:
            return self._painter.paint(head, -1, width, is_current=False)
        return super().render_line(y)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.y < self._head:
            event.prevent_default()  # it is not a row
            self._head_clicked(offset.x, self.scrollable_content_region.width)

    def cursor_moved(self) -> None:
        self.key = self._key_of(self._rows[self.cursor]) if self._rows else None


def containing(text_of: Callable[[Row], str]) -> Callable[[str], Callable[[Row], bool]]:
    """Rows match that contain every word of what was typed, case-insensitively."""

    def matching(query: str) -> Callable[[Row], bool]:
        words = query.casefold().split()
        return lambda row: all(word in text_of(row).casefold() for word in words)

    return matching
