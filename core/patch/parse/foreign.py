"""Texts that describe changes in another form than a unified diff, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from core.patch.parse.patch_records import Patch

_MOST_LINES = 5_000
_MOST_CHARACTERS = 400

_FORMS = (
    ("a diff with colour codes", r"[ \t]*(?:\x1b|\^\[|\\x1b|\\033|\\e)\[[0-9;]*m"),
    (
        "an apply_patch text (*** Begin Patch)",
        r"\*\*\* (?:Begin Patch|(?:Update|Add|Delete) File: )",
    ),
    (
        "SEARCH/REPLACE blocks",
        r"(?:<{3,9} ?(?:SEARCH|ORIGINAL|HEAD)|>{3,9} ?(?:REPLACE|UPDATED)"
        r"|-{5,9} ?SEARCH|\+{5,9} ?REPLACE)\b",
    ),
    ("a diff whose line breaks are written as \\n", r'["\']?diff --git .*\\n'),
    ("an indented or quoted diff", r"(?:[^\S\n]|[>|+])+(?:diff --git |@@ -\d+(?:,\d+)? \+\d+)"),
    ("a diff with line numbers", r"[ \t]*\d+[ \t:|]+(?:diff --git |@@ -\d+)"),
    ("a context diff", r"\*{15}$|\*\*\* \d+(?:,\d+)? \*{4}$"),
    ("a diff without context lines (ed or normal form)", r"\d+(?:,\d+)?[acd]\d+(?:,\d+)?$"),
    ("a diff in UTF-16", "(?:\udcff\udcfe|\udcfe\udcff)?\0?d\0i\0f\0f"),
    (
        "edits in XML",
        r"\s*<(?:\w*edit\w*|search|replace|old_str\w*|new_str\w*|file_?path|file |change|patch)\b",
    ),
    ("edits in JSON", r'\s*[{\[]\s*"(?:edits|changes|files?|path|patch|diff|old_str|search)"'),
)
_NAMES = tuple(name for name, _ in _FORMS)


@cache
def _mark() -> re.Pattern[str]:
    """All forms at once; it takes as long to compile as a screen needs to start."""
    return re.compile("|".join(f"({pattern})" for _, pattern in _FORMS))


def foreign_form(patch: Patch) -> str | None:
    """What the text around the files of a patch is, if it looks like changes in another form."""
    mark = _mark()
    for line in islice(_lines_outside(patch), _MOST_LINES):
        found = mark.match(line[:_MOST_CHARACTERS])
        if found and found.lastindex:
            return _NAMES[found.lastindex - 1]
    return None


def _lines_outside(patch: Patch) -> Iterator[str]:
    at = 0
    for file in patch.files:
        yield from patch.lines[at : file.start]
        at = file.stop
        if file.ignored:
            yield patch.lines[file.start]
    yield from patch.lines[at:]
