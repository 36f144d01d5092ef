"""A list of records, one a row, that can be searched: commits and attempts have one each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from textual.content import Content
from textual.reactive import reactive

from core.text import one_line
from tui.widgets.line_view import LineView

Row = TypeVar("Row")


class RowList(LineView, Generic[Row]):
    """The rows that a search leaves over; the cursor stays on its row when rows change.

    `key_of` identifies a row, `draw_row` draws one in so many cells, `searched` is what a search
    looks in; `drawn` is told when the row under the cursor was drawn.
    """

    ALLOW_SELECT = False  # a row is a record, not a text

    key: reactive[str | None] = reactive(None, init=False, repaint=False)
    """The key of the row under the cursor, None when no row is left: watched, never set."""

    def __init__(
        self,
        id: str,
        key_of: Callable[[Row], str],
        draw_row: Callable[[Row, int], Content],
        searched: Callable[[Row], str],
        drawn: Callable[[str], None] = lambda key: None,
    ) -> None:
        super().__init__(id=id)
        self._key_of = key_of
        self._draw_row = draw_row
        self._searched = searched
        self._drawn = drawn
        self._all: Sequence[Row] = ()
        self._rows: Sequence[Row] = ()
        self._query = ""

    @property
    def keys(self) -> list[str]:
        """The keys of the rows that are listed, in order."""
        return [self._key_of(row) for row in self._rows]

    @property
    def search(self) -> str:
        """What rows must contain to be listed; empty lists all."""
        return self._query

    def show_rows(self, rows: Sequence[Row], key: str | None = None) -> None:
        """List these rows, with the cursor on `key` (else on the row it stood on)."""
        key = key if key is not None else self.key
        self._all = rows
        self._filter(key)

    def filter_rows(self, query: str) -> None:
        """List the rows that contain every word of `query`, case-insensitively."""
        if query != self._query:
            key = self.key
            self._query = query
            self._filter(key)

    def matches(self, row: Row) -> bool:
        """Does a row, listed here or not, contain every word that is searched for?"""
        text = self._searched(row).casefold()
        return all(word in text for word in self._query.casefold().split())

    def go_to_key(self, key: str) -> bool:
        """Put the cursor on a row; False when it is not listed."""
        for index, row in enumerate(self._rows):
            if self._key_of(row) == key:
                self.go_to(index)
                self.cursor_moved()
                return True
        return False

    def _filter(self, key: str | None) -> None:
        words = self._query.casefold().split()
        self._rows = [row for row in self._all if self.matches(row)] if words else self._all
        found = next((i for i, row in enumerate(self._rows) if self._key_of(row) == key), 0)
        self.set_reactive(LineView.cursor, found)
        found_rows = f"/{one_line(self._query, 40)}  {len(self._rows)}" if words else ""
        self.border_subtitle = Content(found_rows)
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

    def cursor_moved(self) -> None:
        self.key = self._key_of(self._rows[self.cursor]) if self._rows else None
