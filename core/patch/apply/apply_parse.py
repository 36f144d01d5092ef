"""A patch as git's `apply.c` reads it: which files and hunks it holds, or why git refuses it.

`core.patch.parse` reads a patch for people and forgives much; this module forgives what git
forgives and nothing else, so that `core.patch.apply` can say what `git apply` says. Functions
follow those of git of the same meaning (named in their docstrings) in the order of decisions.
Where git 2.39 and 2.55 differ, the answer is `Undecided`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from itertools import accumulate

from core.patch.apply.apply_records import RefusedWhole, Undecided
from core.patch.apply.binary import BinaryHunk, CorruptBinary, read_binary_hunk
from core.patch.apply.hunks import Hunk, hunk_header, read_hunk
from core.patch.apply.patch_names import (
    LINE_ENDS,
    SPACE,
    find_name,
    find_traditional_name,
    has_epoch_date,
    header_name,
    is_dev_null,
)

UNKNOWN = -1
"""`is_new` and `is_delete` without a header of git's, until the hunks or the base tell."""

_HEADER_LINE_BYTES = 64 * 1024
_MODE = re.compile(rb"[ \t\n\v\f\r]*([0-7]+)")


@dataclass(slots=True)
class Section:
    """What a patch says of one file (`struct patch`). Names without `a/`; modes as numbers."""

    line: int = 1  # of the patch, from 1, where the header stands
    old_name: bytes | None = None
    new_name: bytes | None = None
    default_name: bytes | None = None
    is_new: int = UNKNOWN
    is_delete: int = UNKNOWN
    is_rename: bool = False
    is_copy: bool = False
    old_mode: int = 0
    new_mode: int = 0
    zero_mode: bool = False  # "000000": versions of git disagree on what it means
    old_oid: bytes = b""
    new_oid: bytes = b""
    hunks: list[Hunk] = field(default_factory=list)
    is_binary: bool = False
    binary: BinaryHunk | None = None

    @property
    def name(self) -> bytes:
        """The old name, or the new one of a new file."""
        return self.old_name or self.new_name or b""


def read_patch(data: bytes) -> list[Section]:
    """The sections of a patch. Raises `Refused` as `git apply` does, and `Undecided`."""
    reader = _Reader(data)
    sections: list[Section] = []
    while reader.at < len(reader.lines):
        section = Section()
        try:
            if not reader.read_section(section):
                break
        except CorruptBinary:
            break  # git reports it, then goes on with the sections before it
        sections.append(section)
    if not sections:
        raise RefusedWhole("no valid patch in it")
    return sections


class _Reader:
    """A position in the lines of a patch, and how many leading folders names are freed of."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.lines = BytesIO(data).readlines()
        self.starts = [0, *accumulate(map(len, self.lines))]
        self.at = 0  # index of the next line
        self._strip = 1
        self._strip_known = False

    def left(self, index: int) -> int:
        """Bytes from a line to the end."""
        return len(self.data) - self.starts[index]

    def read_section(self, section: Section) -> bool:
        """Read to the end of the next file's part; False when there is none (`parse_chunk()`)."""
        if not self._find_header(section):
            return False
        start = self.at
        while self.left(self.at) > 4 and self.lines[self.at].startswith(b"@@ -"):
            hunk, self.at = read_hunk(self.lines, self.at)
            section.hunks.append(hunk)
        self._judge_hunks(section)
        if self.at == start:
            self._read_without_hunks(section)
        return True

    def _find_header(self, section: Section) -> bool:
        """Go behind the next header (`find_header()`)."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            left = self.left(self.at)
            if len(line) >= 6:
                if hunk_header(line, self.at):
                    raise RefusedWhole("a hunk without a header", self.at + 1)
                if left < len(line) + 6:
                    return False
                if line.startswith(b"diff --git "):
                    start = self.at
                    self._read_git_header(section)
                    if self.at > start + 1:
                        section.line = start + 1
                        return True
                    continue
                if self._at_traditional_header():
                    self._read_traditional_header(section)
                    section.line = self.at + 1
                    self.at += 2
                    return True
            self.at += 1
        return False

    def _at_traditional_header(self) -> bool:
        at = self.at
        if not self.lines[at].startswith(b"--- ") or not self.lines[at + 1].startswith(b"+++ "):
            return False
        long_enough = self.left(at) >= len(self.lines[at + 1]) + 14
        return long_enough and self.data.startswith(b"@@ -", self.starts[at + 2])

    def _read_git_header(self, section: Section) -> None:
        """Read the lines that follow `diff --git` (`parse_git_diff_header()`)."""
        section.is_new = section.is_delete = 0
        at, stop = self.starts[self.at], self.starts[self.at + 1]
        self._check_header_line(self.at)
        section.default_name = header_name(self.data, at + 11, stop, self._strip)
        self.at += 1
        while self.at < len(self.lines) and self.lines[self.at].endswith(b"\n"):
            if not self._read_extended_line(section):
                break
            self.at += 1
        line = self.at
        if not section.old_name and not section.new_name:
            if not section.default_name:
                raise RefusedWhole("the header names no file", line)
            section.old_name = section.new_name = section.default_name
        if (section.new_name is None and not section.is_delete) or (
            section.old_name is None and not section.is_new
        ):
            raise RefusedWhole("the header lacks a file name", line)

    def _read_extended_line(self, section: Section) -> bool:
        """Take one line of git's header; False when it is not one."""
        line = self.lines[self.at]
        at = self.starts[self.at]
        word = next((word for word in _EXTENDED if line.startswith(word)), None)
        if word is None:
            return False
        self._check_header_line(self.at)
        self._take(section, _EXTENDED[word], at + len(word))
        marks = (section.is_delete, section.is_new, section.is_rename, section.is_copy)
        if sum(mark == 1 for mark in marks) > 1:
            raise RefusedWhole("the header lines contradict each other", self.at + 1)
        return True

    def _take(self, section: Section, kind: str, at: int) -> None:
        source = max(self._strip - 1, 0)
        match kind:
            case "---":
                section.old_name = self._verify_name(section.old_name, bool(section.is_new), at)
            case "+++":
                section.new_name = self._verify_name(section.new_name, bool(section.is_delete), at)
            case "old mode":
                section.old_mode = self._mode(section, at)
            case "new mode":
                section.new_mode = self._mode(section, at)
            case "deleted":
                section.is_delete = 1
                section.old_name = section.default_name
                section.old_mode = self._mode(section, at)
            case "new file":
                section.is_new = 1
                section.new_name = section.default_name
                section.new_mode = self._mode(section, at)
            case "copy from" | "rename from":
                section.is_copy |= kind.startswith("copy")
                section.is_rename |= kind.startswith("rename")
                section.old_name = find_name(self.data, at, source, LINE_ENDS)
            case "copy to" | "rename to":
                section.is_copy |= kind.startswith("copy")
                section.is_rename |= kind.startswith("rename")
                section.new_name = find_name(self.data, at, source, LINE_ENDS)
            case "index":
                self._take_index(section, at)

    def _verify_name(self, known: bytes | None, is_null: bool, at: int) -> bytes | None:
        """A `---` or `+++` line must agree with what is known (`gitdiff_verify_name()`)."""
        line = self.at + 1
        if known is None and not is_null:
            return find_name(self.data, at, self._strip)
        if known is not None:
            if is_null:
                raise RefusedWhole("the header should name /dev/null", line)
            if find_name(self.data, at, self._strip) != known:
                raise RefusedWhole("the header names two different files", line)
        elif not is_dev_null(self.data, at):
            raise RefusedWhole("the header should name /dev/null", line)
        return known

    def _mode(self, section: Section, at: int) -> int:
        found = _MODE.match(self.data, at)
        if not found or self.data[found.end()] not in SPACE:
            if self.data[at : at + 1] in (b"+", b"-"):
                raise Undecided("a mode with a sign", self.at + 1)
            raise RefusedWhole("the mode is no octal number", self.at + 1)
        mode = int(found[1], 8)
        section.zero_mode |= mode == 0
        return mode

    def _take_index(self, section: Section, at: int) -> None:
        """Ids and mode of an `index` line; what is not one is ignored (`gitdiff_index()`)."""
        dots = self.data.find(b".", at, at + 41)
        if dots < 0 or self.data[dots + 1 : dots + 2] != b".":
            return
        section.old_oid = self.data[at:dots]
        end = self.data.find(b"\n", dots)
        end = end if end >= 0 else len(self.data)
        blank = self.data.find(b" ", dots + 2, end)
        end = blank if blank >= 0 else end
        if end - dots - 2 > 40:
            return
        section.new_oid = self.data[dots + 2 : end]
        if blank >= 0:
            section.old_mode = self._mode(section, blank + 1)

    def _read_traditional_header(self, section: Section) -> None:
        """Take a `---` and `+++` pair without git's header (`parse_traditional_patch()`)."""
        self._check_header_line(self.at)
        self._check_header_line(self.at + 1)
        old, new = self.starts[self.at] + 4, self.starts[self.at + 1] + 4
        self._guess_strip(new)
        if is_dev_null(self.data, old):
            section.is_new, section.is_delete = 1, 0
            name = section.new_name = find_traditional_name(self.data, new, self._strip)
        elif is_dev_null(self.data, new):
            section.is_new, section.is_delete = 0, 1
            name = section.old_name = find_traditional_name(self.data, old, self._strip)
        else:
            first = find_traditional_name(self.data, old, self._strip)
            name = find_traditional_name(self.data, new, self._strip, first)
            if has_epoch_date(self.data, old):
                section.is_new, section.is_delete = 1, 0
                section.new_name = name
            elif has_epoch_date(self.data, new):
                section.is_new, section.is_delete = 0, 1
                section.old_name = name
            else:
                section.old_name = section.new_name = name
        if name is None:
            raise RefusedWhole("the header names no file", self.at + 1)

    def _guess_strip(self, new: int) -> None:
        """Names without any folder are taken as they are, from here on (`guess_p_value()`)."""
        if self._strip_known:
            return
        name = None if is_dev_null(self.data, new) else find_traditional_name(self.data, new, 0)
        if name is not None and b"/" not in name:
            self._strip, self._strip_known = 0, True

    def _check_header_line(self, index: int) -> None:
        """Names end at a NUL for git; and no name is this long."""
        line = self.lines[index]
        if len(line) > _HEADER_LINE_BYTES or b"\0" in line:
            raise Undecided("a header line with a NUL, or too long", index + 1)

    def _judge_hunks(self, section: Section) -> None:
        """What the hunks say of creation and deletion (`parse_single_patch()`)."""
        several = len(section.hunks) > 1
        old = sum(hunk.old_count for hunk in section.hunks)
        new = sum(hunk.new_count for hunk in section.hunks)
        if section.is_new < 0 and (old or several):
            section.is_new = 0
        if section.is_delete < 0 and (new or several):
            section.is_delete = 0
        if section.is_new > 0 and old:
            raise RefusedWhole("the new file depends on old content", section.line)
        if section.is_delete > 0 and new:
            raise RefusedWhole("the deleted file still has content", section.line)

    def _read_without_hunks(self, section: Section) -> None:
        """A section that is binary, or only renames or changes a mode."""
        line = self.lines[self.at] if self.at < len(self.lines) else b""
        if line == b"GIT binary patch\n":
            section.is_binary = True
            self.at, section.binary = _read_binary(self.lines, self.at + 1)
        elif self._says_binary_differs(line):
            section.is_binary = True
            self.at += 1
        elif not (
            section.is_rename
            or section.is_copy
            or section.is_new > 0
            or section.is_delete
            or (section.old_mode and section.new_mode and section.old_mode != section.new_mode)
        ):
            raise RefusedWhole("a header without any change", self.at)

    def _says_binary_differs(self, line: bytes) -> bool:
        end = self.starts[self.at] + len(line)
        return self.data[end - 8 : end] == b" differ\n" and line.startswith(
            (b"Binary files ", b"Files ")
        )


def _read_binary(lines: list[bytes], at: int) -> tuple[int, BinaryHunk]:
    """The forward hunk of a binary patch and the line behind both (`parse_binary()`)."""
    at, forward = read_binary_hunk(lines, at)
    if forward is None:
        raise CorruptBinary("an unrecognised binary patch", at + 1)
    return read_binary_hunk(lines, at)[0], forward


_EXTENDED = {
    b"--- ": "---",
    b"+++ ": "+++",
    b"old mode ": "old mode",
    b"new mode ": "new mode",
    b"deleted file mode ": "deleted",
    b"new file mode ": "new file",
    b"copy from ": "copy from",
    b"copy to ": "copy to",
    b"rename old ": "rename from",
    b"rename new ": "rename to",
    b"rename from ": "rename from",
    b"rename to ": "rename to",
    b"similarity index ": "similarity",
    b"dissimilarity index ": "similarity",
    b"index ": "index",
}
