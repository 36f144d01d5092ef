"""The lines of the base files around the changes of a patch, as shown to the judge.

Shown apart from the diff, with line numbers of the base file, where git would apply each hunk. They
are stored with the judgement, since no repository may be available when a prompt is rebuilt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from core.errors import RepositoryError
from core.patch.apply import BaseFile, apply_patch, placed
from core.patch.parse import FilePatch, Patch, parse_patch
from core.sources import decode

ReadBase = Callable[[str], BaseFile | None]

_LINK = "120000"


class BaseLines:
    """Takes base lines from a repository, `around` of them on both sides of each hunk."""

    def __init__(self, repository: Path | None, around: int) -> None:
        self._repository = repository
        self._around = around

    def of(self, patch_text: str, base: str | None) -> str:
        """The lines around the changes of a patch on a base commit, "" if unknown."""
        if not self._around or self._repository is None or not base:
            return ""
        from core.git.repository import opened

        try:
            read = partial(opened(str(self._repository)).base_file, base)
            patch = parse_patch(patch_text)
            return around_hunks(placed(patch, apply_patch(patch, read)), read, self._around)
        except RepositoryError:
            return ""


def around_hunks(patch: Patch, read: ReadBase, around: int) -> str:
    """Each changed region of the base files with that many lines before and after it."""
    parts = []
    for file in patch.files:
        found = read(file.old_path) if file.old_path is not None and file.hunks else None
        if found is None or not found.mode.startswith("100") or b"\0" in found.content:
            continue  # added, or nothing to read lines of
        lines = decode(found.content).split("\n")
        if lines and not lines[-1]:
            lines.pop()
        parts += [_region(file, lines, first, last) for first, last in _ranges(file, lines, around)]
    return "\n\n".join(parts)


def _ranges(file: FilePatch, lines: list[str], around: int) -> Iterator[tuple[int, int]]:
    """First and last line of each region (counted from 1); touching regions are merged."""
    ends = sorted(
        (
            max(1, hunk.first_old - around),
            min(len(lines), hunk.first_old + hunk.old_count - 1 + around),
        )
        for hunk in file.hunks
    )
    joined: list[tuple[int, int]] = []
    for first, last in ends:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    yield from ((first, last) for first, last in joined if first <= last)


def _region(file: FilePatch, lines: list[str], first: int, last: int) -> str:
    told = [f"{number:>6} {lines[number - 1]}" for number in range(first, last + 1)]
    return "\n".join([f"{file.old_path}, lines {first} to {last} of the base file:", *told])
