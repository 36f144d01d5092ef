"""Which rows of an alignment are on the screen, in which order: folding, stacking, remarks."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto

from msgspec import Struct, field

from core.patch.align import Alignment, FileAlignment
from core.records import replace

CONTEXT = 3
"""Unchanged rows kept around a change when context is folded."""


class Kind(Enum):
    """What a segment of visible rows shows."""

    GENERAL = auto()  # a sentence about the comparison: `start` is its number
    FILE = auto()  # the heading of a file
    NOTE = auto()  # a sentence about the file: `start` is its number
    ROWS = auto()  # rows of the alignment, one each, from row `start`
    PAIR = auto()  # a row whose two sides differ, one under the other
    FOLD = auto()  # rows from `start` that are not shown: `hidden` lines of the base
    BASE = auto()  # the base lines behind gap row `start`
    MARK = auto()  # a remark on row `start`: `hidden` is its number


class Segment(Struct, frozen=True):
    """Consecutive visible rows of one kind."""

    kind: Kind
    file: int
    start: int
    count: int
    hidden: int = 0


class View(Struct, frozen=True):
    """How the user wants to see it."""

    stacked: bool = False
    folded: bool = False
    remarks: bool = True  # are they open below their lines?
    toggled: frozenset[tuple[int, int]] = frozenset()
    """Files and rows for which it is the other way round."""
    seen: frozenset[str] = frozenset()
    """Digests of the changes that the reviewer has marked as seen (`seen_runs`)."""
    base_lines: Mapping[tuple[int, int], Sequence[str]] = field(default_factory=dict)
    """The lines of gaps that were expanded, by file and row."""

    def after(self, before: View) -> View:
        """This view with what was opened in another; toggling all remarks resets single ones."""
        toggled = before.toggled if before.remarks is self.remarks else frozenset()
        return replace(self, base_lines=before.base_lines, toggled=toggled)


class Layout:
    """The segments in order, and where each begins."""

    def __init__(
        self,
        alignment: Alignment,
        view: View,
        general: int,
        notes: Sequence[Sequence[str]],
        marked: Sequence[Mapping[int, Sequence[int]]],
    ) -> None:
        self.segments: list[Segment] = []
        self._starts = array("q")
        self._size = 0
        self.files: list[int] = []
        self._of_rows: list[tuple[int, int]] = []  # by file, its segments of rows: from, to before
        for number in range(general):
            self._add(Segment(Kind.GENERAL, -1, number, 1))
        for number, file in enumerate(alignment.files):
            self.files.append(self._size)
            self._add(Segment(Kind.FILE, number, 0, 1))
            for note in range(len(notes[number])):
                self._add(Segment(Kind.NOTE, number, note, 1))
            first = len(self.segments)
            for segment in _file_segments(number, file, view, marked[number]):
                self._add(segment)
            self._of_rows.append((first, len(self.segments)))

    def __len__(self) -> int:
        return self._size

    def find(self, row: int) -> tuple[Segment, int]:
        """The segment of a visible row, and the row's place in it."""
        at = bisect_right(self._starts, row) - 1
        return self.segments[at], row - self._starts[at]

    def visible_row(self, file: int, row: int) -> int:
        """Where a row of the alignment is on the screen (folded: the fold that hides it)."""
        first, stop = self._of_rows[file]
        at = bisect_right(self.segments, row, first, stop, key=lambda segment: segment.start) - 1
        while at >= first and self.segments[at].kind is Kind.MARK:  # below the row it is on
            at -= 1
        if at < first:
            return self.files[file]
        segment = self.segments[at]
        inside = row - segment.start if segment.kind is Kind.ROWS else 0
        return self._starts[at] + min(inside, segment.count - 1)

    def of_file(self, file: int) -> Iterator[tuple[Segment, int]]:
        """The segments of one file, each with its first visible row."""
        at = bisect_right(self._starts, self.files[file]) - 1
        while at < len(self.segments) and self.segments[at].file == file:
            yield self.segments[at], self._starts[at]
            at += 1

    def _add(self, segment: Segment) -> None:
        self.segments.append(segment)
        self._starts.append(self._size)
        self._size += segment.count


def _file_segments(
    number: int, file: FileAlignment, view: View, marked: Mapping[int, Sequence[int]]
) -> Iterator[Segment]:
    """The rows of one file: split where something comes between them or is set apart."""
    pairs = set(file.pairs()) if view.stacked else set()
    is_open = {row: view.remarks is not ((number, row) in view.toggled) for row in marked}
    remarks = {row: marks for row, marks in marked.items() if is_open[row]}
    opened = {row for at, row in view.base_lines if at == number}
    stops = sorted(pairs | set(remarks) | opened)
    for start, stop, hidden in _shown_ranges(file, view.folded, stops):
        if hidden:
            yield Segment(Kind.FOLD, number, start, 1, _lines_between(file, start, stop))
            continue
        at = start
        for row in stops[bisect_right(stops, start - 1) : bisect_right(stops, stop - 1)]:
            apart = row in pairs or row in opened
            plain = row - at + (0 if apart else 1)
            if plain:
                yield Segment(Kind.ROWS, number, at, plain)
            if row in opened:
                yield Segment(Kind.BASE, number, row, len(view.base_lines[number, row]))
            elif row in pairs:
                yield Segment(Kind.PAIR, number, row, 2)
            for mark in remarks.get(row, ()):
                yield Segment(Kind.MARK, number, row, 1, mark)
            at = row + 1
        if at < stop:
            yield Segment(Kind.ROWS, number, at, stop - at)


def _shown_ranges(
    file: FileAlignment, folded: bool, stops: Sequence[int]
) -> Iterator[tuple[int, int, bool]]:
    """Ranges of rows in order, each shown or hidden."""
    size = len(file)
    if not folded:
        if size:
            yield 0, size, False
        return
    wanted = sorted([*file.runs(), *((row, row + 1) for row in stops)])
    at = 0
    for start, stop in wanted:
        first = max(at, start - CONTEXT)
        last = min(size, stop + CONTEXT)
        if last <= at:
            continue
        if first > at + 1:
            yield at, first, True
            at = first
        yield at, last, False
        at = last
    if at < size:
        yield at, size, size > at + 1


def _lines_between(file: FileAlignment, start: int, stop: int) -> int:
    """How many lines of the base some unchanged rows represent, those of gaps included."""
    if file.base_conflict is not None:
        return sum(row.gap or 1 for row in file.rows(start, stop))
    first, last = file.row(start), file.row(stop - 1)
    return (last.base or 0) + (last.gap or 1) - (first.base or 0)


def changed_rows(layout: Layout, alignment: Alignment) -> array[int]:
    """The visible rows at which a run of changes begins, ascending."""
    found = array("q")
    for number, file in enumerate(alignment.files):
        starts = iter(file.changes)
        change = next(starts, None)
        for segment, start in layout.of_file(number):
            while change is not None and segment.kind in (Kind.ROWS, Kind.PAIR):
                rows = segment.count if segment.kind is Kind.ROWS else 1
                if not segment.start <= change < segment.start + rows:
                    break
                found.append(start + change - segment.start)
                change = next(starts, None)
    return found
