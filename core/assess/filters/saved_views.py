"""Saved views: a filter under a name, with the order of its attempts if one is wanted.

A view is kept as text, such as "agent:codex rc:!=0 sort:-size": a filter (`docs/filters.md`), then
optionally `sort:` and columns.
"""

from __future__ import annotations

from msgspec import Struct

from core.assess.filters.attempt_filter import parse_filter
from core.assess.filters.sorting import parse_order

_SORT = "sort:"


class SavedView(Struct, frozen=True):
    """What a view lists: a filter and an order, each as typed; "" for none."""

    filter: str = ""
    order: str = ""

    @property
    def text(self) -> str:
        """The view as stored."""
        return " ".join(filter(None, (self.filter, self.order and f"{_SORT}{self.order}")))


def parse_view(text: str) -> SavedView:
    """A view from its text. Raises `FilterError` if filter or order cannot be understood."""
    words, order = text.strip(), ""
    start, _, last = words.rpartition(" ")
    if last.startswith(_SORT):
        words, order = start.strip(), last.removeprefix(_SORT)
    parse_filter(words)
    parse_order(order)
    return SavedView(words, order)
