"""What a report is made of: sections, and in them the few kinds of blocks that a format renders.

Texts are as their authors wrote them, never markup: a renderer makes them harmless. Whatever a tone
or a bar says, a text beside it says too, so that nothing depends on colour.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct


class Style(StrEnum):
    """How a piece of a line is emphasised."""

    TEXT = "text"
    STRONG = "strong"
    CODE = "code"


class Tone(StrEnum):
    """What a piece or a part of a bar means for an attempt."""

    NONE = ""
    GOOD = "good"
    HALF = "half"
    BAD = "bad"
    UNKNOWN = "unknown"


class Span(Struct, frozen=True):
    """A piece of a line. `to` is the anchor of the section that it links to."""

    text: str
    style: Style = Style.TEXT
    tone: Tone = Tone.NONE
    to: str = ""


Line = tuple[Span, ...]


class Bar(Struct, frozen=True):
    """Counts as parts of a bar: (what is counted, how many, its tone)."""

    parts: tuple[tuple[str, int, Tone], ...]


class Ranges(Struct, frozen=True):
    """A share on a scale from 0 to 1, with the bounds of this set and of attempts like these."""

    share: float | None
    this_set: tuple[float, float] | None
    like_these: tuple[float, float] | None


Cell = Line | Bar | Ranges


class Paragraph(Struct, frozen=True):
    """One paragraph."""

    line: Line


class Quote(Struct, frozen=True):
    """What somebody wrote, line by line."""

    text: str


class Bullets(Struct, frozen=True):
    """A list."""

    items: tuple[Line, ...]


class Column(Struct, frozen=True):
    """A column of a table. A `drawn` one holds bars or ranges that repeat what the others say.

    A `wide` one holds sentences.
    """

    name: str
    number: bool = False
    drawn: bool = False
    wide: bool = False


class Table(Struct, frozen=True):
    """A table; the first cell of a row names it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class DiffRow(Struct, frozen=True):
    """One line of a patch verbatim, marker included.

    `kind` is the marker, "@" for the line that opens a hunk, "" for what surrounds hunks. `number`
    counts in the new file, for a removed line in the old one; `marks` are the parts that its
    counterpart lacks, counted from the marker.
    """

    kind: str
    text: str
    number: int | None = None
    marks: tuple[tuple[int, int], ...] = ()


class DiffPart(Struct, frozen=True):
    """What a patch does to one file, or what surrounds its files (`path` is "")."""

    path: str
    told: str  # "modified, +2 -1"
    rows: tuple[DiffRow, ...]


class Diff(Struct, frozen=True):
    """A patch to look at: collapsed if the format can."""

    parts: tuple[DiffPart, ...]
    left_out: int = 0  # lines that are not shown


class Listing(Struct, frozen=True):
    """A text to look at verbatim, line by line."""

    lines: tuple[str, ...]
    left_out: int = 0  # lines that are not shown


class Fold(Struct, frozen=True):
    """Blocks that are collapsed if the format can, under a line that says what they are."""

    summary: Line
    blocks: tuple[Block, ...]


Block = Paragraph | Quote | Bullets | Table | Diff | Listing | Fold


class Section(Struct, frozen=True):
    """A heading with everything up to the next one; `level` 1 is the document's title."""

    level: int
    title: Line
    blocks: tuple[Block, ...] = ()
    anchor: str = ""


class CommitPart(Struct, frozen=True):
    """All of a report on one human commit, and how the index names it."""

    anchor: str
    name: str  # of a file
    title: Line
    sections: Iterable[Section]


class Report(Struct, frozen=True):
    """A whole report. Its commits are built one by one, while it is rendered."""

    title: str
    front: tuple[Section, ...]  # the last one holds the commits
    commits: Iterable[CommitPart]
    back: tuple[Section, ...]


def line(*pieces: str | Span | Line) -> Line:
    """A line from texts, spans and lines."""
    spans: list[Span] = []
    for piece in pieces:
        if isinstance(piece, str):
            spans += [Span(piece)] if piece else []
        elif isinstance(piece, Span):
            spans.append(piece)
        else:
            spans += piece
    return tuple(spans)


def joined(items: Iterable[str | Span | Line], between: str) -> Line:
    """Pieces joined by a text."""
    spans: list[Span] = []
    for number, item in enumerate(items):
        spans += line(between if number else "", item)
    return tuple(spans)


def strong(text: str, tone: Tone = Tone.NONE) -> Span:
    """An emphasised piece."""
    return Span(text, Style.STRONG, tone)


def code(text: str) -> Span:
    """A piece of code, a path, a hash."""
    return Span(text, Style.CODE)


def toned(text: str, tone: Tone) -> Span:
    """A piece with a meaning."""
    return Span(text, Style.TEXT, tone)


def plain(found: Line) -> str:
    """A line's text alone."""
    return "".join(span.text for span in found)


def paragraph(*pieces: str | Span | Line) -> Paragraph:
    """A paragraph from pieces."""
    return Paragraph(line(*pieces))


def bullets(items: Iterable[str | Span | Line]) -> Bullets:
    """A list from pieces, one per item."""
    return Bullets(tuple(line(item) for item in items))


CellValue = Cell | str | Span | int
"""What `table` turns into a cell."""


def table(
    caption: str, columns: Iterable[str | Column], rows: Iterable[Iterable[CellValue]]
) -> Table:
    """A table; texts and numbers become lines."""
    heads = tuple(Column(c) if isinstance(c, str) else c for c in columns)
    return Table(caption, heads, tuple(tuple(map(_cell, row)) for row in rows))


def _cell(value: CellValue) -> Cell:
    if isinstance(value, int):
        return line(f"{value:,}")
    return line(value) if isinstance(value, (str, Span)) else value


def numbers(*names: str) -> tuple[Column, ...]:
    """Columns of numbers."""
    return tuple(Column(name, number=True) for name in names)
