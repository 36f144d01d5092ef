"""Where remarks are in a comparison: at which rows, and on which side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from core.assess.comments import find_again
from core.models import LineComment, Side
from core.patch.align import Alignment, FileAlignment, Presence
from tui.documents.cells import SIGN, Sheet, side_widths
from tui.documents.file_headings import paths_of
from tui.documents.file_lines import file_lines
from tui.documents.lines import cells, prose
from tui.documents.marks import PEN, Mark

_WEIGHT = f"●{PEN}◆◍○"
"""Signs in descending order of weight."""

INDENT = 6
"""Cells before a remark that has the whole row."""


class Remarks:
    """The remarks on both patches, by the rows of their alignment."""

    def __init__(self, marks: Sequence[Mark], alignment: Alignment) -> None:
        self.marks = marks
        self._files = alignment.files
        self._in_file: dict[str, list[int]] = {}
        for number, mark in enumerate(marks):
            self._in_file.setdefault(mark.place.file, []).append(number)
        self.gone: list[list[str]] = []  # by file, comments whose line is no longer there
        self.rows: list[Mapping[int, Sequence[int]]] = [self._rows(f) for f in alignment.files]

    def _rows(self, file: FileAlignment) -> dict[int, list[int]]:
        """The numbers of the remarks on each row of a file."""
        found: dict[int, list[int]] = {}
        gone: list[str] = []
        known: dict[Side, dict[int, str]] = {}
        for number in sorted(n for path in paths_of(file) for n in self._in_file.get(path, ())):
            mark = self.marks[number]
            comment = mark.comment
            line = _line_now(comment, file, known) if comment else mark.place.line
            row = file.row_of(mark.place.side, line) if line is not None else None
            if row is not None:
                found.setdefault(row, []).append(number)
            elif comment is not None and file.presence is not Presence.AGAIN:
                gone.append(
                    f"{PEN} outdated, {mark.place.side.value} line {mark.place.line}: {mark.text}"
                )
        self.gone.append(gone)
        return found

    def line_of(self, comment: LineComment) -> int | None:
        """Where the text of a comment is now; None if it is gone, or its file."""
        files = [file for file in self._files if comment.file in paths_of(file)]
        lines = (_line_now(comment, file, {}) for file in files)
        return next((line for line in lines if line is not None), None)

    def signs(self, file: int, row: int) -> tuple[str, str]:
        """The sign of the remarks on the human's (or the base's) line, and on the attempt's.

        Each is that of the weightiest remark, with their number if there are several.
        """
        marks = [self.marks[number] for number in self.rows[file].get(row, ())]
        own = [mark.sign for mark in marks if mark.place.side is not Side.ATTEMPT]
        return _sign(own), _sign([m.sign for m in marks if m.place.side is Side.ATTEMPT])

    def draw(self, number: int, sheet: Sheet, two_sided: bool) -> Content:
        """A remark below its line: on its own side if there are two."""
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
        return INDENT, sheet.width - right - sheet.digits - 1 - SIGN - INDENT


def _line_now(
    comment: LineComment, file: FileAlignment, known: dict[Side, dict[int, str]]
) -> int | None:
    """Where the text of a comment is now; None if it is gone."""
    side, line = comment.side, comment.line
    if not comment.line_hash:
        return line
    if side not in known:
        known[side] = dict(file_lines(file, side))
    found = find_again(comment, known[side])
    if found is None and (row := file.row_of(side, line)) is not None:
        return line if file.row(row).gap else None  # no hunk shows that line
    return found


def _sign(signs: Sequence[str]) -> str:
    if not signs:
        return ""
    count = "" if len(signs) == 1 else str(len(signs)) if len(signs) < 10 else "+"
    return min(signs, key=_WEIGHT.find) + count
