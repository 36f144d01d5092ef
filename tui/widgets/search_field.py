"""The line for typing what to search for in a list or in the large text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input

from core.assess.filters import complete
from core.triage import Triage
from tui.last_visit import filters_typed, keep_filter
from tui.widgets.document_view import DocumentView
from tui.widgets.row_list import RowList

_LOOKED_THROUGH = 2_000
"""How many attempts are searched for values to offer."""


class FilterSuggester(Suggester):
    """Completes the last word of a filter: names of fields, and values that attempts have."""

    def __init__(self, triage: Triage) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._triage = triage

    async def get_suggestion(self, value: str) -> str | None:
        """The filter with its last word completed."""
        if not value or value[-1].isspace():
            return None
        some = self._triage.run_set.attempts[:_LOOKED_THROUGH]
        known = [self._triage.assessment(attempt.key) for attempt in some]
        found = complete(value, len(value), known, self._triage.run_set.commits)
        typed = value[found.start :]
        fitting = (c for c in found.candidates if c.startswith(typed) and c != typed)
        candidate = next(fitting, None)
        return None if candidate is None else value[: found.start] + candidate


class SearchField(Input):
    """Open while typing; lists follow each letter, a text is searched on Enter.

    ↑ and ↓ go through the filters that were typed before.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "earlier(1)", "an earlier filter"),
        Binding("down", "earlier(-1)", "a later filter"),
    ]

    def __init__(self, triage: Triage, id: str) -> None:
        super().__init__(id=id, compact=True)
        self._completing = FilterSuggester(triage)
        self._pane: Widget | None = None
        self._typed: Sequence[str] = ()
        self._back = 0  # how many filters back

    @property
    def is_open(self) -> bool:
        """Is something being typed?"""
        return self.has_class("-open")

    def open(self, pane: Widget) -> None:
        """Search in this pane."""
        self._pane = pane
        is_list = isinstance(pane, RowList)
        self.value = pane.search if isinstance(pane, RowList) else ""
        words = "words, or field:value such as agent:codex rc:!=0 (→ completes)"
        usual = "search in the commits" if is_list else "search in the text"
        self.placeholder = words if pane.id == "attempts" else usual
        is_filter = is_list and pane.id == "attempts"
        self.suggester = self._completing if is_filter else None
        self._typed, self._back = filters_typed() if is_filter else (), 0
        self.add_class("-open")
        self.focus()

    def watch_value(self, before: str, value: str) -> None:
        if self.is_open and isinstance(self._pane, RowList):
            self._pane.filter_rows(value)

    async def action_submit(self) -> None:
        """Keep the search and go back to the pane."""
        if isinstance(self._pane, DocumentView):
            self._pane.search(self.value)
        elif self.suggester is not None:
            keep_filter(self.value)
        self._close()

    def action_earlier(self, step: int) -> None:
        """Put in an earlier (-1: later) filter; after the newest comes none."""
        self._back = max(0, min(self._back + step, len(self._typed)))
        self.value = self._typed[-self._back] if self._back else ""
        self.cursor_position = len(self.value)

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
    """Is a search active in this pane?"""
    if isinstance(pane, RowList):
        return bool(pane.search)
    return isinstance(pane, DocumentView) and bool(pane.found)


def clear_search(pane: Widget | None) -> None:
    """End the search in this pane."""
    if isinstance(pane, RowList):
        pane.filter_rows("")
    elif isinstance(pane, DocumentView):
        pane.search("")
