"""The rows of one file: base lines once, in order, with what each side does to them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from core.patch.align.adds import Budget, place_adds
from core.patch.align.aligned import HAS_BASE, Columns, Lane, line_text
from core.patch.align.sides import Group, OneSide, Poll, touching_groups

_NEVER = 2**31 - 1


class BasesDiffer(Exception):
    """The two patches do not have the same base: `line` is the first that shows it."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Shown(NamedTuple):
    """How a side shows a base line: where (-1: not at all), and up to which base line."""

    at: int
    removed: bool
    stop: int


class RowBuilder:
    """Appends the rows of one file, in base order."""

    def __init__(self, human: OneSide, attempt: OneSide, poll: Poll) -> None:
        self.columns = Columns()
        self.sides = (human, attempt)
        self.poll = poll
        self.base = 1  # the next base line
        self.new = [1, 1]  # the next line of each patched file
        self.run = [0, 0]  # the run of each side that was used last
        self.budget = Budget(sum(len(b.added) for side in self.sides for b in side.blocks))

    def build(self) -> Columns:
        """All rows. Raises `BasesDiffer` and `Cancelled`."""
        groups = touching_groups(self.sides[0].blocks, self.sides[1].blocks)
        for group in groups:
            self.poll()
            self._append_base(group.start, Lane.CONTEXT)
            self._append_group(group)
        stop = max((side.runs[-1].stop for side in self.sides if side.runs), default=1)
        self._append_base(stop, Lane.CONTEXT)
        return self.columns

    def _append_group(self, group: Group) -> None:
        """Append the base lines that a group changes, and its added lines among them."""
        lane = Lane.DIFFER
        if not (group.human and group.attempt):
            lane = Lane.HUMAN if group.human else Lane.ATTEMPT
        human, human_keys = self.sides[0].added_keys(group.human)
        attempt, attempt_keys = self.sides[1].added_keys(group.attempt)
        for place, add in place_adds(group, human_keys, attempt_keys, self.budget, self.poll):
            self.poll()
            self._append_base(place, lane)
            indexes = (
                human[add.human : add.human + add.size] if add.human >= 0 else [],
                attempt[add.attempt : add.attempt + add.size] if add.attempt >= 0 else [],
            )
            self._append_adds(indexes, add.size, Lane.SAME if add.equal else lane)
        self._append_base(group.stop, lane)

    def _append_base(self, stop: int, lane: Lane) -> None:
        """Append base lines up to before `stop`; `lane` is that of lines only one side removes."""
        while self.base < stop:
            human, attempt = self._shown(0), self._shown(1)
            size = min(stop, human.stop, attempt.stop) - self.base
            if human.at < 0 and attempt.at < 0:
                self._append_gap(size)
            else:
                self._append_run(size, (human, attempt), lane)

    def _shown(self, side: int) -> _Shown:
        runs, base = self.sides[side].runs, self.base
        k = self.run[side]
        while k < len(runs) and runs[k].stop <= base:
            k += 1
        self.run[side] = k
        if k == len(runs):
            return _Shown(-1, False, _NEVER)
        start, stop, index, removed = runs[k]
        if start > base:
            return _Shown(-1, False, start)
        return _Shown(index + base - start, removed, stop)

    def _append_gap(self, size: int) -> None:
        columns = self.columns
        columns.flags.append(Lane.GAP)
        columns.base.append(self.base)
        columns.human_index.append(size)
        columns.attempt_index.append(-1)
        columns.human_new.append(self.new[0])
        columns.attempt_new.append(self.new[1])
        self.base += size
        self.new[0] += size
        self.new[1] += size

    def _append_run(self, size: int, shown: tuple[_Shown, _Shown], lane: Lane) -> None:
        human, attempt = shown
        if human.at >= 0 and attempt.at >= 0:
            self._compare_bases(size, human.at, attempt.at)
        if human.removed and attempt.removed:
            lane = Lane.SAME
        elif not (human.removed or attempt.removed):
            lane = Lane.CONTEXT
        columns = self.columns
        columns.flags.extend(bytes((lane | HAS_BASE,)) * size)
        columns.base.extend(range(self.base, self.base + size))
        self.base += size
        last = []
        for side, (index, removed, _) in enumerate(shown):
            self._extend_indexes(side, range(index, index + size) if index >= 0 else (), size)
            self._extend_new(side, size, moves=not removed)
            last.append(index + size - 1 if index >= 0 else -1)
        self._append_no_newline(last, lane)

    def _compare_bases(self, size: int, human: int, attempt: int) -> None:
        """Raise `BasesDiffer` at the first line where the two sides claim different texts."""
        ours = self.sides[0].lines[human : human + size]
        theirs = self.sides[1].lines[attempt : attempt + size]
        if ours == theirs:
            return
        for line, (our, their) in enumerate(zip(ours, theirs, strict=True)):
            our, their = line_text(our), line_text(their)
            is_cut = (self.sides[0].ends_at(human + line) and their.startswith(our)) or (
                self.sides[1].ends_at(attempt + line) and our.startswith(their)
            )
            if our != their and not is_cut:
                raise BasesDiffer(self.base + line)

    def _append_adds(self, indexes: Sequence[Sequence[int]], size: int, lane: Lane) -> None:
        if size > 1 and any(
            not side.no_newline.keys().isdisjoint(own)
            for side, own in zip(self.sides, indexes, strict=True)
            if side.no_newline
        ):
            for at in range(size):
                self._append_adds([own[at : at + 1] for own in indexes], 1, lane)
            return
        columns = self.columns
        columns.flags.extend(bytes((lane,)) * size)
        columns.base.extend(self._same(self.base, size))
        for side, own in enumerate(indexes):
            self._extend_indexes(side, own, size)
            self._extend_new(side, size, moves=bool(own))
        self._append_no_newline([own[-1] if own else -1 for own in indexes], lane)

    def _append_no_newline(self, last: Sequence[int], lane: Lane) -> None:
        """Append the `\\ No newline at end of file` lines that follow the last row, if any do."""
        follow = [
            side.no_newline.get(index, 0) for side, index in zip(self.sides, last, strict=True)
        ]
        for k in range(1, max(follow) + 1):
            self.columns.flags.append(lane)
            self.columns.base.append(self.base)
            for side, index in enumerate(last):
                self._extend_indexes(side, [index + k] if k <= follow[side] else (), 1)
                self._extend_new(side, 1, moves=False)

    def _extend_indexes(self, side: int, indexes: Sequence[int], size: int) -> None:
        column = (self.columns.human_index, self.columns.attempt_index)[side]
        column.extend(indexes if indexes else self._same(-1, size))

    def _extend_new(self, side: int, size: int, *, moves: bool) -> None:
        column = (self.columns.human_new, self.columns.attempt_new)[side]
        new = self.new[side]
        if moves:
            column.extend(range(new, new + size))
            self.new[side] = new + size
        else:
            column.extend(self._same(new, size))

    @staticmethod
    def _same(value: int, size: int) -> array[int]:
        return array("i", (value,)) * size
