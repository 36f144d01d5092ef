"""How one row of a file's alignment is drawn: its sides, their colours and word marks."""

from __future__ import annotations

from bisect import bisect_right

from textual.content import Content

from core.patch.align import Cell, FileAlignment, Lane, Presence, Row, word_marks
from core.patch.parse import FilePatch, Hunk
from core.text import counted
from tui.documents.cells import Sheet, draw_cell, side_by_side, side_widths, stacked, stacked_width
from tui.documents.patch_colours import PatchColours, Spans, WordSpans


class RowDrawing:
    """Draws rows of any file, in one column where `is_stacked` or where only one side has it."""

    def __init__(self, colours: tuple[PatchColours, PatchColours], is_stacked: bool) -> None:
        self._colours = colours
        self._is_stacked = is_stacked

    def has_two_sides(self, file: FileAlignment) -> bool:
        """Are the rows of a file drawn side by side?"""
        return not self._is_stacked and file.presence is Presence.BOTH

    def draw(
        self, sheet: Sheet, file: FileAlignment, row: Row, side: int | None, signs: tuple[str, str]
    ) -> Content:
        """One row; `side` 0 or 1: in one column, only that side's line.

        `signs` are those of remarks on the human's line and on the attempt's.
        """
        if row.lane is Lane.GAP:
            text = f"{'':>{sheet.digits}} ⋯ {counted(row.gap, 'unchanged line')}"
            return Content.styled(text, "$gutter").truncate(sheet.width)
        words = self._words(row)
        if self.has_two_sides(file):
            left, right = side_widths(sheet)
            human = self._draw_side(0, file, row, left, sheet.columns, words[0])
            attempt = self._draw_side(1, file, row, right, sheet.columns, words[1])
            return side_by_side(sheet, row, human, attempt, signs)
        shown = signs if side is None else (signs[side],)
        sign = next((sign for sign in reversed(shown) if sign), "")
        side = _only_side(row) if side is None else side
        number = 1 if side == 1 else 0
        room = stacked_width(sheet)
        content = self._draw_side(number, file, row, room, sheet.columns, words[number])
        return stacked(sheet, row, (side != 1, side != 0), content, sign)

    def _draw_side(
        self,
        side: int,
        file: FileAlignment,
        row: Row,
        width: int,
        columns: int,
        words: WordSpans,
    ) -> Content:
        cell = (row.human, row.attempt)[side]
        spans: Spans = ()
        if cell is not None:
            spans = self._spans(side, file, cell) or self._spans_of_twin(side, file, row)
        return draw_cell(cell, row.lane, width, columns, spans, words)

    def _spans(self, side: int, file: FileAlignment, cell: Cell) -> Spans:
        patch_file = (file.human, file.attempt)[side]
        if cell.index is None or patch_file is None:
            return ()
        hunk = _hunk_at(patch_file, cell.index)
        return self._colours[side].spans(patch_file, hunk, cell.index) if hunk else ()

    def _spans_of_twin(self, side: int, file: FileAlignment, row: Row) -> Spans:
        """The colours of an unchanged line that only the other side's hunks show."""
        cell, twin = (row.human, row.attempt) if side == 0 else (row.attempt, row.human)
        if cell is None or twin is None or cell.index is not None:
            return ()
        return self._spans(1 - side, file, twin)

    def _words(self, row: Row) -> tuple[WordSpans, WordSpans]:
        human, attempt = row.human, row.attempt
        if row.lane is Lane.DIFFER and human and attempt and human.kind == attempt.kind:
            return word_marks(human.text, attempt.text)
        return (
            self._colours[0].words(human.index) if human and human.index is not None else (),
            self._colours[1].words(attempt.index) if attempt and attempt.index is not None else (),
        )


def _only_side(row: Row) -> int | None:
    """Which side's line represents a row in one column: 0, 1, or None if both are alike."""
    if row.lane in (Lane.CONTEXT, Lane.SAME):
        return None
    if row.human is None or (row.human.kind == " " and row.attempt is not None):
        return 1
    return 0


def _hunk_at(file: FilePatch, index: int) -> Hunk | None:
    at = bisect_right(file.hunks, index, key=lambda hunk: hunk.start) - 1
    return file.hunks[at] if at >= 0 and index < file.hunks[at].stop else None
