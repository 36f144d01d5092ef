"""A saved view is a filter and an order, kept as one text."""

from __future__ import annotations

import pytest

from core.assess.filters import FilterError, SavedView, parse_view


@pytest.mark.parametrize(
    "view",
    [
        SavedView("agent:codex rc:!=0", "-size,agent"),
        SavedView("words", ""),
        SavedView("", "seconds"),
        SavedView(),
    ],
)
def test_a_view_comes_back_as_it_was_kept(view: SavedView) -> None:
    assert parse_view(view.text) == view


@pytest.mark.parametrize("text", ["nothing:1 sort:size", "agent:x sort:nothing", 'a "b'])
def test_what_is_wrong_with_a_view_is_told(text: str) -> None:
    with pytest.raises(FilterError):
        parse_view(text)
