"""Where a file's part of a patch begins, and what its header lines say of paths and modes.

The rules are those of `git apply` (git's `apply.c`), but for prefixes: git strips one folder from
each path, here a prefix goes only when it can be told to be one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.patch.parse.patch_records import FileStatus
from core.sources import decode, encode

DEV_NULL = "/dev/null"
_GIT = "diff --git "
_COMBINED = ("diff --cc ", "diff --combined ")
_PREFIXES = frozenset("abciow12")  # git's own: a/ b/, mnemonic c/ i/ o/ w/, --no-index 1/ 2/
_LONGEST_NAMES = 16_384  # characters; splitting two paths with spaces is not linear
_EPOCH = re.compile(r"(1970-01-01|1969-12-31) \d\d:\d\d:\d\d")
_ESCAPE = re.compile(rb'\\([0-3][0-7]{2}|[abtnvfr"\\])')
_ESCAPED = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(slots=True)
class Header:
    """What a file's header says; `stop` is the line behind it."""

    old_path: str | None = None
    new_path: str | None = None
    status: FileStatus = FileStatus.MODIFIED
    old_mode: str | None = None
    new_mode: str | None = None
    combined: bool = False
    empty_since_epoch: bool = False  # a time stamp says that one side does not exist
    stop: int = 0

    @property
    def says_change(self) -> bool:
        """Does the header alone change something (git calls it metadata)?"""
        return self.status is not FileStatus.MODIFIED or self.old_mode != self.new_mode


def begins_file(lines: Sequence[str], at: int, end: int) -> bool:
    """Does a file's header begin at this line (of a place that is not inside a hunk)?"""
    line = lines[at]
    if line.startswith("d"):
        return line.startswith((_GIT, *_COMBINED))
    return is_plain_header(lines, at, end)


def is_plain_header(lines: Sequence[str], at: int, end: int) -> bool:
    """Is this a pair of `---` and `+++` lines with a hunk (or the end of a cut text) behind it?"""
    return (
        lines[at].startswith("--- ")
        and at + 1 < end
        and lines[at + 1].startswith("+++ ")
        and (at + 2 >= end or lines[at + 2].startswith("@@"))
    )


def read_header(lines: Sequence[str], at: int, end: int) -> Header:
    """Read the header that begins at a line for which `begins_file` is true."""
    first = lines[at].rstrip("\r")
    if first.startswith(_GIT):
        return _git_header(lines, at, end, *split_names(first[len(_GIT) :]))
    if first.startswith(_COMBINED):
        path = unquote(first.split(" ", 2)[2])
        header = Header(path, path, combined=True)
        header.stop = at + 1
        return header
    return _plain_header(lines, at)


def _git_header(
    lines: Sequence[str], at: int, end: int, old: str | None, new: str | None
) -> Header:
    header = Header(old_path=old, new_path=new)
    header.old_path, header.new_path = without_prefixes(old, new)
    at += 1
    while at < end and _git_line(header, lines, at, end):
        at += 1
    header.stop = at
    if header.status is FileStatus.ADDED:
        header.old_path = None
    elif header.status is FileStatus.DELETED:
        header.new_path = None
    elif header.status is FileStatus.MODIFIED and header.old_path != header.new_path:
        header.status = FileStatus.RENAMED
    return header


def _git_line(header: Header, lines: Sequence[str], at: int, end: int) -> bool:
    """Take in one extended header line; False when it is none, and the header has ended."""
    line = lines[at].rstrip("\r")
    word, value = _split_key(line)
    match word:
        case "old mode":
            header.old_mode = value
        case "new mode":
            header.new_mode = value
        case "new file mode":
            header.status, header.new_mode = FileStatus.ADDED, value
        case "deleted file mode":
            header.status, header.old_mode = FileStatus.DELETED, value
        case "rename from" | "rename old":
            header.status, header.old_path = FileStatus.RENAMED, unquote(value)
        case "copy from":
            header.status, header.old_path = FileStatus.COPIED, unquote(value)
        case "rename to" | "rename new" | "copy to":
            header.new_path = unquote(value)
        case "index":
            if " " in value:  # git writes it where neither the mode nor the file is new
                header.old_mode = header.new_mode = value.rsplit(" ", 1)[1]
        case "similarity index" | "dissimilarity index":
            pass
        case "---" if at + 1 < end and lines[at + 1].startswith("+++ "):
            _take_names(header, value, lines[at + 1].rstrip("\r")[4:])
        case "+++":
            return lines[at - 1].startswith("--- ")
        case _:
            return False
    return True


_KEYS = re.compile(
    r"(old mode|new mode|new file mode|deleted file mode|rename (?:from|to|old|new)"
    r"|copy (?:from|to)|(?:dis)?similarity index|index|---|\+\+\+) (.*)",
    re.DOTALL,
)


def _split_key(line: str) -> tuple[str, str]:
    match = _KEYS.match(line)
    return (match[1], match[2]) if match else ("", "")


def _take_names(header: Header, old_value: str, new_value: str) -> None:
    """Take paths from the `---` and `+++` lines, unless rename or copy lines gave better ones."""
    old, new = (unquote(value.split("\t", 1)[0]) for value in (old_value, new_value))
    if header.status is FileStatus.MODIFIED:
        if old == DEV_NULL:
            header.status = FileStatus.ADDED
        elif new == DEV_NULL:
            header.status = FileStatus.DELETED
    if header.status in (FileStatus.RENAMED, FileStatus.COPIED) or header.new_path is not None:
        return
    header.old_path, header.new_path = without_prefixes(old, new)


def _plain_header(lines: Sequence[str], at: int) -> Header:
    old_value, new_value = (lines[at + i].rstrip("\r")[4:] for i in (0, 1))
    old_name, _, old_time = old_value.partition("\t")
    new_name, _, new_time = new_value.partition("\t")
    old, new = unquote(old_name), unquote(new_name)
    header = Header(stop=at + 2)
    header.empty_since_epoch = bool(_EPOCH.match(old_time) or _EPOCH.match(new_time))
    old_path, new_path = without_prefixes(old, new)
    if old == DEV_NULL:
        header.status, header.new_path = FileStatus.ADDED, new_path
    elif new == DEV_NULL:
        header.status, header.old_path = FileStatus.DELETED, old_path
    else:
        # a plain diff cannot rename: of x.py.orig and x.py the file is x.py
        is_variation = (new_path or "").startswith(old_path or "")
        header.old_path = header.new_path = old_path if is_variation else new_path
    return header


def split_names(names: str) -> tuple[str | None, str | None]:
    """The two paths of a `diff --git` line, still with prefixes; None when they cannot be told.

    Paths with spaces are not quoted: the two are told apart by being equal but for the prefix.
    """
    if len(names) > _LONGEST_NAMES:
        return None, None
    if names.startswith('"') or names.endswith('"'):
        return _split_quoted(names)
    middle = len(names) // 2
    candidates = [middle] if names[middle : middle + 1] == " " else []
    candidates += [i for i, character in enumerate(names) if character == " "][:64]
    for at in candidates:
        old, new = names[:at], names[at + 1 :]
        if old == new or _tail(old) == _tail(new) != "":
            return old, new
    old, separator, new = names.partition(" b/")
    if separator:
        return old, "b/" + new
    old, separator, new = names.partition(" ")
    return (old, new) if separator else (None, None)


def _split_quoted(names: str) -> tuple[str | None, str | None]:
    if match := _QUOTED.match(names):
        return unquote(match[0]), unquote(names[match.end() :].lstrip(" "))
    at = names.find(' "')
    return (names[:at], unquote(names[at + 1 :])) if at >= 0 else (None, None)


def _tail(path: str) -> str:
    return path.partition("/")[2]


def without_prefixes(old: str | None, new: str | None) -> tuple[str | None, str | None]:
    """Both paths without `a/` and `b/` or the like; unchanged when they have no such prefix."""
    if old is None or new is None or (old == new != DEV_NULL):
        return old, new
    if DEV_NULL in (old, new):
        return _without_known_prefix(old), _without_known_prefix(new)
    if _tail(old) == _tail(new) != "" and "/" not in (old[:1], new[:1]):
        return _tail(old), _tail(new)
    if all(path[:1] in _PREFIXES and path[1:2] == "/" for path in (old, new)):
        return old[2:], new[2:]
    return old, new


def _without_known_prefix(path: str) -> str | None:
    if path == DEV_NULL:
        return None
    return path[2:] if path[:1] in _PREFIXES and path[1:2] == "/" else path


def unquote(name: str) -> str:
    r"""A path as git wrote it, without its C-style quotes: `"caf\303\251.py"` is `café.py`."""
    if len(name) < 2 or not (name.startswith('"') and name.endswith('"')):
        return name
    return decode(_ESCAPE.sub(_unescape, encode(name[1:-1])))


def _unescape(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([_ESCAPED[code] if code in _ESCAPED else int(code, 8)])
