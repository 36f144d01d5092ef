"""Patches between two trees, as `git diff` writes them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from recipe.gitpack import blob_id
from recipe.records import Tree

CONTEXT = 3
NO_BLOB = "0" * 40
_HUNK = re.compile(r"^@@ -(\d+),(\d+) ", re.MULTILINE)


def tree_diff(before: Tree, after: Tree) -> str:
    """The patch that turns one tree into the other; nothing is deleted here."""
    changed = sorted(path for path in after if before.get(path) != after[path])
    return "".join(file_diff(path, before.get(path), after[path]) for path in changed)


def file_diff(path: str, before: str | None, after: str) -> str:
    """The part of a patch for one changed or new file."""
    old_id, new_id = blob_id(before) if before is not None else NO_BLOB, blob_id(after)
    lines = [f"diff --git a/{path} b/{path}\n"]
    if before is None:
        lines += ["new file mode 100644\n", f"index {old_id[:7]}..{new_id[:7]}\n"]
    else:
        lines += [f"index {old_id[:7]}..{new_id[:7]} 100644\n"]
    if before or after:
        lines += ["--- /dev/null\n" if before is None else f"--- a/{path}\n", f"+++ b/{path}\n"]
        lines += _hunks(_lines(before or ""), _lines(after))
    return "".join(lines)


def spoil_hunk_count(patch: str) -> str:
    """The patch with one line too few announced in its first hunk."""
    return _HUNK.sub(lambda m: f"@@ -{m[1]},{int(m[2]) - 1} ", patch, count=1)


def count_lines(patch: str) -> tuple[int, int]:
    """Lines added and removed."""
    lines = patch.splitlines()
    added = sum(line.startswith("+") and not line.startswith("+++ ") for line in lines)
    removed = sum(line.startswith("-") and not line.startswith("--- ") for line in lines)
    return added, removed


def touched_files(patch: str) -> list[str]:
    """The paths a patch names, in its order."""
    return re.findall(r"^diff --git a/(\S+) b/", patch, re.MULTILINE)


def _lines(text: str) -> list[str]:
    """Lines with their ends, split at line feeds only."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _hunks(before: list[str], after: list[str]) -> list[str]:
    """The hunks of one file with their headers."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    result: list[str] = []
    for group in matcher.get_grouped_opcodes(CONTEXT):
        (_, old_start, _, new_start, _), (_, _, old_end, _, new_end) = group[0], group[-1]
        place = f"-{_range(old_start, old_end)} +{_range(new_start, new_end)}"
        result.append(f"@@ {place} @@{_section(before, old_start)}\n")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                result += [_marked(" ", line) for line in before[i1:i2]]
            else:
                result += [_marked("-", line) for line in before[i1:i2]]
                result += [_marked("+", line) for line in after[j1:j2]]
    return result


def _marked(sign: str, line: str) -> str:
    return sign + line if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"


def _range(start: int, end: int) -> str:
    """Start and length of one side of a hunk, as git shortens them."""
    length = end - start
    first = start + 1 if length else start
    return str(first) if length == 1 else f"{first},{length}"


def _section(lines: list[str], start: int) -> str:
    """The nearest line above the hunk that begins with a letter, `_` or `$` (git's default)."""
    for line in reversed(lines[:start]):
        if re.match(r"[A-Za-z_$]", line):
            return " " + line.rstrip()[:80].rstrip()
    return ""
