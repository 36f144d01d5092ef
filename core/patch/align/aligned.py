"""Aligned rows, stored as columns of integers and made into records when a screen asks for one."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from msgspec import Struct, field

from core.models import Side
from core.patch.parse import FilePatch, Patch


class Lane(IntEnum):
    """Who changed what a row shows."""

    CONTEXT = 0  # neither
    SAME = 1  # both, alike
    HUMAN = 2  # only the human
    ATTEMPT = 3  # only the attempt
    DIFFER = 4  # both changed this place, differently
    GAP = 5  # base lines that no hunk shows


class Presence(StrEnum):
    """Which of the two patches change a file."""

    BOTH = "both"
    MISSED = "missed"  # only the human's
    EXTRA = "extra"  # only the attempt's
    AGAIN = "again"  # a further part of a file shown above, which changes the same lines


class Cell(Struct, frozen=True):
    """One side of a row. `index` is None for an unchanged line that this side's hunks leave out."""

    kind: str  # " ", "+", "-" or "\\"
    text: str  # without the marker
    new: int | None  # line number in this side's patched file
    index: int | None  # into this side's `Patch.lines`


class Row(Struct, frozen=True):
    """One row of the comparison; a side that has nothing here is None.

    In a row of lane `GAP`, `base` and the cells' `new` are those of the first of `gap` lines, which
    are unchanged on both sides.
    """

    base: int | None
    lane: Lane
    human: Cell | None
    attempt: Cell | None
    gap: int = 0


class Counts(Struct, frozen=True):
    """Rows of a file (or of all) by lane, without context."""

    matched: int = 0
    human_only: int = 0
    attempt_only: int = 0
    different: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.matched + other.matched,
            self.human_only + other.human_only,
            self.attempt_only + other.attempt_only,
            self.different + other.different,
        )


HAS_BASE = 8
"""Bit of `Columns.flags`: the row shows a base line."""
_LANE = 7
_CHANGES = re.compile(rb"[^\x00\x05\x08\x0d]+")  # runs of rows that are neither context nor gap


def _integers() -> array[int]:
    return array("i")


class Columns(Struct):
    """The rows as columns. Line numbers never fall: a row without a line has the next one's.

    A gap row has its number of lines in place of the human index.
    """

    flags: bytearray = field(default_factory=bytearray)  # lane, and HAS_BASE
    base: array[int] = field(default_factory=_integers)
    human_index: array[int] = field(default_factory=_integers)  # -1: none
    attempt_index: array[int] = field(default_factory=_integers)
    human_new: array[int] = field(default_factory=_integers)
    attempt_new: array[int] = field(default_factory=_integers)


@dataclass(frozen=True, slots=True, eq=False)
class FileAlignment:
    """One file's rows; `row(i)` for `i` in `range(len(file))`.

    If `base_conflict` is not None, the two patches do not have the same base (that line is the
    first on which they disagree, or on which a patch goes backwards): all rows of the human come
    before all rows of the attempt.
    """

    human: FilePatch | None
    attempt: FilePatch | None
    base_conflict: int | None
    counts: Counts
    changes: Sequence[int]  # the first row of each run of changed rows
    _columns: Columns
    _human_lines: tuple[str, ...]
    _attempt_lines: tuple[str, ...]
    _split: int  # without alignment: the attempt's first row
    is_again: bool = False  # both patches change the file, but this part of one is unpaired

    @property
    def presence(self) -> Presence:
        """Which of the two patches change this file."""
        if self.is_again:
            return Presence.AGAIN
        if self.human is None:
            return Presence.EXTRA
        return Presence.MISSED if self.attempt is None else Presence.BOTH

    @property
    def path(self) -> str:
        """The path to show: the human's, or the attempt's if the human leaves the file alone."""
        file = self.human or self.attempt
        return file.path if file else ""

    def __len__(self) -> int:
        return len(self._columns.flags)

    def row(self, at: int) -> Row:
        """One row, made on demand. Raises `IndexError`."""
        columns = self._columns
        flags = columns.flags[at]
        lane = Lane(flags & _LANE)
        base = columns.base[at]
        if lane is Lane.GAP:
            human = Cell(" ", "", columns.human_new[at], None)
            attempt = Cell(" ", "", columns.attempt_new[at], None)
            return Row(base, lane, human, attempt, columns.human_index[at])
        return Row(base if flags & HAS_BASE else None, lane, self._cell(at, 0), self._cell(at, 1))

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """The rows from `start` to before `stop` (to the end when None)."""
        for at in range(start, len(self) if stop is None else min(stop, len(self))):
            yield self.row(at)

    def runs(self) -> Iterator[tuple[int, int]]:
        """The runs of changed rows, each from its first row to before a row."""
        return (run.span() for run in _CHANGES.finditer(self._columns.flags))

    def pairs(self) -> Iterator[int]:
        """The rows in which both sides have a line of their own, and they differ."""
        columns = self._columns
        for start, stop in self.runs():
            for at in range(start, stop):
                both = columns.human_index[at] >= 0 and columns.attempt_index[at] >= 0
                if both and columns.flags[at] & _LANE == Lane.DIFFER:
                    yield at

    def row_of(self, side: Side, line: int) -> int | None:
        """The row that shows a line of the base or of a patched file (1-based); may be a gap."""
        columns = self._columns
        numbers = {
            Side.BASE: columns.base,
            Side.HUMAN: columns.human_new,
            Side.ATTEMPT: columns.attempt_new,
        }[side]
        start, stop = 0, len(self)
        if self.base_conflict is not None and side is not Side.BASE:
            start, stop = (0, self._split) if side is Side.HUMAN else (self._split, stop)
        elif self.base_conflict is not None:
            stop = self._split or stop
        at = bisect_right(numbers, line, start, stop) - 1
        if at < start:
            return None
        if columns.flags[at] & _LANE == Lane.GAP:
            return at if line < numbers[at] + columns.human_index[at] else None
        return at if numbers[at] == line and self._shows(at, side) else None

    def _shows(self, at: int, side: Side) -> bool:
        """Does the row have a line number on this side?"""
        if side is Side.BASE:
            return bool(self._columns.flags[at] & HAS_BASE)
        cell = self._cell(at, 0 if side is Side.HUMAN else 1)
        return cell is not None and cell.new is not None

    def _cell(self, at: int, side: int) -> Cell | None:
        columns = self._columns
        indexes = (columns.human_index[at], columns.attempt_index[at])
        lines = (self._human_lines, self._attempt_lines)
        index = indexes[side]
        new = (columns.attempt_new if side else columns.human_new)[at]
        if index >= 0:
            line = lines[side][index]
            kind = line[:1]
            if kind not in ("+", "-", "\\"):
                return Cell(" ", line_text(line), new, index)
            return Cell(kind, line[1:], new if kind == "+" else None, index)
        if self.base_conflict is None and columns.flags[at] & HAS_BASE:
            return Cell(" ", line_text(lines[1 - side][indexes[1 - side]]), new, None)
        return None


class Alignment(Struct, frozen=True, eq=False):
    """All files of two patches: those of both, then the missed ones, then the extra ones."""

    human: Patch
    attempt: Patch
    files: tuple[FileAlignment, ...]

    @property
    def counts(self) -> Counts:
        """The counts of all files together."""
        return sum((file.counts for file in self.files), Counts())


def line_text(line: str) -> str:
    """A hunk line without its marker (a blank context line may have lost it)."""
    return line[1:] if line[:1] in ("+", "-", " ", "\\") else line


def build_file(
    patches: tuple[Patch, Patch],
    files: tuple[FilePatch | None, FilePatch | None],
    columns: Columns,
    base_conflict: int | None = None,
    split: int = 0,
) -> FileAlignment:
    """A file's alignment from its rows, with what follows from them."""
    flags = columns.flags
    matched, human, attempt, different = (
        flags.count(lane) + flags.count(lane | HAS_BASE)
        for lane in (Lane.SAME, Lane.HUMAN, Lane.ATTEMPT, Lane.DIFFER)
    )
    return FileAlignment(
        *files,
        base_conflict,
        Counts(matched, human, attempt, different),
        array("i", [run.start() for run in _CHANGES.finditer(flags)]),
        columns,
        patches[0].lines,
        patches[1].lines,
        split,
    )
