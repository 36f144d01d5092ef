"""One line of code as cells on the screen: harmless, tabs and wide characters aligned, cropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual.content import Content, Span

from core.text import visible

TAB_SIZE = 4
LONGEST_LINE = 20_000
"""Characters of one line that are drawn; the rest is counted at its end, and copied in full."""

StyledSpan = tuple[int, int, str]
"""From a character to before a character of the raw line, and the name of a style."""


def shown(line: str) -> str:
    """One line as drawn: hidden characters visible, tabs expanded, very long ones shortened."""
    return _shown(line)[0]


def code(line: str, spans: Iterable[StyledSpan] = ()) -> Content:
    """One line of code with styles on parts of the raw line."""
    text, offsets = _shown(line)
    end = len(text)
    if offsets is None:
        parts = [Span(start, min(stop, end), style) for start, stop, style in spans if start < end]
    else:
        last = len(offsets) - 1
        parts = [
            Span(offsets[min(start, last)], offsets[min(stop, last)], style)
            for start, stop, style in spans
            if start < last
        ]
    return Content(text, parts, strip_control_codes=False)


def cells(line: str) -> int:
    """How many cells a line of code takes."""
    return len(line) if line.isascii() and line.isprintable() else cell_len(shown(line))


def cropped(content: Content, columns: int, width: int) -> Content:
    """Content from a cell column on, in exactly `width` cells."""
    if columns > 0:
        content = content[_character_at(content.plain, columns) :]
    return content.truncate(max(0, width), pad=True)


def line_from(line: str, columns: int, width: int) -> Content:
    """One line of any length from a column on, in exactly `width` cells.

    Of a very long one, the requested part is drawn, counted in characters.
    """
    if len(line) > LONGEST_LINE and columns > 0:
        return cropped(code(line[columns : columns + LONGEST_LINE]), 0, width)
    return cropped(code(line), columns, width)


def prose(text: str, style: str, indent: int, columns: int, width: int) -> Content:
    """A sentence about code, in exactly `width` cells from a cell column on."""
    said = cropped(Content.styled(text, style), columns, width - indent)
    return Content.assemble(" " * indent, said)


def _character_at(text: str, column: int) -> int:
    if text.isascii():
        return column
    cells = 0
    for index, character in enumerate(text):
        if cells >= column:
            return index
        cells += cell_len(character)
    return len(text)


def _shown(line: str) -> tuple[str, Sequence[int] | None]:
    """The drawn text, and for each raw character (and the end) where it is drawn, if elsewhere."""
    rest = len(line) - LONGEST_LINE
    more = f" … {rest} more characters" if rest > 0 else ""
    line = line[:LONGEST_LINE]
    if line.isascii() and line.isprintable():
        return line + more, None
    pieces: list[str] = []
    offsets: list[int] = []
    length = cells = 0
    for character in line:
        offsets.append(length)
        if character == "\t":
            piece = " " * (TAB_SIZE - cells % TAB_SIZE)
        else:
            piece = character if character.isalnum() else visible(character)
        pieces.append(piece)
        length += len(piece)
        cells += cell_len(piece)
    offsets.append(length)
    return "".join(pieces) + more, offsets
