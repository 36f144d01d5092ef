"""Patches whose verdict is known, made from a human commit's own diff.

Each is a text like any other patch: without its largest hunk, reversed, with only a comment added,
or with a name changed throughout one hunk. None of them makes the human's change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from core.assess.canary_scores import PARTIAL
from core.errors import SourceError
from core.patch.parse import FilePatch, Hunk, Patch, parse_patch
from core.sources import TextSource, read_to_send

REVERSE, COMMENTS, REFACTORING = "reverse", "comments", "refactoring"

_NAME = re.compile(r"\b([a-z_][a-z0-9_]{2,})\s*(?==[^=])")
_SLASHES = (".c", ".cc", ".cpp", ".cu", ".cuh", ".go", ".h", ".hpp", ".java", ".js", ".rs", ".ts")


class DerivedPatch(Struct, frozen=True):
    """A patch that is derived from a human diff when it is read."""

    diff: TextSource
    kind: str

    @property
    def name(self) -> str:
        return self.diff.name

    def read(self) -> str:
        text = _MAKERS[self.kind](parse_patch(read_to_send(self.diff)))
        if text is None:
            raise SourceError(f"no {self.kind} patch can be made from the human diff")
        return text


def can_derive(diff: TextSource, kind: str) -> bool:
    """Can a patch of that kind be made from a human diff?"""
    try:
        return bool(DerivedPatch(diff, kind).read())
    except SourceError:
        return False


def _partial(patch: Patch) -> str | None:
    """The human patch without the hunk that adds most; None when it has only one."""
    hunks = [(file, hunk) for file in patch.files for hunk in file.hunks]
    if len(hunks) < 2:
        return None
    file, largest = max(hunks, key=lambda pair: _added(patch, pair[1]))
    if len(file.hunks) == 1:
        left_out = range(file.start, file.stop)
    else:
        left_out = range(largest.start - 1, largest.stop)
    kept = [line for number, line in enumerate(patch.lines) if number not in left_out]
    return "\n".join(kept)


def _reverse(patch: Patch) -> str | None:
    """The human patch reversed: what it added is removed."""
    usable = [file for file in patch.files if file.hunks and file.old_path and file.new_path]
    parts = [_turned(patch, file) for file in usable]
    return "\n".join(parts) + "\n" if parts else None


def _turned(patch: Patch, file: FilePatch) -> str:
    lines = _head(file)
    for hunk in file.hunks:
        body = patch.lines[hunk.start : hunk.stop]
        lines.append(_at(hunk.new_start, hunk.new_count, hunk.old_start, hunk.old_count))
        lines += [_SIGNS.get(line[:1], line[:1]) + line[1:] for line in body]
    return "\n".join(lines)


def _comments(patch: Patch) -> str | None:
    """A patch that adds one comment at the human's first hunk."""
    found = _first_old_lines(patch)
    if found is None:
        return None
    file, hunk, old = found
    sign = "//" if str(file.new_path).endswith(_SLASHES) else "#"
    indent = old[0][: len(old[0]) - len(old[0].lstrip())]
    comment = f"+{indent}{sign} Performance: this part was optimised."
    at = _at(hunk.old_start, len(old), hunk.old_start, len(old) + 1)
    return "\n".join([*_head(file), at, comment, *(f" {line}" for line in old), ""])


def _refactoring(patch: Patch) -> str | None:
    """A patch that renames something throughout the human's first hunk."""
    found = _first_old_lines(patch)
    if found is None:
        return None
    file, hunk, old = found
    match = next((m for line in old if (m := _NAME.search(line))), None)
    if match is None:
        return None
    word = re.compile(rf"\b{re.escape(match[1])}\b")
    new = [word.sub(f"{match[1]}_value", line) for line in old]
    body: list[str] = []
    for before, after in zip(old, new, strict=True):
        body += [f" {before}"] if before == after else [f"-{before}", f"+{after}"]
    at = _at(hunk.old_start, len(old), hunk.old_start, len(old))
    return "\n".join([*_head(file), at, *body, ""])


def _first_old_lines(patch: Patch) -> tuple[FilePatch, Hunk, Sequence[str]] | None:
    """The first hunk that shows lines of the base, with those lines."""
    for file in patch.files:
        for hunk in file.hunks:
            body = patch.lines[hunk.start : hunk.stop]
            old = [line[1:] for line in body if not line.startswith(("+", "\\"))]
            if file.old_path and file.new_path and any(line.strip() for line in old):
                return file, hunk, old
    return None


def _head(file: FilePatch) -> list[str]:
    path = file.new_path
    return [f"diff --git a/{path} b/{path}", f"--- a/{path}", f"+++ b/{path}"]


def _at(old: int, old_count: int, new: int, new_count: int) -> str:
    return f"@@ -{old},{old_count} +{new},{new_count} @@"


def _added(patch: Patch, hunk: Hunk) -> int:
    return sum(line.startswith("+") for line in patch.lines[hunk.start : hunk.stop])


_SIGNS = {"+": "-", "-": "+"}
_MAKERS: dict[str, Callable[[Patch], str | None]] = {
    PARTIAL: _partial,
    REVERSE: _reverse,
    COMMENTS: _comments,
    REFACTORING: _refactoring,
}
DERIVED = tuple(_MAKERS)
