"""What one patch does to one base file: which base lines it shows, keeps, removes and replaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from core.patch.parse import FilePatch, Hunk

_POLL_LINES = 4096
MOST_BASE_LINES = 10**9
"""No file has more; a hunk that states more is placed there, so that numbers fit into 32 bits."""


class Cancelled(Exception):
    """The caller no longer wants the alignment."""


Poll = Callable[[], None]
"""Called every few thousand lines; raises `Cancelled` to stop."""


def poll_of(cancelled: Callable[[], bool] | None) -> Poll:
    """A poll that calls `cancelled`, if there is one."""

    def poll() -> None:
        if cancelled is not None and cancelled():
            raise Cancelled

    return poll


class Run(NamedTuple):
    """Base lines `start` to before `stop`, found from `index` on in the patch."""

    start: int
    stop: int
    position: int
    removed: bool


class Block(Struct):
    """A run of changed lines: base lines `start` to before `stop` become the added lines."""

    start: int
    stop: int
    added: list[int]  # indexes into `Patch.lines`


class OneSide(Struct):
    """One patch's part of a file, in base order."""

    lines: Sequence[str] = ()
    runs: list[Run] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    no_newline: dict[int, int] = field(default_factory=dict)  # index: how many `\` lines follow
    disorder: int | None = None  # the base line at which the hunks go backwards

    def ends_at(self, index: int) -> bool:
        """Does the text end with this line? In a cut patch it may be the beginning of one."""
        return index == len(self.lines) - 1

    def added_keys(self, blocks: Sequence[Block]) -> tuple[list[int], list[str]]:
        """The added lines of some blocks: their indexes, and texts that compare them.

        A last line without its newline does not equal one with it.
        """
        indexes = [index for block in blocks for index in block.added]
        keys = [self.lines[index] for index in indexes]
        if self.no_newline:
            keys = [
                key + "\n" if index in self.no_newline else key
                for index, key in zip(indexes, keys, strict=True)
            ]
        return indexes, keys


class Group(NamedTuple):
    """Blocks of both sides that touch: base lines `start` to before `stop`."""

    start: int
    stop: int
    human: list[Block]
    attempt: list[Block]


def read_side(lines: Sequence[str], file: FilePatch | None, poll: Poll) -> OneSide:
    """What a patch does to a file; nothing at all if it does not change it."""
    side = OneSide(lines)
    base = 1
    block: Block | None = None
    for hunk in sorted(file.hunks, key=lambda hunk: hunk.first_old) if file else ():
        start = min(hunk.first_old, MOST_BASE_LINES)
        if start < base:
            side.disorder = start
            return side
        if start > base and block:
            side.blocks.append(block)
            block = None
        base, block = _read_hunk(side, hunk, start, block, poll)
    if block:
        side.blocks.append(block)
    return side


def _read_hunk(
    side: OneSide, hunk: Hunk, base: int, block: Block | None, poll: Poll
) -> tuple[int, Block | None]:
    """Read one hunk; returns the base line after it and the block that is still open there."""
    lines = side.lines
    run_base, run_index, run_mark = base, hunk.start, ""
    for index in range(hunk.start, hunk.stop):
        mark = lines[index][:1]
        if mark not in ("+", "-", "\\"):
            mark = " "
        if mark != run_mark:
            _close_run(side, run_base, base, run_index, run_mark)
            run_base, run_index, run_mark = base, index, mark
        if mark == " ":
            if block:
                side.blocks.append(block)
                block = None
            base += 1
        elif mark == "\\":
            _mark_no_newline(side, hunk, index)
        else:
            if block is None:
                block = Block(base, base, [])
            if mark == "-":
                base += 1
                block.stop = base
            else:
                block.added.append(index)
        if not index % _POLL_LINES:
            poll()
    _close_run(side, run_base, base, run_index, run_mark)
    return base, block


def _close_run(side: OneSide, start: int, stop: int, index: int, mark: str) -> None:
    if stop > start:
        side.runs.append(Run(start, stop, index, mark == "-"))


def _mark_no_newline(side: OneSide, hunk: Hunk, index: int) -> None:
    before = index - 1
    while before >= hunk.start and side.lines[before].startswith("\\"):
        before -= 1
    if before >= hunk.start:
        side.no_newline[before] = index - before


def touching_groups(human: Sequence[Block], attempt: Sequence[Block]) -> Iterator[Group]:
    """The blocks of both sides, grouped if they overlap or touch, in base order."""
    i = j = 0
    while i < len(human) or j < len(attempt):
        starts = [blocks[k].start for blocks, k in ((human, i), (attempt, j)) if k < len(blocks)]
        start = stop = min(starts)
        first_i, first_j = i, j
        growing = True
        while growing:
            growing = False
            if i < len(human) and human[i].start <= stop:
                stop, i, growing = max(stop, human[i].stop), i + 1, True
            if j < len(attempt) and attempt[j].start <= stop:
                stop, j, growing = max(stop, attempt[j].stop), j + 1, True
        yield Group(start, stop, list(human[first_i:i]), list(attempt[first_j:j]))
