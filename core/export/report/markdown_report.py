"""A report as Markdown: readable as it is, and no foreign text in it can be markup."""

from __future__ import annotations

from collections.abc import Iterator

from core.export.export_document import Document
from core.export.markdown_text import bullets, clip, code, escape, fence, quote, table
from core.export.report.report_blocks import (
    Block,
    Bullets,
    Diff,
    Fold,
    Line,
    Listing,
    Paragraph,
    Quote,
    Section,
    Span,
    Style,
    Table,
)
from core.export.report.report_build import build_report
from core.records import replace


def render(document: Document) -> Iterator[str]:
    """The Markdown in pieces, one per section."""
    report = build_report(document)
    yield from map(_section, report.front)
    for part in report.commits:
        yield from map(_section, part.sections)
    yield from map(_section, report.back)


def _section(section: Section) -> str:
    title = "".join(span.text for span in section.title)
    blocks = "".join(f"{_block(_untitled(block, title))}\n" for block in section.blocks)
    return f"{'#' * section.level} {_line(section.title)}\n\n{blocks}"


def _untitled(block: Block, title: str) -> Block:
    """A table without a caption that only repeats the heading above it."""
    if isinstance(block, Table) and block.caption == title:
        return replace(block, caption="")
    return block


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return f"{_line(block.line)}\n"
        case Quote():
            return quote(block.text)
        case Bullets():
            return bullets(map(_line, block.items))
        case Table():
            return _table(block)
        case Diff():
            return _diff(block)
        case Listing():
            return fence(block.lines) + _left_out(block.left_out)
        case Fold():
            inside = "\n".join(map(_block, block.blocks))
            return f"{_line(block.summary)}:\n\n{inside}"


def _table(block: Table) -> str:
    """The table without drawn columns, whose figures are in the other ones."""
    shown = [at for at, column in enumerate(block.columns) if not column.drawn]
    rows = []
    for row in block.rows:
        cells = [row[at] for at in shown]
        rows.append([_line(cell) if isinstance(cell, tuple) else "" for cell in cells])
    if not rows:
        return "Nothing.\n"
    caption = f"{_line((Span(block.caption, Style.STRONG),))}\n\n" if block.caption else ""
    return caption + table([escape(block.columns[at].name) for at in shown], rows)


def _diff(block: Diff) -> str:
    text = fence([row.text for part in block.parts for row in part.rows], "diff")
    return text + _left_out(block.left_out)


def _left_out(lines: int) -> str:
    return f"\n{lines} more lines are not shown.\n" if lines else ""


def _line(line: Line) -> str:
    text = ""
    for span in line:
        text += _span(span, inside=bool(text.strip()))
    return text.strip()


def _span(span: Span, *, inside: bool) -> str:
    """One piece; white space at its ends stays outside its markup."""
    text = span.text
    if span.style is Style.CODE:
        return code(clip(text))
    before = text[: len(text) - len(text.lstrip(" "))]
    after = text[len(text.rstrip(" ")) :] if text.strip(" ") else ""
    inner = escape(text, inside=inside)
    if span.style is Style.STRONG and inner:
        inner = f"**{inner}**"
    return f"{before}{inner}{after}"
