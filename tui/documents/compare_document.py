"""Both patches on their common base, as a document: aligned rows under a heading per file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from msgspec import Struct
from textual.content import Content

from core.models import LineComment, Side
from core.patch.align import Alignment, Cell, FileAlignment, Lane, Row
from core.records import replace
from core.text import counted
from tui.documents.aligned_rows import RowDrawing
from tui.documents.cells import Sheet, side_widths, stacked_width
from tui.documents.document import Place, Work
from tui.documents.file_headings import HUMAN_AND_ATTEMPT, Sides, heading, notes_on, paths_of
from tui.documents.layout import Kind, Layout, Segment, View, changed_rows
from tui.documents.lines import cells, prose, shown
from tui.documents.marks import Mark
from tui.documents.patch_colours import PatchColours
from tui.documents.remarks import Remarks
from tui.documents.seen_runs import SeenRuns

_PROSE = {Kind.GENERAL: 1, Kind.NOTE: 2}
"""The kinds of rows that are sentences about code, and their indentation."""


class Gap(Struct, frozen=True):
    """Base lines that no hunk shows: `count` from line `first` (from 1) of `path` in the base."""

    file: int
    row: int
    path: str
    first: int
    count: int


class CompareDocument:
    """The alignment as the view shows it; documents of other views share alignment and colours."""

    def __init__(
        self,
        alignment: Alignment,
        colours: tuple[PatchColours, PatchColours],
        marks: Sequence[Mark] = (),
        view: View | None = None,
        notes: Sequence[str] = (),
        sides: Sides = HUMAN_AND_ATTEMPT,
    ) -> None:
        self.alignment = alignment
        self._sides = sides
        self.view = view or View()
        self._colours = colours
        self._remarks = Remarks(marks, alignment)
        self._rows = RowDrawing(colours, self.view.stacked)
        self._seen = SeenRuns(alignment, self.view.seen)
        self._widths: dict[int, int] = {}
        self._general = notes
        gone = self._remarks.gone
        self._notes = [[*notes_on(f), *gone[n]] for n, f in enumerate(alignment.files)]
        self._layout = Layout(alignment, self.view, len(notes), self._notes, self._remarks.rows)
        self.files: Sequence[int] = self._layout.files

    @cached_property
    def changes(self) -> Sequence[int]:
        """Rows where a run of changes begins."""
        return changed_rows(self._layout, self.alignment)

    @cached_property
    def marks(self) -> Sequence[int]:
        """Rows with a remark."""
        rows = (
            self._layout.visible_row(number, row)
            for number, marked in enumerate(self._remarks.rows)
            for row in marked
        )
        return sorted(set(rows))

    def with_view(self, view: View) -> CompareDocument:
        """The same comparison seen in another way."""
        return self._again(self._remarks.marks, view)

    def with_marks(self, marks: Sequence[Mark]) -> CompareDocument:
        """The same comparison with other remarks."""
        return self._again(marks, self.view)

    def _again(self, marks: Sequence[Mark], view: View) -> CompareDocument:
        given = (self.alignment, self._colours, marks, view, self._general, self._sides)
        return CompareDocument(*given)

    def place_of(self, row: int) -> tuple[int, int, int]:
        """A visible row's file, its alignment row (-1: above), and its line in an opened gap."""
        if not len(self):
            return -1, -1, 0
        segment, inside = self._layout.find(row)
        if segment.kind in (Kind.GENERAL, Kind.FILE, Kind.NOTE):
            return segment.file, -1, 0
        at = segment.start + (inside if segment.kind is Kind.ROWS else 0)
        return segment.file, at, inside if segment.kind is Kind.BASE else 0

    def row_of(self, file: int, row: int, line: int = 0) -> int:
        """Where a row of the alignment is on the screen (-1: the heading of its file)."""
        if file < 0:
            return 0
        visible = self._layout.visible_row(file, row)
        segment, _ = self._layout.find(visible)
        return visible + (min(line, segment.count - 1) if segment.kind is Kind.BASE else 0)

    def is_fold(self, row: int) -> bool:
        """Does a visible row represent folded rows?"""
        return self._layout.find(row)[0].kind is Kind.FOLD

    def gap_at(self, row: int) -> Gap | None:
        """The gap that a visible row represents; None if it is not a gap."""
        segment, inside = self._layout.find(row)
        if segment.kind is not Kind.ROWS:
            return None
        file, at = self.alignment.files[segment.file], segment.start + inside
        found = file.row(at)
        if found.lane is not Lane.GAP or found.base is None:
            return None
        patch_file = file.human or file.attempt
        path = (patch_file.old_path if patch_file else None) or file.path
        return Gap(segment.file, at, path, found.base, found.gap)

    def with_toggled(self, row: int) -> CompareDocument | None:
        """With the remarks on a row opened, or closed; None if there are none."""
        file, at, _ = self.place_of(row)
        if at < 0 or at not in self._remarks.rows[file]:
            return None
        toggled = self.view.toggled ^ {(file, at)}
        return self.with_view(replace(self.view, toggled=toggled))

    def change_at(self, row: int) -> str | None:
        """The digest of the change at a visible row (`seen_runs`); None if there is none."""
        file, at, _ = self.place_of(row)
        return self._seen.digest_at(file, at) if at >= 0 else None

    def line_of(self, comment: LineComment) -> int | None:
        """Where the text of a comment is now; None if it is gone."""
        return self._remarks.line_of(comment)

    def row_of_line(self, place: Place) -> int | None:
        """Where a line of a file is on the screen; None if no row shows it."""
        for number, file in enumerate(self.alignment.files):
            if (
                place.file in paths_of(file)
                and (row := file.row_of(place.side, place.line)) is not None
            ):
                return self.row_of(number, row, place.line - _first_line(file.row(row), place.side))
        return None

    def __len__(self) -> int:
        return len(self._layout)

    # Drawing

    def draw(self, row: int, width: int, columns: int, continued: bool = False) -> Content:
        segment, inside = self._layout.find(row)
        if segment.kind is Kind.GENERAL:
            text = self._general[segment.start]
            return prose(text, "$middling", _PROSE[segment.kind], columns, width)
        file = self.alignment.files[segment.file]
        sheet = Sheet(self._digits(segment.file), width, columns, continued)
        match segment.kind:
            case Kind.FILE:
                remarks, seen = self._remarks.rows[segment.file], self._seen.summary(segment.file)
                return heading(file, len(remarks), width, self._sides, seen)
            case Kind.NOTE:
                text = self._notes[segment.file][segment.start]
                return prose(text, "$middling", _PROSE[segment.kind], columns, width)
            case Kind.FOLD:
                text = f"  ⋯ {counted(segment.hidden, 'unchanged line')} (z unfolds)"
                return Content.styled(text, "$gutter").truncate(width)
            case Kind.MARK:
                return self._remarks.draw(segment.hidden, sheet, self._rows.has_two_sides(file))
            case _:
                return self._draw_row(sheet, segment, inside, file)

    def _draw_row(
        self, sheet: Sheet, segment: Segment, inside: int, file: FileAlignment
    ) -> Content:
        at = segment.start + (inside if segment.kind is Kind.ROWS else 0)
        is_base = segment.kind is Kind.BASE
        row = self._base_row(segment, inside, file) if is_base else file.row(at)
        sheet = replace(sheet, seen=self._seen.mark(segment.file, at))
        signs = self._remarks.signs(segment.file, at)
        side = inside if segment.kind is Kind.PAIR else None
        return self._rows.draw(sheet, file, row, side, signs)

    def _base_row(self, segment: Segment, inside: int, file: FileAlignment) -> Row:
        gap = file.row(segment.start)
        text = self.view.base_lines[segment.file, segment.start][inside]
        new = [
            cell.new + inside if cell and cell.new else None for cell in (gap.human, gap.attempt)
        ]
        human, attempt = (Cell(" ", text, number, None) for number in new)
        return Row((gap.base or 1) + inside, Lane.CONTEXT, human, attempt)

    def _digits(self, number: int) -> int:
        """Cells for the line numbers of a file."""
        if number not in self._widths:
            self._widths[number] = self._measured_digits(number)
        return self._widths[number]

    def _measured_digits(self, number: int) -> int:
        file = self.alignment.files[number]
        last = file.row(len(file) - 1) if len(file) else None
        numbers = [last.base or 0] if last else [0]
        numbers += [cell.new or 0 for cell in (last.human, last.attempt) if cell] if last else []
        return max(3, len(str(max(numbers))))

    # Reading

    def measure(self, row: int, width: int) -> tuple[int, int]:
        segment, _ = self._layout.find(row)
        if (indent := _PROSE.get(segment.kind)) is not None:
            return max(1, width - indent), cells(self.text_of(row))
        if segment.kind is Kind.MARK:
            file = self.alignment.files[segment.file]
            sheet = Sheet(self._digits(segment.file), width, 0)
            return self._remarks.measure(segment.hidden, sheet, self._rows.has_two_sides(file))
        if segment.kind not in (Kind.ROWS, Kind.PAIR, Kind.BASE):
            return width, 0
        file = self.alignment.files[segment.file]
        sheet = Sheet(self._digits(segment.file), width, 0)
        room = side_widths(sheet)[1] if self._rows.has_two_sides(file) else stacked_width(sheet)
        return max(1, room - 2), max(map(cells, self.text_of(row).split("\n")))

    def code_at(self, row: int, x: int, width: int) -> str:
        segment, inside = self._layout.find(row)
        if segment.kind is not Kind.ROWS:
            return self.text_of(row)
        file = self.alignment.files[segment.file]
        found = file.row(segment.start + inside)
        sheet = Sheet(self._digits(segment.file), width, 0)
        on_left = x < width - side_widths(sheet)[1] - sheet.digits - 1
        cell = found.human if on_left else found.attempt
        if not self._rows.has_two_sides(file):
            return self.text_of(row)
        return cell.text if cell is not None else ""

    def text_of(self, row: int) -> str:
        segment, inside = self._layout.find(row)
        if segment.kind is Kind.GENERAL:
            return self._general[segment.start]
        file = self.alignment.files[segment.file]
        if segment.kind is Kind.MARK:
            return self._remarks.marks[segment.hidden].text
        if segment.kind is Kind.NOTE:
            return self._notes[segment.file][segment.start]
        if segment.kind is Kind.BASE:
            return self.view.base_lines[segment.file, segment.start][inside]
        if segment.kind not in (Kind.ROWS, Kind.PAIR):
            return shown(file.path) if segment.kind is Kind.FILE else ""
        found = file.row(segment.start + (inside if segment.kind is Kind.ROWS else 0))
        cells = [found.human, found.attempt]
        if segment.kind is Kind.PAIR:
            cells = [cells[inside]]
        texts = dict.fromkeys(cell.text for cell in cells if cell is not None)
        return "\n".join(texts)

    def place(self, row: int) -> Place | None:
        segment, inside = self._layout.find(row)
        if segment.kind is Kind.BASE:
            file = self.alignment.files[segment.file]
            return _place(file, self._base_row(segment, inside, file), None)
        if segment.kind not in (Kind.ROWS, Kind.PAIR):
            return None
        file = self.alignment.files[segment.file]
        found = file.row(segment.start + (inside if segment.kind is Kind.ROWS else 0))
        if found.lane is Lane.GAP:
            return None
        return _place(file, found, inside if segment.kind is Kind.PAIR else None)

    def work(self) -> Work | None:
        wanting = [colours for colours in self._colours if colours.needs_preparing]
        if not wanting:
            return None

        def prepare(cancelled: Callable[[], bool]) -> None:
            for colours in wanting:
                colours.prepare(cancelled)

        return prepare


def _first_line(row: Row, side: Side) -> int:
    """The number of the first line in a row."""
    cell = {Side.HUMAN: row.human, Side.ATTEMPT: row.attempt}.get(side)
    return (cell.new if cell is not None else row.base) or 0


def _place(file: FileAlignment, row: Row, side: int | None) -> Place:
    """A line of the attempt if there is one, else of the human, else of the base."""
    for number, cell, name in ((1, row.attempt, Side.ATTEMPT), (0, row.human, Side.HUMAN)):
        patch_file = (file.human, file.attempt)[number]
        if side in (None, number) and cell is not None and cell.new is not None:
            return Place(patch_file.path if patch_file else file.path, cell.new, name)
    return Place(file.path, row.base or 1, Side.BASE)
