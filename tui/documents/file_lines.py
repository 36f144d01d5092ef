"""The lines of an aligned file on one side, as far as its hunks show them."""

from __future__ import annotations

from collections.abc import Iterator

from core.models import Side
from core.patch.align import FileAlignment, Row


def file_lines(file: FileAlignment, side: Side) -> Iterator[tuple[int, str]]:
    """The number and the text of each line that is known on one side."""
    for row in file.rows():
        if not row.gap:
            yield from _of_row(row, side)


def _of_row(row: Row, side: Side) -> Iterator[tuple[int, str]]:
    cells = [cell for cell in (row.human, row.attempt) if cell is not None]
    if side is Side.BASE:
        texts = [cell.text for cell in cells if cell.kind in (" ", "-")]
        if row.base is not None and texts:
            yield row.base, texts[0]
        return
    cell = row.human if side is Side.HUMAN else row.attempt
    if cell is not None and cell.new is not None:
        yield cell.new, cell.text
