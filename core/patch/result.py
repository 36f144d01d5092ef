"""What differs between the two files that a human patch and a generated patch lead to."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from core.errors import InputError
from core.patch.apply import Applied, BaseFile, apply_patch
from core.patch.parse import Patch, is_own_diff, parse_patch
from core.sources import decode

MOST_LINES = 30_000
"""Files with more lines are not compared: the time would grow with the square of it."""

ReadBase = Callable[[str], BaseFile | None]


def result_patch(human: Patch, attempt: Patch, human_base: ReadBase, base: ReadBase) -> Patch:
    """A patch from the human's result to the attempt's; empty when both come to the same.

    Each patch is applied to its own base in memory. Raises `InputError` when one does not apply.
    """
    theirs = _applied("the human patch", human, human_base)
    ours = _applied("the attempt's patch", attempt, base)
    paths = sorted({*_touched(theirs), *_touched(ours)})
    parts = []
    for path in paths:
        if is_own_diff(path):
            continue
        before = _content(theirs, human_base, path)
        after = _content(ours, base, path)
        if before != after:
            parts.append(_difference(path, before, after))
    return parse_patch("".join(parts))


def _applied(whose: str, patch: Patch, base: ReadBase) -> Applied:
    applied = apply_patch(patch, base)
    if not applied.applies:
        reason = applied.failure or "its text is empty"
        raise InputError(f"{whose} does not apply to its base: {reason}")
    return applied


def _touched(applied: Applied) -> set[str]:
    sections = applied.sections
    return {path for s in sections for path in (s.old_path, s.new_path) if path is not None}


def _content(applied: Applied, base: ReadBase, path: str) -> bytes | None:
    """What stands at a path after a patch; None when nothing does."""
    if path in applied.files:
        return applied.files[path]
    if path in _touched(applied):
        return None
    found = base(path)
    return found.content if found is not None else None


def _difference(path: str, before: bytes | None, after: bytes | None) -> str:
    """One file's part of the patch, in git's form."""
    header = f"diff --git a/{path} b/{path}\n"
    old, new = (_lines(content) for content in (before, after))
    if b"\0" in (before or b"") + (after or b"") or max(len(old), len(new)) > MOST_LINES:
        return f"{header}Binary files a/{path} and b/{path} differ\n"
    old_name = "/dev/null" if before is None else f"a/{path}"
    new_name = "/dev/null" if after is None else f"b/{path}"
    if before is None:
        header += "new file mode 100644\n"
    if after is None:
        header += "deleted file mode 100644\n"
    return header + "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(old, new, old_name, new_name)
    )


def _lines(content: bytes | None) -> list[str]:
    text = decode(content or b"")
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return [line for line in lines if line]
