"""What a patch is: files, hunks and lines that refer to the raw text without copying it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from core.records import replace

OWN_DIFF = "model_patch.diff"
"""The name under which a pipeline stores an attempt's patch, sometimes inside the work tree."""

UNKNOWN = -1
"""`Header.is_new` and `is_delete` without a git header, until hunks or the base tell."""


class FileStatus(StrEnum):
    """What a patch does to one file."""

    MODIFIED = "modified"
    ADDED = "added"
    DELETED = "deleted"
    RENAMED = "renamed"
    COPIED = "copied"
    MODE = "mode"  # nothing but the mode changes


class PatchProblem(Struct, frozen=True):
    """Something that could not be parsed; its raw text is still in `Patch.lines`."""

    line: int  # 1-based line of the patch text
    reason: str
    fatal: bool | None = True
    """Does `git apply` reject the whole patch because of it? None: its versions disagree."""


class Hunk(Struct, frozen=True):
    """One hunk; its body is `Patch.lines[start:stop]`, each line with its marker.

    The `@@` line is `start - 1`. The counts are those of the body, even if the `@@` line states
    others (the file then has a problem).
    """

    start: int
    stop: int
    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: str  # the text after the second @@
    offset: int = 0  # from the place in the @@ line to where git puts it

    @property
    def first_old(self) -> int:
        """The old line at which it begins: one that shows none is *after* `old_start`."""
        return self.old_start + (not self.old_count)

    @property
    def first_new(self) -> int:
        """The new line at which it begins."""
        return self.new_start + (not self.new_count)


def with_new_starts(hunks: Sequence[Hunk]) -> list[Hunk]:
    """The hunks with their new lines counted from the old ones, in their original order."""
    delta = 0
    found: dict[int, Hunk] = {}
    for at in sorted(range(len(hunks)), key=lambda at: hunks[at].first_old):
        hunk = hunks[at]
        found[at] = replace(hunk, new_start=hunk.first_old + delta - (not hunk.new_count))
        delta += hunk.new_count - hunk.old_count
    return [found[at] for at in range(len(hunks))]


class Header(Struct):
    """What git reads in the header of one file (`struct patch` of its apply.c).

    Names are without their first folder, which is `a/` or `b/` if git wrote them; modes are
    numbers, 0 if none is stated. Not changed once the patch is parsed.
    """

    old_name: bytes | None = None
    new_name: bytes | None = None
    default_name: bytes | None = None  # the one repeated in the line `diff --git`
    is_new: int = UNKNOWN
    is_delete: int = UNKNOWN
    is_rename: bool = False
    is_copy: bool = False
    old_mode: int = 0
    new_mode: int = 0
    zero_mode: bool = False  # "000000": versions of git disagree on its meaning
    old_oid: bytes = b""
    new_oid: bytes = b""

    @property
    def changes(self) -> bool:
        """Does the header alone change something?"""
        modes = self.old_mode and self.new_mode and self.old_mode != self.new_mode
        renames = self.is_rename or self.is_copy
        return bool(renames or self.is_new > 0 or self.is_delete > 0 or modes)


class FilePatch(Struct, frozen=True):
    """What a patch does to one file. Paths are those that git reads, without `a/` and `b/`.

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
    header: Header
    data_at: int | None = None  # the line where the data of a binary patch begins
    bare: str | None = None
    """The path as written if its header has no folder for git to strip.

    As in `git diff --no-prefix`: git strips one all the same. See `core.patch.bare_names`.
    """
    ignored: bool = False  # git does not count it as part of the patch

    @property
    def path(self) -> str:
        """The path to show: the new one, or the old one of a deleted file."""
        return self.new_path if self.new_path is not None else self.old_path or ""


class Patch(Struct, frozen=True):
    """A parsed patch. Text before, between and after the files is only in `lines`."""

    lines: tuple[str, ...]  # the raw text, split at "\n" only
    files: tuple[FilePatch, ...]
    problems: tuple[PatchProblem, ...]  # malformed things that belong to no file
    refusal: PatchProblem | None = None  # why `git apply` refuses to read it; None: it reads it

    @property
    def text(self) -> str:
        """The raw text, exactly as it was parsed."""
        return "\n".join(self.lines)

    @property
    def is_sound(self) -> bool:
        """Does git read all of it, and does nothing in it look odd?"""
        return self.refusal is None and not any(True for _ in self.all_problems())

    def all_problems(self) -> Iterator[PatchProblem]:
        """The problems of the patch and of its files, those of the patch first."""
        yield from self.problems
        for file in self.files:
            yield from file.problems


class DiffLine(NamedTuple):
    """One line of a hunk's body."""

    kind: str  # " ", "+", "-" or "\\"
    text: str  # without the marker and the "\n"; a "\r" stays
    old: int | None  # 1-based line number in the base file
    new: int | None  # 1-based line number in the patched file
    index: int  # type: ignore[assignment]  # into `Patch.lines`; hides `tuple.index`


def diff_lines(patch: Patch, hunk: Hunk, kinds: str = " +-\\") -> Iterator[DiffLine]:
    """The lines of some kinds of a hunk, numbered. A bare empty line is an empty context line."""
    old, new = hunk.old_start, hunk.new_start
    same, added, removed = " " in kinds, "+" in kinds, "-" in kinds
    for index in range(hunk.start, hunk.stop):
        line = patch.lines[index]
        kind = line[:1]
        if kind == "+":
            if added:
                yield DiffLine("+", line[1:], None, new, index)
            new += 1
        elif kind == "-":
            if removed:
                yield DiffLine("-", line[1:], old, None, index)
            old += 1
        elif kind == "\\":
            if "\\" in kinds:
                yield DiffLine("\\", line[1:], None, None, index)
        else:
            if same:
                yield DiffLine(" ", line[1:] if kind == " " else line, old, new, index)
            old += 1
            new += 1


def holds_own_diff(patch: Patch) -> bool:
    """Does the patch contain a copy of itself, a file named `model_patch.diff`?"""
    return any(is_own_diff(file.path) for file in patch.files)


def is_own_diff(path: str) -> bool:
    """Is it the name of the pipeline's copy of the patch itself?"""
    return path.rsplit("/", 1)[-1] == OWN_DIFF
