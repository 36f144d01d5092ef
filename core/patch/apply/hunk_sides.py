"""What a hunk expects in a file, and what it puts there instead."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from core.patch.parse import Hunk

_SIDES = {
    b" ": ("before", "after"),
    b"": ("before", "after"),
    b"-": ("before",),
    b"+": ("after",),
}


class HunkSides(Struct):
    """Lines with their line feeds: what must be in the file and what replaces it."""

    hunk: Hunk
    before: list[bytes] = field(default_factory=list)
    after: list[bytes] = field(default_factory=list)
    at_end: bool = True  # no context after the last change
    has_open_line: bool = False  # a line of `before` has no line feed


def sides_of(lines: Sequence[bytes], hunk: Hunk) -> HunkSides:
    """Both sides of a sound hunk; `lines` are the patch's, without line feeds."""
    found = HunkSides(hunk)
    last = b""
    for line in lines[hunk.start : hunk.stop]:
        mark = line[:1]
        if mark == b"\\":
            _drop_line_feed(found, last, is_bare=not last)
            continue
        last = mark
        sides = _SIDES[mark]
        text = line[1:] + b"\n"  # an empty context line may have lost its blank
        if "before" in sides:
            found.before.append(text)
        if "after" in sides:
            found.after.append(text)
        found.at_end = len(sides) == 1
    return found


def _drop_line_feed(sides: HunkSides, last: bytes, *, is_bare: bool) -> None:
    """Remove the line feed from the last line; an empty one without its blank vanishes."""
    names = _SIDES[last]
    sides.has_open_line |= "before" in names
    for side, lines in (("before", sides.before), ("after", sides.after)):
        if side in names:
            text = lines.pop()
            if not is_bare:
                lines.append(text[:-1])
