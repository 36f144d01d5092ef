"""Merging the parts of a patch that change the same file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from core.patch.parse.patch_records import FilePatch, FileStatus, Hunk, Patch, with_new_starts
from core.records import replace

_MOST_WORK = 300_000
"""How many pairs of hunks (and problems) are examined, about a second; later parts stay apart."""


def joined(patch: Patch) -> Patch:
    """The same patch with every file once, if its parts change different places.

    Git counts the lines of a later part in the result of the earlier ones; here all are counted in
    the base. Parts that change the same lines stay apart.
    """
    files: list[FilePatch] = []
    last: dict[str, int] = {}
    work = 0
    for file in patch.files:
        at = last.get(file.old_path) if _goes_on(file) and file.old_path is not None else None
        both = None
        if at is not None:
            size = len(files[at].hunks) + len(files[at].problems)
            work += size * (1 + len(file.hunks))
            both = _join(patch.lines, files[at], file) if work <= _MOST_WORK else None
        if at is None or both is None:
            at = len(files)
            files.append(file)
        else:
            files[at] = both
        if file.new_path is not None:
            last[file.new_path] = at
    return patch if len(files) == len(patch.files) else replace(patch, files=tuple(files))


def _goes_on(file: FilePatch) -> bool:
    """Does a part start from what an earlier part made of the file?"""
    return not file.ignored and file.status in (FileStatus.MODIFIED, FileStatus.MODE)


def _join(lines: Sequence[str], first: FilePatch, second: FilePatch) -> FilePatch | None:
    if first.ignored or first.binary or second.binary:
        return None
    hunks = list(first.hunks)
    for hunk in second.hunks:
        moved = _in_base(lines, hunk, first.hunks)
        if moved is None:
            return None
        hunks.append(moved)
    hunks.sort(key=lambda hunk: hunk.first_old)
    if any(b.first_old < _stop(a) for a, b in pairwise(hunks)):
        return None
    return replace(
        first,
        hunks=tuple(with_new_starts(hunks)),
        added=first.added + second.added,
        removed=first.removed + second.removed,
        new_mode=second.new_mode or first.new_mode,
        problems=(*first.problems, *second.problems),
    )


def _in_base(lines: Sequence[str], hunk: Hunk, earlier: Sequence[Hunk]) -> Hunk | None:
    """A later hunk counted in the base, without the context that earlier hunks show too."""
    for other in earlier:
        start, stop = hunk.first_old, _stop(hunk)
        first, behind = other.first_new, other.first_new + other.new_count
        if start < first < stop:
            hunk = _without_end(lines, hunk, stop - first)
        elif first <= start < behind:
            hunk = _without_start(lines, hunk, behind - start)
        if hunk.first_old < behind and first < _stop(hunk):
            return None
    shift = sum(h.old_count - h.new_count for h in earlier if h.first_new <= hunk.first_old)
    return replace(hunk, old_start=hunk.old_start + shift)


def _without_start(lines: Sequence[str], hunk: Hunk, most: int) -> Hunk:
    """The hunk without up to `most` context lines at its start."""
    size = 0
    most = min(most, hunk.stop - hunk.start - 1)  # a hunk that changes nothing keeps a line
    while size < most and lines[hunk.start + size][:1] in (" ", ""):
        size += 1
    return _trimmed(hunk, size, size)


def _without_end(lines: Sequence[str], hunk: Hunk, most: int) -> Hunk:
    size = 0
    most = min(most, hunk.stop - hunk.start - 1)
    while size < most and lines[hunk.stop - 1 - size][:1] in (" ", ""):
        size += 1
    return _trimmed(hunk, size, 0)


def _trimmed(hunk: Hunk, size: int, at_start: int) -> Hunk:
    old, new = hunk.old_count - size, hunk.new_count - size
    return replace(
        hunk,
        start=hunk.start + at_start,
        stop=hunk.stop - (size - at_start),
        old_start=hunk.first_old + at_start - (not old),
        old_count=old,
        new_count=new,
    )


def _stop(hunk: Hunk) -> int:
    return hunk.first_old + hunk.old_count
