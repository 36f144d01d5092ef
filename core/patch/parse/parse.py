"""Which lines of a text are whose: files, hunks, and what is malformed.

The text is read as git's `apply.c` reads it. If git rejects it, `Patch.refusal` says why, and the
reading goes on, for people: a fault in one file loses no other, and a diff inside an added file
remains that file's content.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.files import MAX_TEXT_BYTES
from core.patch.parse.binary import CorruptBinary, TooLarge, read_binary_hunk
from core.patch.parse.git_header import (
    Doubtful,
    GitHeader,
    HeaderFault,
    RawLines,
    Stripping,
    is_traditional_header,
    read_traditional_header,
    says_binary_differs,
)
from core.patch.parse.hunks import Lines, hunk_header, is_plain_header, read_hunk, settle_creation
from core.patch.parse.patch_records import (
    FilePatch,
    Header,
    Hunk,
    Patch,
    PatchProblem,
)
from core.patch.parse.paths import Paths, read_paths, status_of
from core.patch.parse.usual_header import usual_header
from core.records import replace
from core.sources import encode

_COMBINED = ("diff --cc ", "diff --combined ")
_HEADER_WORDS = (
    *("index ", "--- ", "+++ ", "old mode ", "new mode ", "deleted file ", "new file "),
    *("copy ", "rename ", "similarity ", "dissimilarity "),
)


def parse_patch(text: str) -> Patch:
    """Parse a patch, decoded with `core.sources.decode`. Never raises: see `Patch.problems`."""
    return _Reader(text).read()


class _Reader:
    """A position in the lines of a patch, and git's view of it so far."""

    def __init__(self, text: str) -> None:
        self.raw = RawLines(encode(text))
        self.texts = tuple(text.split("\n"))
        self.lines = Lines(self.texts, self.raw.end, self.raw.ended)
        self.end = self.raw.end
        self.at = 0
        self.stripping = Stripping()
        self.header = Header()  # git carries over what it read of a header that it then skips
        self.carries = False  # was anything read into it?
        self.refusal: PatchProblem | None = None
        self.has_ended = False  # git reads no further
        self.binary_bytes = MAX_TEXT_BYTES  # how much more data may be inflated
        self._files: list[FilePatch] = []
        self._problems: list[PatchProblem] = []

    def read(self) -> Patch:
        """Read everything (the loop of `apply_patch()`)."""
        while self.at < self.end:
            line = self.texts[self.at]
            if self.begins_file(self.at):
                self._files.append(_Section(self).read())
            else:
                if line.startswith("@@ -"):
                    self._stray_hunk(line)
                self._skip()
        if self.refusal is None and all(file.ignored for file in self._files):
            self.refusal = PatchProblem(1, "it contains no valid patch")
        return Patch(self.texts, tuple(self._files), tuple(self._problems), self.refusal)

    def begins_file(self, at: int) -> bool:
        """Does a file's header begin at this line (outside of any hunk)?"""
        line = self.texts[at]
        if line.startswith("d"):
            return line.startswith(("diff --git ", *_COMBINED))
        return line.startswith("--- ") and is_plain_header(self.lines, at)

    def note(self, problem: PatchProblem) -> PatchProblem:
        """Record a problem; git does not reject what it does not read."""
        if self.has_ended and problem.fatal is not False:
            problem = PatchProblem(problem.line, problem.reason, fatal=False)
        if problem.fatal is not False and self.refusal is None:
            self.refusal = problem
        return problem

    def _stray_hunk(self, line: str) -> None:
        if hunk_header(line) is not None:
            is_read = self.at < self.raw.ended  # git knows no header in a line that does not end
            problem = PatchProblem(self.at + 1, "hunk without a file header", is_read)
            self._problems.append(self.note(problem))

    def _skip(self) -> None:
        """Skip a line that begins no file (`find_header()`)."""
        self.check_end(self.at)
        self.at += 1

    def check_end(self, at: int) -> None:
        """Git looks for no header in the last few bytes."""
        starts = self.raw.starts
        length = starts[at + 1] - starts[at]
        if length >= 6 and self.raw.left(at) < length + 6:
            self.has_ended = True


class _Section:
    """The part of a patch from one file's header to the next file's, while being read."""

    def __init__(self, reader: _Reader) -> None:
        self.reader = reader
        self.start = reader.at
        self.usual: str | None = None  # the file's name, if the header is a usual one
        self.stop = reader.at + 1  # after the file's last line
        self.hunk_due = 0  # where git expects the next hunk
        self.header = Header()
        self.is_guess = False  # the header is not one that git reads
        self.hunks: list[Hunk] = []
        self.added = self.removed = 0
        self.problems: list[PatchProblem] = []
        self.binary = False
        self.data_at: int | None = None
        self.ignored = False
        self.combined = False

    def read(self) -> FilePatch:
        """Read the file's lines up to the next file's header and say what the patch does to it."""
        reader = self.reader
        self._read_header()
        self._read_hunks()
        if not self.ignored:
            for line, reason in settle_creation(self.header, self.hunks):
                self._problem(line, reason)
        reader.at = max(reader.at, self.stop)
        is_quiet = not self.combined
        while reader.at < reader.end and not reader.begins_file(reader.at):
            is_quiet = self._pass_over(reader.texts[reader.at], is_quiet=is_quiet)
        return self._build()

    def _problem(self, line: int, reason: str, fatal: bool | None = True) -> None:
        """Record a problem at a line, from 1."""
        self.problems.append(self.reader.note(PatchProblem(line, reason, fatal)))

    # The header

    def _read_header(self) -> None:
        reader = self.reader
        line = reader.texts[self.start]
        reader.check_end(self.start)
        self.ignored = reader.has_ended
        try:
            if line.startswith(_COMBINED):
                self.combined = self.ignored = True
                reason = "combined diff (of a merge), which cannot be applied"
                self._problem(self.start + 1, reason, fatal=False)
            elif line.startswith("d"):
                self.stop = self._git_header()
            else:
                self.stop = self._traditional_header()
        except HeaderFault as fault:
            fatal = None if isinstance(fault, Doubtful) else True
            self._problem(fault.line, fault.reason, fatal)
            self.is_guess = True
            self.stop = self._header_stop()
        reader.at = self.hunk_due = self.stop

    def _git_header(self) -> int:
        reader = self.reader
        if reader.stripping.folders == 1 and not (reader.carries or self.ignored):
            usual = usual_header(reader.raw.data, reader.raw.starts[self.start])
            if usual is not None:
                self.usual, self.header = usual.name, usual.header
                return self.start + usual.lines
        reader.carries = True
        header = self.header = reader.header
        stop = GitHeader(reader.raw, self.start, reader.stripping.folders, header).read()
        if stop > self.start + 1:
            reader.header, reader.carries = Header(), False
            return stop
        self.header = replace(header)
        self.ignored = True
        reason = "file header with nothing after it; git ignores it"
        self._problem(self.start + 1, reason, fatal=False)
        return stop

    def _traditional_header(self) -> int:
        reader = self.reader
        stop = self.start + 2
        if self.ignored or not is_traditional_header(reader.raw, self.start):
            self.ignored = self.is_guess = True
            if stop == reader.end:
                self._problem(self.start + 1, "file header without a hunk", fatal=False)
            return stop
        self.header, reader.header = reader.header, Header()
        reader.carries = False
        read_traditional_header(reader.raw, self.start, reader.stripping, self.header)
        return stop

    def _header_stop(self) -> int:
        """The line after a header that git does not read to its end."""
        reader = self.reader
        reader.header, reader.carries = Header(), False
        at = self.start + 1
        if not reader.texts[self.start].startswith("d"):
            return at + 1
        while at < reader.end and reader.texts[at].startswith(_HEADER_WORDS):
            at += 1
        return at

    # What follows

    def _read_hunks(self) -> None:
        """The hunks that follow the header without a gap (`parse_single_patch()`)."""
        reader = self.reader
        if self.ignored:
            return
        while reader.at < reader.end and reader.texts[reader.at].startswith("@@ -"):
            if reader.raw.left(reader.at) <= 4 or not self._read_hunk():
                break
        if reader.at == self.stop and not self.hunks and reader.at == self.hunk_due:
            self._read_without_hunks()

    def _read_hunk(self) -> bool:
        """Read the hunk at the current line; False if its lines cannot be determined."""
        reader = self.reader
        line = reader.texts[reader.at]
        header = hunk_header(line) if reader.at < reader.raw.ended else None
        if header is None:
            self._problem(
                reader.at + 1, f"not a hunk header: {line[:80]}", self._must_be_hunk(line)
            )
            reader.at = self.stop = reader.at + 1
            return False
        reader.at = self.stop = reader.at + 1
        if header.is_too_large:
            self._problem(reader.at, "a number in the hunk header is too large", fatal=None)
        found = read_hunk(reader.lines, reader.at, header)
        if found.problem is not None:
            self._problem(found.problem.line, found.problem.reason, found.problem.fatal)
        reader.at = self.stop = self.hunk_due = found.stop
        self.added += found.added
        self.removed += found.removed
        if found.hunk is not None:
            self.hunks.append(found.hunk)
        return True

    def _must_be_hunk(self, line: str) -> bool:
        """Does git reject the patch if this line, which is not a hunk header, is here?"""
        reader = self.reader
        if reader.at != self.hunk_due or self.ignored:
            return False
        is_begun = line.startswith("@@ -") and reader.raw.left(reader.at) > 4
        return is_begun or not (self.hunks or self.binary or self.header.changes)

    def _read_without_hunks(self) -> None:
        """A section that is binary, or only renames or changes a mode."""
        reader = self.reader
        line = reader.raw[reader.at] if reader.at < reader.end else b""
        if line == b"GIT binary patch\n":
            self._read_binary()
        elif says_binary_differs(line):
            self.binary = True
            reader.at = self.stop = reader.at + 1
        elif (
            not (self.header.changes or self.header.is_delete or self.is_guess)
            and not line.startswith(b"@@")  # that line is the fault, and is named where it is read
        ):
            self._problem(self.start + 1, "file header without a hunk")

    def _read_binary(self) -> None:
        """The data of a binary patch (`parse_binary()`): the new content, then the old one."""
        reader = self.reader
        self.binary = True
        at = self.data_at = reader.at + 1
        try:
            at, forward = read_binary_hunk(reader.raw, at, reader.binary_bytes)
            if forward is None:
                raise CorruptBinary("binary patch without data", at)
            reader.binary_bytes -= len(forward.data)
            at, backward = read_binary_hunk(reader.raw, at, reader.binary_bytes)
            reader.binary_bytes -= len(backward.data) if backward else 0
        except TooLarge as fault:
            self._problem(fault.line, fault.reason, fatal=None)
        except CorruptBinary as fault:
            self._problem(fault.line, fault.reason, fatal=False)
            self.ignored = reader.has_ended = True
        reader.at = self.stop = max(at, _data_stop(reader.texts, reader.at + 1, reader.end))

    def _pass_over(self, line: str, *, is_quiet: bool) -> bool:
        """Skip a line that git does not count as the file's; False: it is explained."""
        reader = self.reader
        at = reader.at
        if line.startswith("@@"):
            is_hunk = hunk_header(line) is not None
            is_refused = any(problem.fatal for problem in self.problems)
            if is_hunk and (at != self.hunk_due or self.ignored) and not is_refused:
                is_fatal = at < reader.raw.ended  # git knows no header in a line without its end
                self._problem(at + 1, "hunk after lines that are not part of a diff", is_fatal)
            reader.check_end(at)
            if is_hunk or not self.combined:
                return self._read_hunk()
        reader.check_end(at)
        reader.at += 1
        if at != self.stop:
            return is_quiet
        if self.ignored and line.startswith(("Binary files ", "GIT binary patch")):
            self.binary = True
        if is_quiet and not (self.hunks and _is_of_a_hunk(line)):
            return True
        if is_quiet:
            reason = "more lines than the hunk header announces; git ignores the rest"
            self._problem(at + 1, reason, fatal=False)
        self.stop = reader.at
        return False

    # The record

    def _build(self) -> FilePatch:
        header = self.header
        paths = self._paths()
        if paths.old is None and paths.new is None:
            self._problem(self.start + 1, "the header names no file", fatal=False)
        old_mode = None if paths.old is None else _mode(header.old_mode)
        new_mode = None if paths.new is None else _mode(header.new_mode or header.old_mode)
        return FilePatch(
            paths.old,
            paths.new,
            status_of(header, paths, is_more=bool(self.hunks or self.binary or self.problems)),
            self.start,
            self.stop,
            tuple(self.hunks),
            self.added,
            self.removed,
            old_mode,
            new_mode,
            self.binary,
            tuple(self.problems),
            header,
            self.data_at,
            paths.bare,
            self.ignored,
        )

    def _paths(self) -> Paths:
        if self.usual is not None:
            return Paths(self.usual, self.usual)
        header, reader = self.header, self.reader
        return read_paths(
            reader.raw,
            (self.start, min(max(self.hunk_due, self.start + 1), reader.end)),
            header,
            strip=reader.stripping.folders,
            is_guess=self.is_guess or self.ignored,
        )


def _mode(mode: int) -> str | None:
    return f"{mode:06o}" if mode else None


def _data_stop(texts: Sequence[str], at: int, end: int) -> int:
    """The line after a binary patch: blocks that begin with a word and end blank."""
    while at < end and texts[at].startswith(("literal ", "delta ")):
        while at < end and texts[at].rstrip("\r"):
            at += 1
        at = min(at + 1, end)
    return at


def _is_of_a_hunk(line: str) -> bool:
    """Does a line look like a hunk's? A mail's signature (`-- `) does not count."""
    return line[:1] in (" ", "+", "-") and line.rstrip() != "--"
