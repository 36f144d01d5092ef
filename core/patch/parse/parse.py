"""Which lines of a text are whose: files, hunks, and what is malformed.

One pass over the lines finds where each hunk begins and ends, so that a diff inside an added file
stays that file's content and a fault in one file loses no other; unidiff then reads the hunks.
Where a patch is malformed, `git apply` is the guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from unidiff.constants import RE_HUNK_HEADER
from unidiff.patch import PatchedFile, PatchSet

from core.patch.parse.headers import Header, begins_file, is_plain_header, read_header
from core.patch.parse.patch_records import FilePatch, FileStatus, Hunk, Patch, PatchProblem

_LARGEST_NUMBER = 10**9  # no file has more lines, and they still fit into 32 bits
_BINARY_STARTS = ("Binary files ", "Files ")


class _Span(NamedTuple):
    """Where a hunk's body is, and a header line whose counts are right."""

    start: int
    stop: int
    header: str


def parse_patch(text: str) -> Patch:
    """Parse a patch, decoded with `core.sources.decode`. Never raises: see `Patch.problems`."""
    lines = tuple(text.split("\n"))
    end = len(lines) - (lines[-1] == "")  # behind the last newline there is no line
    files: list[FilePatch] = []
    problems: list[PatchProblem] = []
    at = 0
    while at < end:
        if begins_file(lines, at, end):
            section = _Section(lines, at, end)
            files.append(section.file())
            at = section.at
            continue
        if not files and RE_HUNK_HEADER.match(lines[at]):
            problems.append(PatchProblem(at + 1, "a hunk without a file header before it"))
        at += 1
    return Patch(lines, tuple(files), tuple(problems))


class _Section:
    """The part of a patch from one file's header to the next file's, being read."""

    def __init__(self, lines: Sequence[str], start: int, end: int) -> None:
        self.lines = lines
        self.start = start
        self.end = end
        self.header: Header = read_header(lines, start, end)
        self.at = self.stop = self.header.stop  # the line to read; behind the file's last line
        self.hunk_due = self.stop  # where the next hunk has to begin
        self.spans: list[_Span] = []
        self.problems: list[PatchProblem] = []
        self.binary = False

    def file(self) -> FilePatch:
        """Read the file's lines up to the next file's header and say what the patch does to it."""
        if self.header.combined:
            self._problem(self.start, "a combined diff (of a merge) cannot be read")
        if self.header.new_path is None and self.header.old_path is None:
            self._problem(self.start, "the header names no file")
        faulty = self.header.combined
        while self.at < self.end and not begins_file(self.lines, self.at, self.end):
            line = self.lines[self.at]
            if line.startswith("@@") and not self.header.combined:
                faulty = not self._read_hunk(line)
            elif self.at > self.stop:
                self.at += 1
            elif faulty or self._is_surplus(line):
                if not faulty:
                    reason = "more lines than the hunk's header announces; git ignores them"
                    self._problem(self.at, reason, fatal=False)
                faulty = True
                self.at = self.stop = self.at + 1
            else:
                self._read_binary(line)
        return self._build()

    def _problem(self, at: int, reason: str, *, fatal: bool = True) -> None:
        self.problems.append(PatchProblem(at + 1, reason, fatal))

    def _is_surplus(self, line: str) -> bool:
        """Is this a hunk's line behind the hunk's end? A mail's signature (`-- `) is not."""
        return bool(self.spans) and line[:1] in tuple(" +-") and line.rstrip() != "--"

    def _read_hunk(self, line: str) -> bool:
        """Read the hunk at the current line; False when its lines cannot be told."""
        if self.at != self.hunk_due and not any(problem.fatal for problem in self.problems):
            self._problem(self.at, "a hunk behind lines that are no diff")
        numbers = _hunk_numbers(line)
        self.at = self.stop = self.at + 1
        if numbers is None:
            fatal = line.startswith("@@ -") or not self.spans
            self._problem(self.at - 1, f"not a hunk header: {line[:80]}", fatal=fatal)
            return False
        old_start, old, new_start, new, section = numbers
        start = self.at
        stop, matched = _body_stop(self.lines, start, self.end, old, new)
        old_found, new_found, changes = _count(self.lines, start, stop)
        if not matched:
            self._problem(
                stop,
                f"the hunk ends here with {old_found} old and {new_found} new lines, "
                f"but its header announces {old} and {new}",
            )
        elif "\r" in self.lines[start:stop]:
            at = self.lines.index("\r", start, stop)
            self._problem(at, "an empty line without its marker but with a carriage return")
        elif not changes:
            self._problem(start - 1, "the hunk changes nothing")
        self.at = self.stop = self.hunk_due = stop
        if old_found or new_found:
            header = f"@@ -{old_start},{old_found} +{new_start},{new_found} @@ {section}"
            self.spans.append(_Span(start, stop, header))
        return True

    def _read_binary(self, line: str) -> None:
        if not self.spans and not self.binary:
            text = line.rstrip("\r")
            if text == "GIT binary patch":
                self.binary = True
                self.at = self.stop = _binary_stop(self.lines, self.at + 1, self.end)
                if self.lines[self.at - 1] == line:
                    self._problem(self.at - 1, "a binary patch without data")
                return
            if text.startswith(_BINARY_STARTS) and text.endswith(" differ"):
                self.binary = True
                self.stop = self.at + 1
        self.at += 1

    def _build(self) -> FilePatch:
        header = self.header
        read = _read_hunks(self.lines, self.spans)
        hunks = tuple(
            Hunk(
                span.start,
                span.stop,
                hunk.source_start,
                hunk.source_length,
                hunk.target_start,
                hunk.target_length,
                hunk.section_header.rstrip("\r"),
            )
            for span, hunk in zip(self.spans, read, strict=True)
        )
        self._settle_status(hunks)
        self._check_sides(hunks)
        return FilePatch(
            header.old_path,
            header.new_path,
            header.status,
            self.start,
            self.stop,
            hunks,
            read.added,
            read.removed,
            header.old_mode,
            header.new_mode,
            self.binary,
            tuple(self.problems),
        )

    def _settle_status(self, hunks: Sequence[Hunk]) -> None:
        header = self.header
        if header.empty_since_epoch and len(hunks) == 1:
            if (hunks[0].old_start, hunks[0].old_count) == (0, 0):
                header.status, header.old_path = FileStatus.ADDED, None
            elif (hunks[0].new_start, hunks[0].new_count) == (0, 0):
                header.status, header.new_path = FileStatus.DELETED, None
        if hunks or self.binary or self.problems:
            return
        if not header.says_change:
            self._problem(self.start, "the file has a header but no hunk")
        elif header.status is FileStatus.MODIFIED:
            header.status = FileStatus.MODE

    def _check_sides(self, hunks: Sequence[Hunk]) -> None:
        """An added file has no old lines, and a deleted one no new lines."""
        status = self.header.status
        for hunk in hunks:
            if status is FileStatus.ADDED and hunk.old_count:
                self._problem(hunk.start - 1, "a new file cannot have old lines")
            elif status is FileStatus.DELETED and hunk.new_count:
                self._problem(hunk.start - 1, "a deleted file cannot have new lines")


def _hunk_numbers(line: str) -> tuple[int, int, int, int, str] | None:
    """Start and count of the old and the new lines, and the text behind the second `@@`."""
    match = RE_HUNK_HEADER.match(line)
    if match is None:
        return None
    digits = [group or "1" for group in match.groups()[:4]]
    if max(map(len, digits)) > 10 or not "".join(digits).isascii():
        return None
    old_start, old, new_start, new = map(int, digits)
    if max(old_start, old, new_start, new) > _LARGEST_NUMBER:
        return None
    return old_start, old, new_start, new, match[5]


def _body_stop(lines: Sequence[str], at: int, end: int, old: int, new: int) -> tuple[int, bool]:
    """Where the hunk that begins at a line ends, and whether it holds what its header announces.

    As in git, a hunk with a wrong count goes on up to the first line that cannot be a hunk's.
    """
    while at < end and (old or new):
        line = lines[at]
        mark = line[:1]
        if mark == "+":
            new -= 1
        elif mark == " " or not line or line == "\r":
            old -= 1
            new -= 1
        elif mark == "-":
            old -= 1
        elif mark != "\\":
            break
        at += 1
    if old or new:
        return _without_what_follows(lines, at, end), False
    while at < end and lines[at].startswith("\\ "):
        at += 1
    return at, True


def _without_what_follows(lines: Sequence[str], stop: int, end: int) -> int:
    """Give back what a hunk with a wrong count swallowed: a plain header, blank lines."""
    if is_plain_header(lines, stop - 2, end):
        stop -= 2
    while not lines[stop - 1]:
        stop -= 1
    return stop


def _count(lines: Sequence[str], start: int, stop: int) -> tuple[int, int, bool]:
    """Old lines, new lines, and whether there is a change among the lines of a hunk."""
    marks = [line[:1] for line in lines[start:stop]]
    added, removed = marks.count("+"), marks.count("-")
    context = len(marks) - added - removed - marks.count("\\")
    return context + removed, context + added, bool(added or removed)


def _binary_stop(lines: Sequence[str], at: int, end: int) -> int:
    """The line behind a `GIT binary patch`: blocks that begin with a word and end blank."""
    while at < end and lines[at].startswith(("literal ", "delta ")):
        while at < end and lines[at].rstrip("\r"):
            at += 1
        at = min(at + 1, end)
    return at


def _read_hunks(lines: Sequence[str], spans: Sequence[_Span]) -> PatchedFile:
    """Have unidiff read the hunks of one file (its names do not matter here)."""
    return PatchSet(_unidiff_lines(lines, spans), metadata_only=True)[0]


def _unidiff_lines(lines: Sequence[str], spans: Sequence[_Span]) -> Iterator[str]:
    yield "--- a\n"
    yield "+++ b\n"
    for span in spans:
        yield span.header
        stop = span.stop
        while lines[stop - 1].startswith("\\"):
            stop -= 1  # unidiff knows this line in English only
        yield from lines[span.start : stop]
