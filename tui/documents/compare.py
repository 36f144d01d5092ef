"""Both patches on their common base, as a document: aligned rows under a heading a file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from textual.content import Content

from core.align import Alignment, Cell, FileAlignment, Lane, Presence, Row, word_marks
from core.diff import FilePatch, Hunk
from core.models import Side
from tui.documents.cells import Sheet, draw_cell, side_by_side, side_widths, stacked, stacked_width
from tui.documents.colours import PatchColours, Spans, WordSpans
from tui.documents.document import Place, Work
from tui.documents.headings import heading, notes_on, paths_of
from tui.documents.layout import Kind, Layout, Segment, View, changed_rows
from tui.documents.lines import cells, shown
from tui.documents.marks import Mark


@dataclass(frozen=True, slots=True)
class Gap:
    """Base lines that no hunk shows: `count` from line `first` (from 1) of `path` in the base."""

    file: int
    row: int
    path: str
    first: int
    count: int


class CompareDocument:
    """The alignment as the view says; documents of other views share alignment and colours."""

    def __init__(
        self,
        alignment: Alignment,
        colours: tuple[PatchColours, PatchColours],
        marks: Sequence[Mark] = (),
        view: View | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        self.alignment = alignment
        self.view = view or View()
        self._colours = colours
        self._marks = marks
        self._marked = [self._marked_rows(file) for file in alignment.files]
        self._general = notes
        self._notes = [list(notes_on(file)) for file in alignment.files]
        self._layout = Layout(alignment, self.view, len(notes), self._notes, self._marked)
        self.files: Sequence[int] = self._layout.files

    @cached_property
    def changes(self) -> Sequence[int]:
        """Rows where a run of changes begins."""
        return changed_rows(self._layout, self.alignment)

    @cached_property
    def marks(self) -> Sequence[int]:
        """Rows that a remark stands at."""
        rows = (
            self._layout.visible_row(number, row)
            for number, marked in enumerate(self._marked)
            for row in marked
        )
        return sorted(rows)

    def with_view(self, view: View) -> CompareDocument:
        """The same comparison seen in another way."""
        return CompareDocument(self.alignment, self._colours, self._marks, view, self._general)

    def with_marks(self, marks: Sequence[Mark]) -> CompareDocument:
        """The same comparison with other remarks."""
        return CompareDocument(self.alignment, self._colours, marks, self.view, self._general)

    def place_of(self, row: int) -> tuple[int, int]:
        """The file and the row of the alignment that a visible row belongs to (-1: above it)."""
        if not len(self):
            return -1, -1
        segment, inside = self._layout.find(row)
        if segment.kind in (Kind.GENERAL, Kind.FILE, Kind.NOTE):
            return segment.file, -1
        return segment.file, segment.start + (inside if segment.kind is Kind.ROWS else 0)

    def row_of(self, file: int, row: int) -> int:
        """Where a row of the alignment is on the screen (-1: the heading of its file)."""
        return self._layout.visible_row(file, row) if file >= 0 else 0

    def gap_at(self, row: int) -> Gap | None:
        """The gap that a visible row stands for; None when it is no gap."""
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

    def row_of_line(self, place: Place) -> int | None:
        """Where a line of a file is on the screen; None when no row shows it."""
        for number, file in enumerate(self.alignment.files):
            if (
                place.file in paths_of(file)
                and (row := file.row_of(place.side, place.line)) is not None
            ):
                return self._layout.visible_row(number, row)
        return None

    def __len__(self) -> int:
        return len(self._layout)

    # Drawing

    def draw(self, row: int, width: int, columns: int, continued: bool = False) -> Content:
        segment, inside = self._layout.find(row)
        if segment.kind is Kind.GENERAL:
            text = f" {self._general[segment.start]}"
            return Content.styled(text, "$middling").truncate(width, ellipsis=True)
        file = self.alignment.files[segment.file]
        match segment.kind:
            case Kind.FILE:
                return heading(file, len(self._marked[segment.file]), width)
            case Kind.NOTE:
                text = self._notes[segment.file][segment.start]
                return Content.styled(f"  {text}", "$middling").truncate(width, ellipsis=True)
            case Kind.FOLD:
                text = f"  ⋯ {segment.hidden} rows without a change (z unfolds)"
                return Content.styled(text, "$gutter").truncate(width)
            case Kind.MARK:
                mark = self._marks[segment.hidden]
                text = f"      {mark.sign} {mark.text}"
                return Content.styled(text, mark.style).truncate(width, ellipsis=True)
            case _:
                sheet = Sheet(self._digits(segment.file), width, columns, continued)
                return self._draw_row(sheet, segment, inside, file)

    def _draw_row(
        self, sheet: Sheet, segment: Segment, inside: int, file: FileAlignment
    ) -> Content:
        if segment.kind is Kind.BASE:
            row = self._base_row(segment, inside, file)
        else:
            at = segment.start + (inside if segment.kind is Kind.ROWS else 0)
            row = file.row(at)
        sign = self._sign(segment, inside)
        if row.lane is Lane.GAP:
            text = f"{'':>{sheet.digits}} ⋯ {row.gap} unchanged lines"
            return Content.styled(text, "$gutter").truncate(sheet.width)
        words = self._words(row)
        if self._has_two_sides(file):
            left, right = side_widths(sheet)
            human = self._draw_side(0, file, row, left, sheet.columns, words[0])
            attempt = self._draw_side(1, file, row, right, sheet.columns, words[1])
            return side_by_side(sheet, row, human, attempt, sign)
        side = inside if segment.kind is Kind.PAIR else self._only_side(row)
        cells = (side != 1, side != 0)
        number = 1 if side == 1 else 0
        room = stacked_width(sheet)
        content = self._draw_side(number, file, row, room, sheet.columns, words[number])
        return stacked(sheet, row, cells, content, sign)

    def _has_two_sides(self, file: FileAlignment) -> bool:
        return not self.view.stacked and file.presence is Presence.BOTH

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

    def _spans(
        self, side: int, file: FileAlignment, cell: Cell
    ) -> tuple[tuple[int, int, str], ...]:
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

    @staticmethod
    def _only_side(row: Row) -> int | None:
        """Which side's line stands for a row in one column: 0, 1, or None for both alike."""
        if row.lane in (Lane.CONTEXT, Lane.SAME):
            return None
        if row.human is None or (row.human.kind == " " and row.attempt is not None):
            return 1
        return 0

    def _base_row(self, segment: Segment, inside: int, file: FileAlignment) -> Row:
        gap = file.row(segment.start)
        text = self.view.base_lines[segment.file, segment.start][inside]
        new = [
            cell.new + inside if cell and cell.new else None for cell in (gap.human, gap.attempt)
        ]
        human, attempt = (Cell(" ", text, number, None) for number in new)
        return Row((gap.base or 1) + inside, Lane.CONTEXT, human, attempt)

    def _digits(self, number: int) -> int:
        file = self.alignment.files[number]
        last = file.row(len(file) - 1) if len(file) else None
        numbers = [last.base or 0] if last else [0]
        numbers += [cell.new or 0 for cell in (last.human, last.attempt) if cell] if last else []
        return max(3, len(str(max(numbers))))

    # Reading

    def measure(self, row: int, width: int) -> tuple[int, int]:
        segment, _ = self._layout.find(row)
        if segment.kind not in (Kind.ROWS, Kind.PAIR, Kind.BASE):
            return width, 0
        file = self.alignment.files[segment.file]
        sheet = Sheet(self._digits(segment.file), width, 0)
        room = side_widths(sheet)[1] if self._has_two_sides(file) else stacked_width(sheet)
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
        if not self._has_two_sides(file):
            return self.text_of(row)
        return cell.text if cell is not None else ""

    def text_of(self, row: int) -> str:
        segment, inside = self._layout.find(row)
        if segment.kind is Kind.GENERAL:
            return self._general[segment.start]
        file = self.alignment.files[segment.file]
        if segment.kind is Kind.MARK:
            return self._marks[segment.hidden].text
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
        if segment.kind not in (Kind.ROWS, Kind.PAIR):
            return None
        file = self.alignment.files[segment.file]
        found = file.row(segment.start + (inside if segment.kind is Kind.ROWS else 0))
        if found.lane is Lane.GAP:
            return None
        return _place(file, found, inside if segment.kind is Kind.PAIR else None)

    def work(self) -> Work | None:
        wanting = [colours for colours in self._colours if colours.is_wanting]
        if not wanting:
            return None

        def prepare(cancelled: Callable[[], bool]) -> None:
            for colours in wanting:
                colours.prepare(cancelled)

        return prepare

    def _marked_rows(self, file: FileAlignment) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number, mark in enumerate(self._marks):
            if mark.place.file in paths_of(file):
                row = file.row_of(mark.place.side, mark.place.line)
                if row is not None:
                    found.setdefault(row, []).append(number)
        return found

    def _sign(self, segment: Segment, inside: int) -> str:
        row = segment.start + (inside if segment.kind is Kind.ROWS else 0)
        marked = self._marked[segment.file].get(row)
        return self._marks[marked[0]].sign if marked else " "


def _place(file: FileAlignment, row: Row, side: int | None) -> Place:
    """A line of the attempt if there is one, else of the human, else of the base."""
    for number, cell, name in ((1, row.attempt, Side.ATTEMPT), (0, row.human, Side.HUMAN)):
        patch_file = (file.human, file.attempt)[number]
        if side in (None, number) and cell is not None and cell.new is not None:
            return Place(patch_file.path if patch_file else file.path, cell.new, name)
    return Place(file.path, row.base or 1, Side.BASE)


def _hunk_at(file: FilePatch, index: int) -> Hunk | None:
    at = bisect_right(file.hunks, index, key=lambda hunk: hunk.start) - 1
    return file.hunks[at] if at >= 0 and index < file.hunks[at].stop else None
