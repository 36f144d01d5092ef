"""What every document offers to the view that draws it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct
from textual.content import Content

from core.models import Finding, Issue, Side


class Place(Struct, frozen=True):
    """A row's place in the code: a line (from 1) of one version of a file."""

    file: str
    line: int
    side: Side

    @classmethod
    def of(cls, remark: Finding | Issue) -> Place | None:
        """The place of a finding, or of the judge's issue; None without a line."""
        if remark.file is None or remark.line is None:
            return None
        return cls(remark.file, remark.line, remark.side)


Work = Callable[[Callable[[], bool]], None]
"""Work for off the UI thread; it is given a function that says when to stop."""


class Document(Protocol):
    """Rows of text, each drawn on demand."""

    @property
    def changes(self) -> Sequence[int]:
        """Rows where a change begins."""

    @property
    def files(self) -> Sequence[int]:
        """Rows where a file begins."""

    @property
    def marks(self) -> Sequence[int]:
        """Rows with a finding, an issue or a comment."""

    def __len__(self) -> int:
        """How many rows there are."""

    def draw(self, row: int, width: int, columns: int, continued: bool = False) -> Content:
        """One row in `width` cells, its code scrolled `columns` cells to the right.

        `continued`: this is not the first line of a wrapped row, so it has no numbers.
        """

    def measure(self, row: int, width: int) -> tuple[int, int]:
        """The cells that a row of `width` cells has for code, and the cells that its code needs."""

    def text_of(self, row: int) -> str:
        """The code of one row without decoration, of both sides where they differ."""

    def code_at(self, row: int, x: int, width: int) -> str:
        """The code of the side at cell `x` of a row drawn in `width` cells."""

    def place(self, row: int) -> Place | None:
        """The row's place in the code, if it has one."""

    def work(self) -> Work | None:
        """What would make rows drawn so far look better, such as colours; None: nothing."""
