"""What differs between the two files that a human patch and a generated patch lead to."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

from core.errors import InputError
from core.patch.apply import BaseFile, apply_patch, net_changes
from core.patch.apply.apply_records import FOLDER
from core.patch.parse import Patch, is_own_diff, parse_patch
from core.sources import decode

MOST_LINES = 30_000
"""Files with more lines are not compared: the time would grow quadratically."""

_ORDINARY = "100644"
_ODD = re.compile(r'[\x00-\x1f\x7f"\\]')

ReadBase = Callable[[str], BaseFile | None]


def result_patch(human: Patch, attempt: Patch, human_base: ReadBase, base: ReadBase) -> Patch:
    """A patch from the human's result to the attempt's; empty if both have the same result.

    Each patch is applied to its own base in memory. Raises `InputError` if one does not apply.
    """
    theirs = _results("the human patch", human, human_base)
    ours = _results("the attempt's patch", attempt, base)
    parts = []
    for path in sorted(theirs.keys() | ours.keys()):
        if is_own_diff(path):
            continue
        before = theirs[path] if path in theirs else _base_file(human_base, path)
        after = ours[path] if path in ours else _base_file(base, path)
        if before != after:
            parts.append(_difference(path, before, after))
    return parse_patch("".join(parts))


def _results(whose: str, patch: Patch, base: ReadBase) -> dict[str, BaseFile | None]:
    """What is at each path named by a patch after applying it; None if nothing is."""
    applied = apply_patch(patch, base)
    if not applied.applies:
        reason = applied.failure or "its text is empty"
        raise InputError(f"{whose} does not apply to its base: {reason}")
    found: dict[str, BaseFile | None] = {}
    for change in net_changes(patch, applied):
        if change.removed_path is not None:
            found.setdefault(change.removed_path, None)
        if change.new_path is not None and change.content is not None:
            found[change.new_path] = BaseFile(change.mode or _ORDINARY, change.content)
    return found


def _base_file(base: ReadBase, path: str) -> BaseFile | None:
    found = base(path)
    return None if found is None or found.mode == FOLDER else found


def _difference(path: str, before: BaseFile | None, after: BaseFile | None) -> str:
    """One file's part of the patch, in git's form."""
    names = [_quoted(f"{side}/{path}") for side in "ab"]
    header = f"diff --git {names[0]} {names[1]}\n"
    if before is None:
        header += f"new file mode {after.mode if after else _ORDINARY}\n"
    elif after is None:
        header += f"deleted file mode {before.mode}\n"
    elif before.mode != after.mode:
        header += f"old mode {before.mode}\nnew mode {after.mode}\n"
    contents = [file.content if file else b"" for file in (before, after)]
    if before is not None and after is not None and contents[0] == contents[1]:
        return header
    old, new = map(_lines, contents)
    if b"\0" in contents[0] + contents[1] or max(len(old), len(new)) > MOST_LINES:
        return f"{header}Binary files {names[0]} and {names[1]} differ\n"
    old_name = "/dev/null" if before is None else names[0]
    new_name = "/dev/null" if after is None else names[1]
    return header + "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(old, new, old_name, new_name)
    )


def _quoted(name: str) -> str:
    """A name as git writes it: with C-style quotes if it contains what would end it."""
    odd = _ODD.sub(lambda match: f"\\{ord(match[0]):03o}", name)
    return name if odd == name else f'"{odd}"'


def _lines(content: bytes) -> list[str]:
    text = decode(content)
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return [line for line in lines if line]
