"""The paths of a file: those that git reads, what else may be meant, and what is done to it."""

from __future__ import annotations

from typing import NamedTuple

from core.patch.parse.git_header import GIT, HEADER_LINE_BYTES, RawLines
from core.patch.parse.patch_names import (
    find_name,
    find_traditional_name,
    header_name,
    is_dev_null,
    squash,
)
from core.patch.parse.patch_records import FileStatus, Header
from core.sources import decode

_PREFIXES = tuple(f"{letter}/".encode() for letter in "abciow12")
"""Git's own: a/ b/, with mnemonics c/ i/ o/ w/, without an index 1/ 2/."""
_USUAL = GIT + b"a/"
_NOWHERE = b"dev/null"  # "/dev/null" to a git that does not expect it


class Paths(NamedTuple):
    """Paths before and after (None: no such file), and `FilePatch.bare`."""

    old: str | None
    new: str | None
    bare: str | None = None


def read_paths(
    lines: RawLines, span: tuple[int, int], header: Header, *, strip: int, is_guess: bool
) -> Paths:
    """The paths of the file whose header is in some lines.

    If git does not read the header (`is_guess`), a recognisable prefix is removed.
    """
    at, stop = span
    old = None if header.is_new > 0 else header.old_name
    new = None if header.is_delete > 0 else header.new_name
    if header.is_rename or header.is_copy:
        return _paths(header.old_name, header.new_name)
    is_odd = is_guess or _NOWHERE in (old, new)
    start = lines.starts[at]
    is_usual = not is_odd and lines.data.startswith(_USUAL, start)
    if is_usual and lines.data.find(b" b/", start, lines.starts[at + 1]) >= 0:
        return _paths(old, new)
    written = _written_names(lines, at, stop)
    if is_odd:
        old, new = _without_prefixes(written, header)
    paths = _paths(old, new)
    bare = _bare(lines[at], written) if strip else None
    if bare is None:
        return paths
    meant = decode(bare).removeprefix("./")
    return paths._replace(bare=None if meant in (paths.old, paths.new) else meant)


def _paths(old: bytes | None, new: bytes | None) -> Paths:
    return Paths(None if old is None else decode(old), None if new is None else decode(new))


class _Names(NamedTuple):
    """Names as written in a header, with all their folders; None for /dev/null."""

    old: bytes | None
    new: bytes | None


def _without_prefixes(written: _Names, header: Header) -> _Names:
    is_both = header.is_new > 0 and header.is_delete > 0  # which says nothing
    old = None if header.is_new > 0 and not is_both else written.old
    new = None if header.is_delete > 0 and not is_both else written.new
    if written.old is None or written.new is None:
        return _Names(_without_known_prefix(old), _without_known_prefix(new))
    if written.old == written.new:
        return _Names(old, new)
    tails = [name.partition(b"/")[2] for name in (written.old, written.new)]
    is_prefixed = tails[0] == tails[1] != b"" and b"/" not in (written.old[:1], written.new[:1])
    if is_prefixed or all(name.startswith(_PREFIXES) for name in (written.old, written.new)):
        return _Names(*(name and name.partition(b"/")[2] for name in (old, new)))
    return _Names(old, new)


def _without_known_prefix(name: bytes | None) -> bytes | None:
    return name[2:] if name and name.startswith(_PREFIXES) and len(name) > 2 else name


def _bare(first: bytes, written: _Names) -> bytes | None:
    """The name of a header without prefixes: it is repeated there, or alone."""
    old, new = written
    if old is not None and new is not None:
        return old if old == new else None
    name = old if new is None else new
    if name is None:
        return None
    if first.startswith(GIT):
        return name if header_name(first, len(GIT), len(first), 0) == name else None
    return None if name.startswith(_PREFIXES) else name


def _written_names(lines: RawLines, at: int, stop: int) -> _Names:
    """The names of a header as written, in the first pair of lines that has both."""
    data = lines.data
    for line in range(at, min(stop, len(lines)) - 1):
        start, following = lines.starts[line], lines.starts[line + 1]
        if data.startswith(b"--- ", start) and data.startswith(b"+++ ", following):
            return _Names(_written(lines[line][4:]), _written(lines[line + 1][4:]))
    return _on_git_line(lines[at].rstrip(b"\r\n") + b"\n")


def _written(name: bytes) -> bytes | None:
    name = name.rstrip(b"\n") + b"\n"
    if len(name) > HEADER_LINE_BYTES or is_dev_null(name, 0):
        return None
    return find_traditional_name(name, 0, 0)


def _on_git_line(line: bytes) -> _Names:
    """The two names of a `diff --git` line (or the one of `diff --cc`), if determinable."""
    if len(line) > HEADER_LINE_BYTES:
        return _Names(None, None)
    if not line.startswith(GIT):
        name = find_name(line, line.find(b" ", 5) + 1, 0)
        return _Names(name, name)
    same = header_name(line, len(GIT), len(line), 0)
    if same is not None:
        return _Names(same, same)
    one = header_name(line, len(GIT), len(line), 1)
    if one is not None:
        return _Names(squash(b"a/" + one), squash(b"b/" + one))
    old, separator, new = line[len(GIT) : -1].partition(b" b/")
    if separator:
        return _Names(old, b"b/" + new)
    old, separator, new = line[len(GIT) : -1].partition(b" ")
    return _Names(old, new) if separator and old and new else _Names(None, None)


def status_of(header: Header, paths: Paths, *, is_more: bool) -> FileStatus:
    """What is done to the file; `is_more`: the section holds more than its header."""
    if header.is_rename:
        return FileStatus.RENAMED
    if header.is_copy:
        return FileStatus.COPIED
    if paths.old is None and paths.new is not None:
        return FileStatus.ADDED
    if paths.new is None and paths.old is not None:
        return FileStatus.DELETED
    if paths.old != paths.new:
        return FileStatus.RENAMED
    return FileStatus.MODE if header.changes and not is_more else FileStatus.MODIFIED
