"""How one row of a comparison is drawn: numbers, the sign of its lane, markers, code."""

from __future__ import annotations

from msgspec import Struct
from textual.content import Content

from core.patch.align import Cell, Lane, Row
from tui.documents.lines import code, cropped
from tui.documents.patch_colours import Spans, WordSpans
from tui.documents.seen_runs import SeenMark

LANE_SIGNS: dict[Lane, tuple[str, str]] = {
    Lane.CONTEXT: (" ", ""),
    Lane.SAME: ("=", "$accent-text"),
    Lane.HUMAN: ("◂", "$middling"),
    Lane.ATTEMPT: ("▸", "$middling"),
    Lane.DIFFER: ("≠", "$bad"),
    Lane.GAP: (" ", ""),
}
SIGN = 2
"""Cells for the sign of the remarks on a line, and their number."""
_SIGN = "bold $accent-text"
_TINTS = {"+": "on $added-tint", "-": "on $removed-tint"}
_WORDS = {"+": "on $added-word", "-": "on $removed-word"}
_MARKERS = {"+": "bold $added", "-": "bold $removed", "\\": "$gutter", " ": ""}


class Sheet(Struct, frozen=True):
    """The measures of the rows of one file: cells for a line number, and for all."""

    digits: int
    width: int
    columns: int  # how far the code is scrolled to the right
    continued: bool = False  # a further line of a wrapped row
    seen: SeenMark = SeenMark.NO  # was the row's change marked as seen?

    def lane(self, sign: str, style: str) -> tuple[str, str]:
        """The sign of a lane, dimmed if the change was seen."""
        if self.seen is SeenMark.FIRST:
            return "✓", "$good"
        return sign, "$gutter" if self.seen else style

    def number(self, value: int | None) -> tuple[str, str]:
        """A line number in its gutter."""
        shown = "" if value is None or self.continued else str(value)
        return shown.rjust(self.digits) + " ", "$gutter"


def draw_cell(
    cell: Cell | None,
    lane: Lane,
    width: int,
    columns: int,
    spans: Spans,
    words: WordSpans,
) -> Content:
    """The marker and code of one side of a row, in exactly `width` cells."""
    if cell is None:
        return Content(" " * max(0, width))
    changed = cell.kind in _TINTS
    marked = [(*span, _WORDS[cell.kind]) for span in _trimmed(cell.text, words)] if changed else []
    line = cropped(code(cell.text, [*spans, *marked]), columns, width - 2)
    content = Content.assemble((f"{cell.kind} ", _MARKERS[cell.kind]), line)
    if changed:
        tint = "on $same-tint" if lane is Lane.SAME else _TINTS[cell.kind]
        content = content.stylize_before(tint)
    elif cell.kind == "\\":
        content = content.stylize("$gutter")
    return content


def _trimmed(text: str, words: WordSpans) -> WordSpans:
    """Without the white space around words, unless only white space changed."""
    trimmed = []
    for start, stop in words:
        word = text[start:stop]
        if word.strip():
            left = start + len(word) - len(word.lstrip())
            trimmed.append((left, left + len(word.strip())))
    return tuple(trimmed) or words


def side_by_side(
    sheet: Sheet, row: Row, human: Content, attempt: Content, signs: tuple[str, str]
) -> Content:
    """A row with the human side left and the attempt's right; `signs` precede each."""
    mark, style = LANE_SIGNS[row.lane]
    own, other = signs
    return Content.assemble(
        sheet.number(row.base),
        sheet.lane(mark, style),
        (own.ljust(SIGN), _SIGN),
        sheet.number(row.human.new if row.human else None),
        human,
        (other.ljust(SIGN), _SIGN) if other else ("│".rjust(SIGN), "$gutter"),
        sheet.number(row.attempt.new if row.attempt else None),
        attempt,
    )


def stacked(sheet: Sheet, row: Row, cells: tuple[bool, bool], text: Content, sign: str) -> Content:
    """A row with one column of code; `cells` says whose line it is: the human's, the attempt's."""
    mark, style = LANE_SIGNS[row.lane]
    if row.lane is Lane.DIFFER:
        mark = "◂" if cells[0] else "▸"
    return Content.assemble(
        sheet.number(row.base),
        sheet.number(row.human.new if row.human and cells[0] else None),
        sheet.number(row.attempt.new if row.attempt and cells[1] else None),
        sheet.lane(mark, style),
        (sign.ljust(SIGN), _SIGN),
        text,
    )


def side_widths(sheet: Sheet) -> tuple[int, int]:
    """Cells for the human's and the attempt's code in a row of two sides."""
    room = sheet.width - 3 * (sheet.digits + 1) - 1 - 2 * SIGN
    return room - room // 2, room // 2


def stacked_width(sheet: Sheet) -> int:
    """Cells for the code in a row of one column."""
    return sheet.width - 3 * (sheet.digits + 1) - 1 - SIGN
