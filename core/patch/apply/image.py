"""Where a hunk fits into a file, as git's `apply.c` decides, and the file that results.

A hunk must fit byte for byte, anywhere in the file; the place nearest to the stated one wins. One
that starts at line 1 must fit there, one without context at its end must fit at the file's end,
and no hunk may touch lines that an earlier hunk of the same file has taken.
"""

from __future__ import annotations

from io import BytesIO

from core.patch.apply.apply_records import Refused, Undecided
from core.patch.apply.hunks import Hunk

_MAX_COMPARED_LINES = 20_000_000
"""About a second. Only made-up files of endless equal lines come near it."""
_STRIPPED = bytes.maketrans(b"", b""), b" \t\n\r"


class Image:
    """The lines of a file while hunks are put into it (`struct image`)."""

    def __init__(self, content: bytes) -> None:
        self._lines = BytesIO(content).readlines()
        self._free: list[bytes | None] = list(self._lines)  # None: taken by an earlier hunk
        self._compared = 0

    @property
    def content(self) -> bytes:
        """The file as it is now."""
        return b"".join(self._lines)

    def apply(self, hunk: Hunk, number: int) -> None:
        """Put a hunk in (`apply_one_fragment()`). Raises `Refused`, `Undecided`."""
        at = self._find(hunk)
        if at is None:
            reason = f"hunk {number} does not match at base line {hunk.old_start}"
            raise Refused(reason, hunk.line, number, hunk.old_start)
        stop = at + len(hunk.before)
        self._lines[at:stop] = hunk.after
        self._free[at:stop] = [None] * len(hunk.after)

    def _find(self, hunk: Hunk) -> int | None:
        """The line, from 0, where a hunk fits (`find_pos()`)."""
        room = len(self._lines) - len(hunk.before)
        at_start = hunk.old_start <= 1
        at_end = hunk.at_end
        if at_start or at_end:
            at = 0 if at_start else room
            fits = room >= 0 and (room == 0 or not (at_start and at_end))
            return at if fits and self._fits(hunk, at, at_end) else None
        stated = hunk.new_start - 1 if hunk.new_start else 0
        if stated > len(self._lines):  # git keeps it as an int, and a negative one as unsigned
            stated = (stated + 2**31) % 2**32 - 2**31
            stated = stated if 0 <= stated <= len(self._lines) else len(self._lines)
        if 0 <= stated <= room and self._fits(hunk, stated, at_end):
            return stated
        places = self._places(hunk, room + 1)
        places.sort(key=lambda at: (abs(at - stated), at < stated))
        return next((at for at in places if self._fits(hunk, at, at_end)), None)

    def _places(self, hunk: Hunk, stop: int) -> list[int]:
        """Where a hunk may fit by its first line."""
        if hunk.has_open_line:
            return list(range(stop))
        first = hunk.before[0]
        return [at for at, line in enumerate(self._free[: max(stop, 0)]) if line == first]

    def _fits(self, hunk: Hunk, at: int, at_end: bool) -> bool:
        """Does a hunk fit at a line (`match_fragment()`)?"""
        before, free = hunk.before, self._free
        if not before:
            return True
        stop = at + len(before)
        if before[0] == free[at] and before[-1] == free[stop - 1]:
            self._count(hunk)
            if before == free[at:stop]:
                return True
        return hunk.has_open_line and self._fits_open(hunk, at, at_end)

    def _fits_open(self, hunk: Hunk, at: int, at_end: bool) -> bool:
        """The same when a line of the hunk has no line feed: git then compares in two steps.

        First each line without white space, then the bytes of all lines together. So a last
        context line without its line feed also fits where the file has one.
        """
        self._count(hunk, slowness=10)
        there = self._free[at : at + len(hunk.before)]
        for line, other in zip(hunk.before, there, strict=True):
            if other is None or line.translate(*_STRIPPED) != other.translate(*_STRIPPED):
                return False
        wanted = b"".join(hunk.before)
        found = b"".join(self._lines[at:])
        return found == wanted if at_end else found.startswith(wanted)

    def _count(self, hunk: Hunk, slowness: int = 1) -> None:
        self._compared += len(hunk.before) * slowness
        if self._compared > _MAX_COMPARED_LINES:
            raise Undecided("too many places to look at", hunk.line)
