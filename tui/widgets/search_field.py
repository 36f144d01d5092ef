"""The line in which one types what to search for in a list or in the large text."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Input

from tui.widgets.document_view import DocumentView
from tui.widgets.row_list import RowList


class SearchField(Input):
    """Open while one types; lists follow each letter, a text is searched on Enter."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id, compact=True)
        self._pane: Widget | None = None

    @property
    def is_open(self) -> bool:
        """Is something being typed?"""
        return self.has_class("-open")

    def open(self, pane: Widget) -> None:
        """Search in this pane."""
        self._pane = pane
        is_list = isinstance(pane, RowList)
        self.value = pane.search if isinstance(pane, RowList) else ""
        self.placeholder = f"search {pane.border_title}" if is_list else "search in the text"
        self.add_class("-open")
        self.focus()

    def watch_value(self, before: str, value: str) -> None:
        if self.is_open and isinstance(self._pane, RowList):
            self._pane.filter_rows(value)

    async def action_submit(self) -> None:
        """Keep the search and go back to the pane."""
        if isinstance(self._pane, DocumentView):
            self._pane.search(self.value)
        self._close()

    def leave(self) -> None:
        """Clear the search and go back to the pane."""
        clear_search(self._pane)
        self._close()

    def _close(self) -> None:
        pane, self._pane = self._pane, None
        self.remove_class("-open")
        if pane is not None:
            pane.focus()


def is_searched(pane: Widget | None) -> bool:
    """Does a search hold in this pane?"""
    if isinstance(pane, RowList):
        return bool(pane.search)
    return isinstance(pane, DocumentView) and bool(pane.found)


def clear_search(pane: Widget | None) -> None:
    """End the search in this pane."""
    if isinstance(pane, RowList):
        pane.filter_rows("")
    elif isinstance(pane, DocumentView):
        pane.search("")
