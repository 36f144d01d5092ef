"""What a patch is: files, hunks and lines that point into the raw text and hold none of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

OWN_DIFF = "model_patch.diff"
"""The name under which a pipeline stores an attempt's patch, sometimes inside the work tree."""


class FileStatus(StrEnum):
    """What a patch does to one file."""

    MODIFIED = "modified"
    ADDED = "added"
    DELETED = "deleted"
    RENAMED = "renamed"
    COPIED = "copied"
    MODE = "mode"  # nothing but the mode changes


@dataclass(frozen=True, slots=True)
class PatchProblem:
    """Something that could not be parsed; its raw text is still in `Patch.lines`."""

    line: int  # 1-based line of the patch text
    reason: str
    fatal: bool = True  # `git apply` refuses the whole patch because of it


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk; its body is `Patch.lines[start:stop]`, each line with its marker.

    The `@@` line is `start - 1`. The counts are those of the body, also where the `@@` line states
    others (the file then has a problem).
    """

    start: int
    stop: int
    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: str  # the text behind the second @@


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What a patch does to one file. Paths are unquoted and without `a/` and `b/`.

    `Patch.lines[start:stop]` belong to the file, header included.
    """

    old_path: str | None  # None for an added file
    new_path: str | None  # None for a deleted file
    status: FileStatus
    start: int
    stop: int
    hunks: tuple[Hunk, ...]
    added: int  # lines
    removed: int  # lines
    old_mode: str | None
    new_mode: str | None
    binary: bool
    problems: tuple[PatchProblem, ...]

    @property
    def path(self) -> str:
        """The path to show: the new one, or the old one of a deleted file."""
        return self.new_path if self.new_path is not None else self.old_path or ""


@dataclass(frozen=True, slots=True)
class Patch:
    """A parsed patch. Text before, between and behind the files is in `lines` alone."""

    lines: tuple[str, ...]  # the raw text, split at "\n" only
    files: tuple[FilePatch, ...]
    problems: tuple[PatchProblem, ...]  # malformed things that belong to no file

    @property
    def text(self) -> str:
        """The raw text, exactly as it was parsed."""
        return "\n".join(self.lines)


class DiffLine(NamedTuple):
    """One line of a hunk's body."""

    kind: str  # " ", "+", "-" or "\\"
    text: str  # without the marker and the "\n"; a "\r" stays
    old: int | None  # 1-based line number in the base file
    new: int | None  # 1-based line number in the patched file
    index: int  # type: ignore[assignment]  # into `Patch.lines`; hides `tuple.index`


def diff_lines(patch: Patch, hunk: Hunk) -> Iterator[DiffLine]:
    """The lines of a hunk with their numbers. A bare empty line is an empty context line."""
    old, new = hunk.old_start, hunk.new_start
    for index in range(hunk.start, hunk.stop):
        line = patch.lines[index]
        kind = line[:1]
        if kind == "+":
            yield DiffLine("+", line[1:], None, new, index)
            new += 1
        elif kind == "-":
            yield DiffLine("-", line[1:], old, None, index)
            old += 1
        elif kind == "\\":
            yield DiffLine("\\", line[1:], None, None, index)
        else:
            yield DiffLine(" ", line[1:] if kind == " " else line, old, new, index)
            old += 1
            new += 1


def holds_own_diff(patch: Patch) -> bool:
    """Does the patch contain a copy of itself, a file named `model_patch.diff`?"""
    return any(file.path.rsplit("/", 1)[-1] == OWN_DIFF for file in patch.files)
