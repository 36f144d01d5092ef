"""One hunk: where its body ends and what is wrong with it, as git's `parse_fragment()` decides.

A sound hunk is exactly what git accepts. A faulty one extends as far as its lines can be a hunk's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from unidiff.constants import RE_HUNK_HEADER

from core.patch.parse.patch_records import Header, Hunk, PatchProblem
from core.sources import encode

_MARK = "\\ "  # "\ No newline at end of file", in any language
_MARK_BYTES = 12  # of the shortest translation, line feed included
_TOO_LARGE = 2**64
_DIGITS = 20  # of the largest number that git can hold
_SHORT = 32  # characters before the section's, in which no number is larger
_ZEROS = re.compile(r"0*(?=\d)")


class HunkHeader(NamedTuple):
    """The numbers of a `@@` line and the text behind them."""

    old_start: int
    old: int
    new_start: int
    new: int
    section: str

    @property
    def is_too_large(self) -> bool:
        """Does git, which counts in 64 bits, lose track of where the hunk should be?"""
        return max(self.old_start, self.new_start) >= _TOO_LARGE


class ReadHunk(NamedTuple):
    """A hunk (None if its lines cannot be determined), the line after it, and what is wrong."""

    hunk: Hunk | None
    stop: int
    problem: PatchProblem | None
    added: int = 0
    removed: int = 0


class Lines(NamedTuple):
    """The text of a patch: its lines, how many there are, and how many end with a line feed."""

    texts: Sequence[str]
    end: int
    ended: int


def hunk_header(line: str) -> HunkHeader | None:
    """The numbers of a hunk's header, None if the line is not one. Numbers may be absurd."""
    match = RE_HUNK_HEADER.match(line)
    if match is None:
        return None
    *numbers, section = match.groups("1")
    if not line.isascii() and not "".join(numbers).isascii():
        return None
    if len(line) - len(section) > _SHORT:
        old_start, old, new_start, new = map(_number, numbers)
    else:
        old_start, old, new_start, new = map(int, numbers)
    return HunkHeader(old_start, old, new_start, new, section.rstrip("\r"))


def _number(digits: str) -> int:
    """A number; if it has more digits than git counts, any number that is too large for git."""
    if len(digits) > _DIGITS:
        digits = _ZEROS.sub("", digits, count=1)
    return _TOO_LARGE if len(digits) > _DIGITS else int(digits)


def read_hunk(lines: Lines, at: int, header: HunkHeader) -> ReadHunk:
    """Read the hunk whose `@@` line is before `at`."""
    texts, ended = lines.texts, lines.ended
    old, new = header.old, header.new
    added = removed = context = 0
    last = ""
    problem: PatchProblem | None = None
    start = at
    while (old or new) and at < ended:
        line = texts[at]
        mark = line[:1]
        if mark == "+":
            new -= 1
            added += 1
        elif mark == "-":
            old -= 1
            removed += 1
        elif mark == " " or not line:
            old -= 1
            new -= 1
            context += 1
        elif mark == "\\":
            problem = problem or _misplaced_mark(line, at, last)
            mark = ""
        else:
            break
        last = mark or ("" if line else " ")
        at += 1
    if old or new:
        faulty = _faulty(lines, start, header)
        return faulty._replace(problem=problem or faulty.problem)
    if problem is None and not (added or removed):
        problem = PatchProblem(start, "the hunk changes nothing")
    taken, doubt = _end_mark(lines, at)
    hunk = Hunk(
        start,
        at + taken,
        header.old_start,
        removed + context,
        header.new_start,
        added + context,
        header.section,
    )
    return ReadHunk(_if_any(hunk), at + taken, problem or doubt, added, removed)


def _if_any(hunk: Hunk) -> Hunk | None:
    return hunk if hunk.old_count or hunk.new_count else None


def _misplaced_mark(line: str, at: int, last: str) -> PatchProblem | None:
    """What is wrong with a mark inside a hunk. Git before 2.53 accepted one after no line."""
    if not line.startswith(_MARK) or _size(line) < _MARK_BYTES:
        return PatchProblem(
            at + 1, "a line begins with a backslash but is not a 'No newline' marker"
        )
    if not last:
        return PatchProblem(at + 1, "misplaced 'No newline' marker", fatal=None)
    return None


def _size(line: str) -> int:
    """Bytes of a line with its line feed."""
    return (len(line) if line.isascii() else len(encode(line))) + 1


def _end_mark(lines: Lines, at: int) -> tuple[int, PatchProblem | None]:
    """How many lines, 0 or 1, after a hunk say that its last line has no line feed."""
    if at >= lines.end or not lines.texts[at].startswith(_MARK):
        return 0, None
    near = lines.texts[at : min(at + 1 + _MARK_BYTES, lines.end)]
    left = sum(map(_size, near)) - (lines.ended < lines.end)
    length = _size(lines.texts[at]) - (at >= lines.ended)
    if left < _MARK_BYTES:
        return 0, None
    if left == _MARK_BYTES or length < _MARK_BYTES:
        reason = "truncated 'No newline' marker"
        return 1, PatchProblem(at + 1, reason, fatal=None)
    return 1, None


def _faulty(lines: Lines, start: int, header: HunkHeader) -> ReadHunk:
    """A hunk that git rejects: as many of its lines as can be a hunk's, and the first fault."""
    texts, end = lines.texts, lines.end
    at = start
    old, new = header.old, header.new
    while at < end and (old or new):
        line = texts[at]
        mark = line[:1]
        if mark not in (" ", "+", "-", "\\", "") and line != "\r":
            break
        old -= mark not in ("+", "\\")
        new -= mark not in ("-", "\\")
        at += 1
    is_full = not (old or new)
    if not is_full:
        at = _without_what_follows(lines, at)
    elif at < end and texts[at].startswith(_MARK):
        at += 1
    marks = [line[:1] for line in texts[start:at]]
    added, removed = marks.count("+"), marks.count("-")
    context = len(marks) - added - removed - marks.count("\\")
    found = (context + removed, context + added)
    hunk = Hunk(start, at, header.old_start, found[0], header.new_start, found[1], header.section)
    problem = _fault(lines, hunk, header, is_full=is_full)
    return ReadHunk(_if_any(hunk), at, problem, added, removed)


def _fault(lines: Lines, hunk: Hunk, header: HunkHeader, *, is_full: bool) -> PatchProblem:
    if not is_full:
        reason = (
            f"the hunk ends here with {hunk.old_count} old and {hunk.new_count} new lines, "
            f"but its header announces {header.old} and {header.new}"
        )
        return PatchProblem(hunk.stop + 1, reason)
    body = lines.texts[hunk.start : hunk.stop]
    if "\r" in body:
        reason = "a context line with only a carriage return and no leading space"
        return PatchProblem(hunk.start + body.index("\r") + 1, reason)
    return PatchProblem(lines.end, "the patch ends in the middle of a line (no final line feed)")


def _without_what_follows(lines: Lines, stop: int) -> int:
    """Return what a hunk with a wrong count swallowed: a plain header, blank lines."""
    if is_plain_header(lines, stop - 2):
        stop -= 2
    while not lines.texts[stop - 1]:
        stop -= 1
    return stop


def is_plain_header(lines: Lines, at: int) -> bool:
    """Is this a pair of `---` and `+++` lines followed by a hunk (or the end of a cut text)?"""
    texts, end = lines.texts, lines.end
    return (
        texts[at].startswith("--- ")
        and at + 1 < end
        and texts[at + 1].startswith("+++ ")
        and (at + 2 >= end or texts[at + 2].startswith("@@"))
    )


def settle_creation(header: Header, hunks: Sequence[Hunk]) -> Iterator[tuple[int, str]]:
    """What the hunks say of creation and deletion (`parse_single_patch()`).

    Yields what contradicts the header: a line and the reason.
    """
    if header.is_new == header.is_delete == 0:
        return
    several = len(hunks) > 1
    old = next((hunk.start for hunk in hunks if hunk.old_count), 0)
    new = next((hunk.start for hunk in hunks if hunk.new_count), 0)
    if header.is_new < 0 and (old or several):
        header.is_new = 0
    if header.is_delete < 0 and (new or several):
        header.is_delete = 0
    if header.is_new > 0 and old:
        yield old, "a new file cannot have old lines"
    if header.is_delete > 0 and new:
        yield new, "a deleted file cannot have new lines"
