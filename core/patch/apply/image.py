"""Where a hunk fits into a file, as git's `apply.c` decides, and the file that results.

A hunk must fit byte for byte, anywhere in the file; the place nearest to the stated one wins. One
that starts at line 1 must fit there, one without context at its end must fit at the file's end, and
no hunk may touch lines that an earlier hunk of the same file has used.
"""

from __future__ import annotations

from io import BytesIO

from core.patch.apply.apply_records import Refused, Undecided
from core.patch.apply.hunk_sides import HunkSides

_MAX_COMPARED_LINES = 20_000_000
"""About a second. Only contrived files of endless equal lines come near it."""
_STRIPPED = bytes.maketrans(b"", b""), b" \t\n\r"


class Image:
    """The lines of a file while hunks are put into it (`struct image`)."""

    def __init__(self, content: bytes) -> None:
        self._lines = BytesIO(content).readlines()
        self._free: list[bytes | None] = list(self._lines)  # None: used by an earlier hunk
        self._origins: list[int] = list(range(1, len(self._lines) + 1))  # lines of the base
        self._behind = len(self._lines) + 1
        self._compared = 0

    @property
    def content(self) -> bytes:
        """The file as it is now."""
        return b"".join(self._lines)

    def apply(self, sides: HunkSides, number: int) -> int:
        """Apply a hunk (`apply_one_fragment()`); returns the base line at which it applied.

        For a hunk without old lines that is the base line before which it is inserted. Raises
        `Refused` and `Undecided`.
        """
        hunk = sides.hunk
        at = self._find(sides)
        if at is None:
            reason = f"hunk {number} does not match at base line {hunk.old_start}"
            raise Refused(reason, hunk.start, number, hunk.old_start)
        stop = at + len(sides.before)
        place = self._origins[at] if at < len(self._origins) else self._behind
        follows = self._origins[stop] if stop < len(self._origins) else self._behind
        self._lines[at:stop] = sides.after
        self._free[at:stop] = [None] * len(sides.after)
        self._origins[at:stop] = [follows] * len(sides.after)
        return place

    def _find(self, sides: HunkSides) -> int | None:
        """The line, from 0, where a hunk fits (`find_pos()`)."""
        hunk = sides.hunk
        room = len(self._lines) - len(sides.before)
        at_start = hunk.old_start <= 1
        at_end = sides.at_end
        if at_start or at_end:
            at = 0 if at_start else room
            fits = room >= 0 and (room == 0 or not (at_start and at_end))
            return at if fits and self._fits(sides, at, at_end) else None
        stated = hunk.new_start - 1 if hunk.new_start else 0
        if stated > len(self._lines):  # git keeps it as an int, and a negative one as unsigned
            stated = (stated + 2**31) % 2**32 - 2**31
            stated = stated if 0 <= stated <= len(self._lines) else len(self._lines)
        if 0 <= stated <= room and self._fits(sides, stated, at_end):
            return stated
        places = self._places(sides, room + 1)
        places.sort(key=lambda at: (abs(at - stated), at < stated))
        return next((at for at in places if self._fits(sides, at, at_end)), None)

    def _places(self, sides: HunkSides, stop: int) -> list[int]:
        """Where a hunk may fit by its first line."""
        if sides.has_open_line:
            return list(range(stop))
        first = sides.before[0]
        return [at for at, line in enumerate(self._free[: max(stop, 0)]) if line == first]

    def _fits(self, sides: HunkSides, at: int, at_end: bool) -> bool:
        """Does a hunk fit at a line (`match_fragment()`)?"""
        before, free = sides.before, self._free
        if not before:
            return True
        stop = at + len(before)
        if before[0] == free[at] and before[-1] == free[stop - 1]:
            self._count(sides)
            if before == free[at:stop]:
                return True
        return sides.has_open_line and self._fits_open(sides, at, at_end)

    def _fits_open(self, sides: HunkSides, at: int, at_end: bool) -> bool:
        """The same if a line of the hunk has no line feed: git then compares in two steps.

        It compares all bytes together, and for each line a hash that ignores white space. So a last
        context line without its line feed also fits where the file has one.
        """
        self._count(sides, slowness=10)
        there = self._free[at : at + len(sides.before)]
        wanted = b"".join(sides.before)
        found = b"".join(self._lines[at : at + len(there)])
        if at_end or len(found) < len(wanted):
            found = b"".join(self._lines[at:])
        if not (found == wanted if at_end else found.startswith(wanted)):
            return False
        return all(
            other is not None and (line == other or _hash(line) == _hash(other))
            for line, other in zip(sides.before, there, strict=True)
        )

    def _count(self, sides: HunkSides, slowness: int = 1) -> None:
        self._compared += len(sides.before) * slowness
        if self._compared > _MAX_COMPARED_LINES:
            raise Undecided("too many places to try", sides.hunk.start)


def _hash(line: bytes) -> int:
    """What git compares of a line before it compares bytes (`hash_line()`)."""
    found = 0
    for byte in line.translate(*_STRIPPED):
        found = (found * 3 + byte) & 0xFFFFFF
    return found
