"""The files and lines of a patch that say something about its change."""

from __future__ import annotations

from collections.abc import Iterator

from core.patch.parse.patch_records import DiffLine, FilePatch, Patch, diff_lines, is_own_diff


def real_files(patch: Patch) -> tuple[FilePatch, ...]:
    """The files of a patch without copies of the patch itself."""
    return tuple(file for file in patch.files if not is_own_diff(file.path))


def file_lines(patch: Patch, file: FilePatch, kinds: str = " +-") -> Iterator[DiffLine]:
    """The lines of a file's hunks that are of the given kinds."""
    for hunk in file.hunks:
        yield from diff_lines(patch, hunk, kinds)


def added_lines(patch: Patch) -> frozenset[str]:
    """The stripped lines that a patch adds, those that contain a letter."""
    return frozenset(
        text
        for file in real_files(patch)
        for line in file_lines(patch, file, "+")
        if any(map(str.isalpha, text := line.text.strip()))
    )
