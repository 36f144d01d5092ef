"""A plain text as a document: prompts, journals and logs, several one after another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from textwrap import wrap

from textual.content import Content

from core.errors import PatchjuryError, SourceError
from core.sources import TextSource
from core.text import one_line, visible
from tui.documents.lines import line_from
from tui.documents.text_rows import TextRows


class TextDocument(TextRows):
    """Lines of plain text; the rows in `files` are the headings of its parts."""

    changes: Sequence[int] = ()
    marks: Sequence[int] = ()

    def __init__(self, lines: Sequence[str], files: Sequence[int] = ()) -> None:
        self._lines = lines
        self.files = files
        self._headings = frozenset(files)

    def __len__(self) -> int:
        return len(self._lines)

    def draw(self, row: int, width: int, columns: int, continued: bool = False) -> Content:
        if row in self._headings:
            return Content.styled(one_line(self._lines[row]), "bold $accent-text").truncate(width)
        return line_from(self._lines[row], columns, width)

    def text_of(self, row: int) -> str:
        return self._lines[row]


NARROW = 76
"""Cells that an error gets at least, wherever it is shown."""


def error_lines(error: PatchjuryError, width: int = NARROW) -> list[str]:
    """An error in lines of that many cells: a long path is broken, never cut off."""
    texts = [error.title, *([error.hint] if error.hint else [])]
    return [line for text in texts for line in wrap(visible(text), max(20, width)) or [""]]


def read_texts(
    sources: Iterable[TextSource], nothing: str, cancelled: Callable[[], bool]
) -> TextDocument:
    """Read texts one after another, each under its name; `nothing` is shown if there are none."""
    lines: list[str] = []
    headings: list[int] = []
    for source in sources:
        if cancelled():
            break
        headings.append(len(lines))
        lines.append(f"── {source.name} ──")
        try:
            lines += _readable(source).replace("\r\n", "\n").split("\n")
        except SourceError as error:
            lines += error_lines(error)
        lines.append("")
    return TextDocument(lines or [nothing], headings)


def _readable(source: TextSource) -> str:
    """A text as people read it: JSON written without line breaks gets them."""
    text = source.read().removesuffix("\n")
    if "\n" not in text and text.startswith(("{", "[")):
        try:
            return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            return text
    return text
