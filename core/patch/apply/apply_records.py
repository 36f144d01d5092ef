"""The inputs and results of applying a patch."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

FOLDER = "040000"


class BaseFile(Struct, frozen=True):
    """A path as it is in the base commit.

    `mode` is git's: "100644", "100755", "120000" (content: the link's target), "160000" (content:
    the line that git shows for a submodule), or "040000" for a folder (no content).
    """

    mode: str
    content: bytes


class ApplyProblem(Struct, frozen=True):
    """Why a patch, or its part for one file, does not apply or cannot be decided."""

    reason: str  # "hunk 2 does not match at base line 120", without file and patch line
    file: str | None = None
    line: int | None = None  # of the patch, from 1
    hunk: int | None = None  # of the file, from 1
    base_line: int | None = None  # where the hunk should have matched

    @property
    def words(self) -> str:
        """What is wrong and at which line of the patch, for where the file stands beside it."""
        return f"{self.reason} (patch line {self.line})" if self.line else self.reason

    def __str__(self) -> str:
        return f"{self.file}: {self.words}" if self.file else self.words


class PatchedFile(Struct, frozen=True):
    """What one section of a patch makes of its file, in patch order.

    `content` is None when the file is deleted or the section failed.
    """

    old_path: str | None  # None: created
    new_path: str | None  # None: deleted
    mode: str | None
    content: bytes | None
    file: int  # which of `Patch.files`
    places: tuple[int, ...] = ()  # the base line, from 1, at which each of its hunks applies
    problem: ApplyProblem | None = None


class Applied(Struct, frozen=True):
    """Does a patch apply (None: unknown), and what results.

    `files` holds what is written, by path, `sections` each step: a path may be patched twice (and
    one that is first changed and then deleted is still written, as git removes before it writes).
    `problems` begins with the decisive one; it is empty exactly when `applies` is true.
    """

    applies: bool | None
    files: Mapping[str, bytes] = field(default_factory=dict)
    sections: tuple[PatchedFile, ...] = ()
    problems: tuple[ApplyProblem, ...] = ()

    @property
    def failure(self) -> ApplyProblem | None:
        """Why the patch does not apply, or why that is unknown."""
        return self.problems[0] if self.problems else None


class Refused(Exception):
    """Git rejects the patch, or its part for one file."""

    def __init__(
        self,
        reason: str,
        line: int | None = None,
        hunk: int | None = None,
        base_line: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.hunk = hunk
        self.base_line = base_line

    def problem(self, file: str | None = None) -> ApplyProblem:
        """The same as a value."""
        return ApplyProblem(self.reason, file, self.line, self.hunk, self.base_line)


class RefusedWhole(Refused):
    """Git stops at once and looks at no further file."""


class Undecided(Refused):
    """What git would say is unknown here, or depends on its version."""
