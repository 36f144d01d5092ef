"""What the header of one file says, as git's `apply.c` reads it, or why git rejects it.

Functions correspond to those of git (named in their docstrings), in the order of their decisions.
Where git 2.39 and 2.55 differ, `Doubtful` is raised.
"""

from __future__ import annotations

import re
from io import BytesIO
from itertools import accumulate

from core.patch.parse.patch_names import (
    LINE_ENDS,
    SPACE,
    find_name,
    find_traditional_name,
    has_epoch_date,
    header_name,
    is_dev_null,
)
from core.patch.parse.patch_records import Header

GIT = b"diff --git "
HEADER_LINE_BYTES = 16 * 1024  # two names that no file system takes
_MODE = re.compile(rb"[ \t\n\v\f\r]*([0-7]+)")
_MODE_DIGITS = 21  # more do not fit into git's 64 bits


class HeaderFault(Exception):
    """Git stops reading the patch: `line` (from 1) and the reason."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class Doubtful(HeaderFault):
    """Whether git rejects it depends on its version, or on something unreliable."""


class RawLines:
    """The bytes of a patch, and each of its lines with its line feed."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.starts = [0, *accumulate(map(len, BytesIO(data).readlines()))]
        self.end = len(self.starts) - 1
        self.ended = self.end - (not data.endswith(b"\n") and self.end > 0)
        """How many lines end with a line feed: all of them but perhaps the last."""
        self.has_nul = b"\0" in data

    def __len__(self) -> int:
        return self.end

    def __getitem__(self, at: int) -> bytes:
        return self.data[self.starts[at] : self.starts[at + 1]]

    def left(self, at: int) -> int:
        """Bytes from a line to the end."""
        return len(self.data) - self.starts[at]


class Stripping:
    """How many leading folders git strips from a name: one, until it guesses otherwise."""

    def __init__(self) -> None:
        self.folders = 1
        self._is_known = False

    def guess(self, lines: RawLines, new: int) -> None:
        """Names without any folder are taken as they are, from here on (`guess_p_value()`)."""
        if self._is_known:
            return
        data = lines.data
        name = None if is_dev_null(data, new) else find_traditional_name(data, new, 0)
        if name is not None and b"/" not in name:
            self.folders, self._is_known = 0, True


def is_traditional_header(lines: RawLines, at: int) -> bool:
    """Does git take this line and the next for the header of a file?"""
    data, starts = lines.data, lines.starts
    if at + 2 >= len(starts) or starts[at + 1] - starts[at] < 6:
        return False
    if not data.startswith(b"+++ ", starts[at + 1]):
        return False
    long_enough = lines.left(at) >= starts[at + 2] - starts[at + 1] + 14
    return long_enough and data.startswith(b"@@ -", starts[at + 2])


class GitHeader:
    """Reads the lines that follow `diff --git` (`parse_git_diff_header()`) into a `Header`."""

    def __init__(self, lines: RawLines, at: int, strip: int, header: Header) -> None:
        self.lines = lines
        self.at = at  # the next line
        self.header = header
        self._data = lines.data
        self._strip = strip

    def read(self) -> int:
        """Read to the end of the header and return the line after it. Raises `HeaderFault`."""
        header, lines = self.header, self.lines
        header.is_new = header.is_delete = 0
        start, stop = lines.starts[self.at], lines.starts[self.at + 1]
        check_header_line(lines, self.at)
        header.default_name = header_name(self._data, start + len(GIT), stop, self._strip)
        self.at += 1
        while self.at < lines.ended and self._read_line():
            self.at += 1
        if not header.old_name and not header.new_name:
            if not header.default_name:
                raise HeaderFault("the header names no file", self.at)
            header.old_name = header.new_name = header.default_name
        if (header.new_name is None and not header.is_delete) or (
            header.old_name is None and not header.is_new
        ):
            raise HeaderFault("the header lacks a file name", self.at)
        return self.at

    def _read_line(self) -> bool:
        """Process one line of git's header; False if it is not one."""
        start = self.lines.starts[self.at]
        found = _EXTENDED.match(self._data, start)
        if found is None:
            return False
        check_header_line(self.lines, self.at)
        self._take(found[0], found.end())
        return True

    def _check_marks(self) -> None:
        header = self.header
        marks = (header.is_delete, header.is_new, header.is_rename, header.is_copy)
        if sum(mark == 1 for mark in marks) > 1:
            raise HeaderFault("the header lines contradict each other", self.at + 1)

    def _take(self, word: bytes, at: int) -> None:
        header = self.header
        match word:
            case b"index ":
                self._take_index(at)
            case b"--- ":
                header.old_name = self._verify_name(header.old_name, bool(header.is_new), at)
            case b"+++ ":
                header.new_name = self._verify_name(header.new_name, bool(header.is_delete), at)
            case b"old mode ":
                header.old_mode = self._mode(at)
            case b"new mode ":
                header.new_mode = self._mode(at)
            case b"deleted file mode ":
                header.is_delete = 1
                header.old_name = header.default_name
                header.old_mode = self._mode(at)
                self._check_marks()
            case b"new file mode ":
                header.is_new = 1
                header.new_name = header.default_name
                header.new_mode = self._mode(at)
                self._check_marks()
            case b"similarity index " | b"dissimilarity index ":
                pass
            case _:
                self._take_move(word, at)

    def _take_move(self, word: bytes, at: int) -> None:
        """A line that says from where, or to where, a file is renamed or copied."""
        header = self.header
        name = find_name(self._data, at, max(self._strip - 1, 0), LINE_ENDS)
        if word.startswith(b"copy"):
            header.is_copy = True
        else:
            header.is_rename = True
        if word.endswith((b"from ", b"old ")):
            header.old_name = name
        else:
            header.new_name = name
        self._check_marks()

    def _verify_name(self, known: bytes | None, is_null: bool, at: int) -> bytes | None:
        """A `---` or `+++` line must agree with what is known (`gitdiff_verify_name()`)."""
        line = self.at + 1
        if known is None and not is_null:
            return find_name(self._data, at, self._strip)
        if known is not None:
            if is_null:
                raise HeaderFault("the header should name /dev/null", line)
            if find_name(self._data, at, self._strip) != known:
                raise HeaderFault("the header names two different files", line)
        elif not is_dev_null(self._data, at):
            raise HeaderFault("the header should name /dev/null", line)
        return known

    def _mode(self, at: int) -> int:
        found = _MODE.match(self._data, at)
        if not found or self._data[found.end()] not in SPACE:
            if self._data[at : at + 1] in (b"+", b"-"):
                raise Doubtful("the mode has a sign", self.at + 1)
            raise HeaderFault("the mode is not an octal number", self.at + 1)
        if len(found[1].lstrip(b"0")) > _MODE_DIGITS:
            raise Doubtful("the mode is too large", self.at + 1)
        mode = int(found[1], 8)
        self.header.zero_mode |= mode == 0
        return mode

    def _take_index(self, at: int) -> None:
        """Ids and mode of an `index` line; what is not one is ignored (`gitdiff_index()`)."""
        data = self._data
        dots = data.find(b".", at, at + 41)
        if dots < 0 or data[dots + 1 : dots + 2] != b".":
            return
        self.header.old_oid = data[at:dots]
        end = data.find(b"\n", dots)
        end = end if end >= 0 else len(data)
        blank = data.find(b" ", dots + 2, end)
        end = blank if blank >= 0 else end
        if end - dots - 2 > 40:
            return
        self.header.new_oid = data[dots + 2 : end]
        if blank >= 0:
            self.header.old_mode = self._mode(blank + 1)


def read_traditional_header(lines: RawLines, at: int, stripping: Stripping, header: Header) -> None:
    """Process a `---` and `+++` pair without git's header (`parse_traditional_patch()`).

    Raises `HeaderFault`.
    """
    check_header_line(lines, at)
    check_header_line(lines, at + 1)
    data = lines.data
    old, new = lines.starts[at] + 4, lines.starts[at + 1] + 4
    stripping.guess(lines, new)
    strip = stripping.folders
    if is_dev_null(data, old):
        header.is_new, header.is_delete = 1, 0
        name = header.new_name = find_traditional_name(data, new, strip)
    elif is_dev_null(data, new):
        header.is_new, header.is_delete = 0, 1
        name = header.old_name = find_traditional_name(data, old, strip)
    else:
        first = find_traditional_name(data, old, strip)
        name = find_traditional_name(data, new, strip, first)
        if has_epoch_date(data, old):
            header.is_new, header.is_delete = 1, 0
            header.new_name = name
        elif has_epoch_date(data, new):
            header.is_new, header.is_delete = 0, 1
            header.old_name = name
        else:
            header.old_name = header.new_name = name
    if name is None:
        raise HeaderFault("the header names no file", at + 1)


def check_header_line(lines: RawLines, at: int) -> None:
    """Raise `Doubtful` for what ends git's C strings, and for names that cannot exist."""
    start, stop = lines.starts[at], lines.starts[at + 1]
    has_nul = lines.has_nul and lines.data.find(b"\0", start, stop) >= 0
    if stop - start > HEADER_LINE_BYTES or has_nul:
        raise Doubtful("the header line contains a NUL byte or is too long", at + 1)


def says_binary_differs(line: bytes) -> bool:
    """Is this the line that git writes in place of a binary file's data?"""
    return line.endswith(b" differ\n") and line.startswith((b"Binary files ", b"Files "))


_EXTENDED = re.compile(
    rb"index |--- |\+\+\+ |old mode |new mode |deleted file mode |new file mode "
    rb"|copy from |copy to |rename (?:old|new|from|to) |similarity index |dissimilarity index "
)
