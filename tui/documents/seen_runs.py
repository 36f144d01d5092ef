"""Which runs of changed rows in a comparison were marked as seen."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Collection
from enum import IntEnum

from core.patch.align import Alignment, FileAlignment, Lane
from core.sources import encode


class SeenMark(IntEnum):
    """How a row shows that its change was seen."""

    NO = 0
    WITHIN = 1
    FIRST = 2


class SeenRuns:
    """Looks up the runs of one alignment among the digests of seen changes."""

    def __init__(self, alignment: Alignment, seen: Collection[str]) -> None:
        self._files = alignment.files
        self._seen = seen
        self._digests: dict[tuple[int, int], str] = {}  # by file and first row

    def mark(self, number: int, at: int) -> SeenMark:
        """How a row of the alignment is marked."""
        if not self._seen or (start := _start_of(self._files[number], at)) is None:
            return SeenMark.NO
        if self._digest(number, start) not in self._seen:
            return SeenMark.NO
        return SeenMark.FIRST if at == start else SeenMark.WITHIN

    def digest_at(self, number: int, at: int) -> str | None:
        """The digest of the change that a row belongs to; None if nothing is changed there."""
        start = _start_of(self._files[number], at)
        return None if start is None else self._digest(number, start)

    def summary(self, number: int) -> str:
        """How many changes of a file were seen; "" for none."""
        if not self._seen:
            return ""
        changes = self._files[number].changes
        count = sum(self._digest(number, start) in self._seen for start in changes)
        return f"{count} of {len(changes)} seen" if count else ""

    def _digest(self, number: int, start: int) -> str:
        if (number, start) not in self._digests:
            self._digests[number, start] = _digest(self._files[number], start)
        return self._digests[number, start]


def _start_of(file: FileAlignment, at: int) -> int | None:
    if not 0 <= at < len(file) or not _is_changed(file, at):
        return None
    return file.changes[bisect_right(file.changes, at) - 1]


def _is_changed(file: FileAlignment, at: int) -> bool:
    return file.row(at).lane not in (Lane.CONTEXT, Lane.GAP)


def _digest(file: FileAlignment, start: int) -> str:
    """Of the path and of the lines of both sides from `start` to the end of the run."""
    digest = hashlib.sha256(encode(file.path))
    for row in file.rows(start):
        if row.lane in (Lane.CONTEXT, Lane.GAP):
            break
        for cell in (row.human, row.attempt):
            line = b"-" if cell is None else b"+" + encode(cell.kind + cell.text)
            digest.update(b"%d:" % len(line) + line)
    return digest.hexdigest()[:32]
