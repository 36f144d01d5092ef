"""When two patches are the same change: a hash of paths, kinds, and changed lines in place.

It omits what depends on how a patch was written down (context lines and their number, `index`
lines, the order of files, what surrounds them), so that a commit read from a JSON file and the same
commit read from a repository agree.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from core.patch.parse import FilePatch, Patch
from core.sources import encode

_ID = re.compile(r"\b([0-9a-f]{7})[0-9a-f]*\b")
_ORDINARY = "100644"
_NOT_IN_BINARY = ("diff --git ", "similarity ", "dissimilarity ")


def change_hash(patch: Patch) -> str:
    """SHA-256 of the change that a patch makes, as hex digits.

    Text in which no file was found is hashed verbatim, except for white space at its ends.
    """
    if not patch.files:
        return _digest(["raw", patch.text.strip()])
    parts = sorted(_digest(_file_parts(patch, file)) for file in patch.files)
    return _digest([*parts, *_loose_lines(patch, 0, patch.files[0].start)])


def _digest(parts: list[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = encode(part)
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def _file_parts(patch: Patch, file: FilePatch) -> list[str]:
    names = [file.old_path, file.new_path, *_modes(file)]
    parts = [file.status.value, *("\0" if name is None else name for name in names)]
    if file.binary:
        return [*parts, *_binary_lines(patch, file)]
    return [*parts, *_changed_lines(patch, file), *_unread_lines(patch, file)]


def _modes(file: FilePatch) -> tuple[str, ...]:
    """The modes if they matter; an ordinary file's need not be written down."""
    modes = (file.old_mode or _ORDINARY, file.new_mode or _ORDINARY)
    return () if modes[0] == modes[1] else modes


def _changed_lines(patch: Patch, file: FilePatch) -> Iterator[str]:
    """Each changed line with its base line; an end without newline counts."""
    for hunk in file.hunks:
        base = hunk.old_start + (hunk.old_count == 0)  # without lines, `@@` names the one before
        changed = False
        for line in patch.lines[hunk.start : hunk.stop]:
            mark = line[:1]
            if mark in ("+", "-"):
                yield f"{mark}{base}:{line[1:]}"
            elif mark == "\\" and changed:
                yield "no newline"
            changed = mark in ("+", "-")
            base += mark not in ("+", "\\")


def _unread_lines(patch: Patch, file: FilePatch) -> Iterator[str]:
    """What looks like a change but belongs to no hunk, in a malformed file."""
    if file.problems:
        at = file.start
        for hunk in file.hunks:
            yield from _loose_lines(patch, at, hunk.start - 1)
            at = hunk.stop
        yield from _loose_lines(patch, at, file.stop)


def _loose_lines(patch: Patch, start: int, stop: int) -> Iterator[str]:
    for line in patch.lines[start:stop]:
        if line[:1] in ("+", "-") and line[:4] not in ("+++ ", "--- "):
            yield line


def _binary_lines(patch: Patch, file: FilePatch) -> Iterator[str]:
    """The body of a binary change; ids are cut to 7 digits, as short as git writes them."""
    for line in patch.lines[file.start : file.stop]:
        if line.startswith("index "):
            yield _ID.sub(r"\1", line)
        elif line and not line.startswith(_NOT_IN_BINARY):
            yield line
