"""Untrusted text in Markdown: readable, and unable to become markup, HTML or a fence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from core.text import visible

LINE_LIMIT = 500
"""Longer lines of code are shortened, with a mark that says by how much."""

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL = re.compile(r"[\\`*\[\]|~#$!&<>]|(?<![^\W_])_|_(?![^\W_])")
_LINK = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp|www)([:.])|@")
"""What turns a bare address into a link (GitHub Flavored Markdown, "autolinks"): written as an
entity, the character reads the same but does not link."""

_LINE_START = re.compile(r"(\s*\d{0,9})([-+=.):])")


def escape(text: str, *, inside: bool = False) -> str:
    """One line of untrusted text as Markdown that reads the same; line breaks become signs.

    `inside`: something precedes it in its line.
    """
    return _escape_line(visible(text, tab=4).strip(), inside=inside)


def _escape_line(line: str, *, inside: bool = False) -> str:
    line = _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], f"\\{match[0]}"), line)
    if not inside and _LINE_START.match(line):
        line = _LINE_START.sub(r"\1\\\2", line, count=1)
    return _LINK.sub(lambda match: f"{match[1] or ''}&#{ord(match[2] or match[0])};", line)


def quote(text: str) -> str:
    """Untrusted text of several lines as a block quote that keeps its lines."""
    lines = visible(text.replace("\r\n", "\n").strip("\n"), keep_newlines=True, tab=4).split("\n")
    quoted = [_indent(line) + _escape_line(line.strip()) for line in lines]
    ends = ["\\" if line and after else "" for line, after in pairwise([*quoted, ""])]
    return "".join(f"> {line}{end}".rstrip() + "\n" for line, end in zip(quoted, ends, strict=True))


def _indent(line: str) -> str:
    return "&nbsp;" * (len(line) - len(line.lstrip())) if line.strip() else ""


def code(text: str) -> str:
    """Untrusted text of one line as a code span, its fence longer than any run of backticks."""
    shown = visible(text, tab=4)
    if not shown.strip():
        return "(blank)"
    ticks = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def fence(lines: Iterable[str], language: str = "") -> str:
    """Untrusted lines as a code block, its fence longer than any run of backticks inside."""
    shown = [clip(visible(line)) for line in lines]
    ticks = "`" * max(3, _longest_run("\n".join(shown)) + 1)
    return "".join(f"{line}\n" for line in (f"{ticks}{language}", *shown, ticks))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are already Markdown, and therefore hold no bare `|`."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def bullets(items: Iterable[str]) -> str:
    """A list of items that are already Markdown."""
    return "".join(f"- {item}\n" for item in items)


def clip(line: str) -> str:
    """A line of at most `LINE_LIMIT` characters, with a mark that says how many were left out."""
    left_out = len(line) - LINE_LIMIT
    return f"{line[:LINE_LIMIT]}… ({left_out} more characters)" if left_out > 0 else line


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
