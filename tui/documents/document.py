"""What every document offers to the view that draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from textual.content import Content

from core.models import Side
from core.text import visible

TAB_SIZE = 4
LONGEST_LINE = 20_000
"""Characters of one line that are drawn; more is said at its end, and copying gives all."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in the code: a line (from 1) of one version of a file."""

    file: str
    line: int
    side: Side


class Document(Protocol):
    """Rows of text, each drawn on demand."""

    changes: Sequence[int]
    """Rows where a change begins."""

    files: Sequence[int]
    """Rows where a file begins."""

    def __len__(self) -> int:
        """How many rows there are."""

    def draw(self, row: int, width: int, columns: int) -> Content:
        """One row in `width` cells, its code scrolled `columns` cells to the right."""

    def text_of(self, row: int) -> str:
        """The code of one row without decoration."""

    def place(self, row: int) -> Place | None:
        """Where a row stands in the code, if it does."""


def shown(line: str) -> str:
    """One line of code as it is drawn: harmless, tabs expanded, very long ones ended honestly."""
    rest = len(line) - LONGEST_LINE
    if rest > 0:
        line = f"{line[:LONGEST_LINE]} … {rest} more characters"
    return visible(line.removesuffix("\r"), tab=TAB_SIZE)


def cropped(content: Content, columns: int, width: int) -> Content:
    """Content from a cell column on, at most `width` cells."""
    if columns <= 0 and content.cell_length <= width:
        return content
    if content.plain.isascii():
        return content[columns : columns + width]
    cells = 0
    start = 0
    for start, character in enumerate(content.plain):  # noqa: B007
        if cells >= columns:
            break
        cells += Content(character).cell_length
    else:
        start = len(content.plain)
    return content[start:].truncate(width)
