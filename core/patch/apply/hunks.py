"""One hunk of a patch, read as git's `parse_fragment()` reads it: its counts are law."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.patch.apply.apply_records import RefusedWhole, Undecided

_HEADER = re.compile(rb"@@ -([0-9]+)(?:,([0-9]+))? \+([0-9]+)(?:,([0-9]+))? @@")
_MARK = b"\\ "  # "\ No newline at end of file", in any language
_MARK_BYTES = 12  # of the shortest translation
_TOO_LARGE = 2**64
_SIDES = {
    b" ": ("before", "after"),
    b"\n": ("before", "after"),
    b"-": ("before",),
    b"+": ("after",),
}


@dataclass(slots=True)
class Hunk:
    """What must stand in the file and what replaces it: lines with their line feeds."""

    line: int  # of the patch, from 1
    old_start: int
    old_count: int
    new_start: int
    new_count: int
    before: list[bytes] = field(default_factory=list)
    after: list[bytes] = field(default_factory=list)
    at_end: bool = True  # no context after the last change
    has_open_line: bool = False  # a line of `before` has no line feed


def hunk_header(line: bytes, index: int) -> Hunk | None:
    """A hunk without its lines, None when the line is no hunk header."""
    found = _HEADER.match(line)
    if not found or not line.endswith(b"\n"):
        return None
    old_start, old, new_start, new = (1 if n is None else int(n) for n in found.groups())
    if max(old_start, new_start) >= _TOO_LARGE:
        raise Undecided("a number that is too large", index + 1)
    return Hunk(index + 1, old_start, old, new_start, new)


def read_hunk(lines: Sequence[bytes], at: int) -> tuple[Hunk, int]:
    """The hunk at a line, and the line behind it. Raises `RefusedWhole`, `Undecided`."""
    hunk = hunk_header(lines[at], at)
    if hunk is None:
        raise RefusedWhole("the hunk header is corrupt", at + 1)
    old, new = hunk.old_count, hunk.new_count
    changed, last = False, b""
    at += 1
    while old or new:
        line = lines[at] if at < len(lines) else b""
        if not line.endswith(b"\n"):
            raise RefusedWhole("the hunk ends too early", at + 1)
        if line.startswith(b"\\"):
            last = _take_mark(hunk, line, at, last)
        else:
            last = line[:1]
            sides = _take_line(hunk, line, at)
            old -= "before" in sides
            new -= "after" in sides
            changed |= len(sides) == 1
            hunk.at_end = len(sides) == 1
        at += 1
    if not changed:
        raise RefusedWhole("the hunk changes nothing", hunk.line)
    return hunk, at + _take_end_mark(hunk, lines, at, last)


def _take_line(hunk: Hunk, line: bytes, at: int) -> tuple[str, ...]:
    """Add a line to the sides it stands on."""
    sides = _SIDES.get(line[:1])
    if sides is None:
        raise RefusedWhole("the hunk is corrupt", at + 1)
    text = line[1:] or line  # an empty context line may have lost its blank
    if "before" in sides:
        hunk.before.append(text)
    if "after" in sides:
        hunk.after.append(text)
    return sides


def _take_mark(hunk: Hunk, line: bytes, at: int, last: bytes) -> bytes:
    """The line before has no line feed. A mark elsewhere was taken until git 2.53."""
    if len(line) < _MARK_BYTES or not line.startswith(_MARK):
        raise RefusedWhole("the hunk is corrupt", at + 1)
    if not last:
        raise Undecided("a misplaced mark of a missing line feed", at + 1)
    _drop_line_feed(hunk, last)
    return b""


def _take_end_mark(hunk: Hunk, lines: Sequence[bytes], at: int, last: bytes) -> int:
    """How many lines, 0 or 1, behind the hunk say that its last line has no line feed."""
    if at >= len(lines) or not lines[at].startswith(_MARK):
        return 0
    left = len(lines[at]) + sum(map(len, lines[at + 1 : at + 1 + _MARK_BYTES]))
    if left < _MARK_BYTES:
        return 0
    if left == _MARK_BYTES or len(lines[at]) < _MARK_BYTES:
        raise Undecided("a short mark of a missing line feed", at + 1)
    _drop_line_feed(hunk, last)
    return 1


def _drop_line_feed(hunk: Hunk, last: bytes) -> None:
    """Take the line feed off the last line; an empty one without its blank vanishes."""
    sides = _SIDES[last]
    hunk.has_open_line |= "before" in sides
    for side, lines in (("before", hunk.before), ("after", hunk.after)):
        if side in sides:
            text = lines.pop()
            if last != b"\n":
                lines.append(text[:-1])
