"""Where remarks stand in a comparison: at which rows, and on the side that they speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from core.models import Side
from core.patch.align import Alignment, FileAlignment
from tui.documents.cells import Sheet, side_widths
from tui.documents.file_headings import paths_of
from tui.documents.lines import cells, prose
from tui.documents.marks import Mark

INDENT = 6
"""Cells before a remark where it has the whole row."""


class Remarks:
    """The remarks on both patches, by the rows of their alignment."""

    def __init__(self, marks: Sequence[Mark], alignment: Alignment) -> None:
        self.marks = marks
        self._in_file: dict[str, list[int]] = {}
        for number, mark in enumerate(marks):
            self._in_file.setdefault(mark.place.file, []).append(number)
        self.rows: list[Mapping[int, Sequence[int]]] = [self._rows(f) for f in alignment.files]

    def _rows(self, file: FileAlignment) -> dict[int, list[int]]:
        """The numbers of the remarks on each row of a file."""
        found: dict[int, list[int]] = {}
        for number in sorted(n for path in paths_of(file) for n in self._in_file.get(path, ())):
            place = self.marks[number].place
            if (row := file.row_of(place.side, place.line)) is not None:
                found.setdefault(row, []).append(number)
        return found

    def signs(self, file: int, row: int) -> tuple[str, str]:
        """The first remark's sign on the human's (or the base's) line, and on the attempt's."""
        marks = [self.marks[number] for number in self.rows[file].get(row, ())]
        human = next((mark.sign for mark in marks if mark.place.side is not Side.ATTEMPT), " ")
        attempt = next((mark.sign for mark in marks if mark.place.side is Side.ATTEMPT), " ")
        return human, attempt

    def draw(self, number: int, sheet: Sheet, two_sided: bool) -> Content:
        """A remark below its line: on its side where there are two."""
        mark = self.marks[number]
        indent, room = self._room(mark, sheet, two_sided)
        said = f"{mark.sign} {mark.text}"
        content = prose(said, mark.style, indent, sheet.columns, indent + room)
        return content.truncate(sheet.width, pad=True)

    def measure(self, number: int, sheet: Sheet, two_sided: bool) -> tuple[int, int]:
        """The cells that a remark has, and those that it needs."""
        mark = self.marks[number]
        return max(1, self._room(mark, sheet, two_sided)[1]), cells(mark.text) + 2

    def _room(self, mark: Mark, sheet: Sheet, two_sided: bool) -> tuple[int, int]:
        if not two_sided:
            return INDENT, sheet.width - INDENT
        right = side_widths(sheet)[1]
        if mark.place.side is Side.ATTEMPT:
            return sheet.width - right, right
        return INDENT, sheet.width - right - sheet.digits - 2 - INDENT
