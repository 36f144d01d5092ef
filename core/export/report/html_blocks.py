"""The blocks of a report as HTML: text escaped and visible, meaning in elements and classes only.

There is no script, no style attribute, and no address of anything outside the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from core.export.markdown_text import clip
from core.export.report.html_charts import bar_svg, legend, ranges_svg
from core.export.report.report_blocks import (
    Bar,
    Block,
    Bullets,
    Cell,
    Column,
    Diff,
    DiffPart,
    DiffRow,
    Fold,
    Line,
    Listing,
    Paragraph,
    Quote,
    Ranges,
    Section,
    Span,
    Style,
    Table,
)
from core.text import visible

Links = Callable[[str], str]
"""Where the section with an anchor is."""

_ELEMENTS = {"+": "ins", "-": "del", " ": "span", "@": "b", "": "i", "\\": "i"}

BRIEF = 20
"""The most rows of a patch that a browser lays out at once."""


def shown(text: str, *, keep_newlines: bool = False) -> str:
    """Anybody's text as HTML that reads the same; invisible characters become visible signs."""
    return escape(visible(text, keep_newlines=keep_newlines))


def section_start(section: Section, links: Links) -> str:
    """A section's heading and blocks; nesting is the page's concern."""
    body = "".join(block_html(block, links) for block in section.blocks)
    level = section.level
    return f"<h{level}>{line_html(section.title, links)}</h{level}>\n{body}"


def block_html(block: Block, links: Links) -> str:
    """One block."""
    match block:
        case Paragraph():
            return f"<p>{line_html(block.line, links)}</p>\n"
        case Quote():
            text = block.text.replace("\r\n", "\n").strip("\n")
            return f"<blockquote>{shown(text, keep_newlines=True)}</blockquote>\n"
        case Bullets():
            items = "".join(f"<li>{line_html(item, links)}</li>\n" for item in block.items)
            return f"<ul>\n{items}</ul>\n"
        case Table():
            return _table(block, links)
        case Diff():
            return _diff(block)
        case Listing():
            rows = (DiffRow(" ", text) for text in block.lines)
            return _part(DiffPart("", "", tuple(rows))) + _left_out(block.left_out)
        case Fold():
            inside = "".join(block_html(each, links) for each in block.blocks)
            summary = line_html(block.summary, links)
            return f"<details><summary>{summary}</summary>\n{inside}</details>\n"


def line_html(found: Line, links: Links) -> str:
    """One line, its pieces in elements."""
    return "".join(_span(span, links) for span in found)


def _span(span: Span, links: Links) -> str:
    text = shown(clip(span.text) if span.style is Style.CODE else span.text)
    if span.style is Style.CODE:
        text = f"<code>{text}</code>"
    if span.tone:
        text = f'<span class="{span.tone}">{text}</span>'
    if span.style is Style.STRONG:
        text = f"<strong>{text}</strong>"
    return f'<a href="{escape(links(span.to))}">{text}</a>' if span.to else text


def _table(block: Table, links: Links) -> str:
    if not block.rows:
        return "<p>Nothing.</p>\n"
    head = "".join(map(_column, block.columns))
    rows = "".join(_row(block.columns, row, links) for row in block.rows)
    return (
        f'<div class="table"><table><caption>{shown(block.caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n{legend(block)}"
    )


def _column(column: Column) -> str:
    name = shown(column.name) if column.name else '<span class="hidden">drawn</span>'
    return f'<th scope="col"{_class(column)}>{name}</th>'


def _row(columns: Iterable[Column], cells: Iterable[Cell], links: Links) -> str:
    parts = []
    for at, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        element, scope = ("td", "") if at else ("th", ' scope="row"')
        parts.append(f"<{element}{scope}{_class(column)}>{_cell(cell, links)}</{element}>")
    return f"<tr>{''.join(parts)}</tr>\n"


def _class(column: Column) -> str:
    kinds = (("drawn", column.drawn), ("number", column.number), ("wide", column.wide))
    name = next((name for name, holds in kinds if holds), "")
    return f' class="{name}"' if name else ""


def _cell(cell: Cell, links: Links) -> str:
    match cell:
        case Bar():
            return bar_svg(cell)
        case Ranges():
            return ranges_svg(cell)
        case _:
            return line_html(cell, links)


def _diff(block: Diff) -> str:
    text = "".join(map(_part, block.parts))
    return text + _left_out(block.left_out)


def _left_out(lines: int) -> str:
    return f"<p>{lines} more lines are not shown.</p>\n" if lines else ""


def _part(part: DiffPart) -> str:
    brief = ' class="brief"' if len(part.rows) <= BRIEF else ""
    told = f" {shown(part.told)}" if part.told else ""
    caption = f"<figcaption><code>{shown(part.path)}</code>{told}</figcaption>" if part.path else ""
    rows = "".join(map(_diff_row, part.rows))
    return f"<figure>{caption}<pre{brief}>{rows}</pre></figure>\n"


def _diff_row(row: DiffRow) -> str:
    element = _ELEMENTS[row.kind]
    number = f" data-n={row.number}" if row.number is not None else ""
    text = _marked(row) if row.marks else shown(clip(row.text))
    return f"<{element}{number}>{text}\n</{element}>"


def _marked(row: DiffRow) -> str:
    """A changed line with the parts that its counterpart lacks marked."""
    if clip(row.text) != row.text:
        return shown(clip(row.text))
    pieces, at = [], 0
    for start, stop in row.marks:
        pieces += [shown(row.text[at:start]), f"<mark>{shown(row.text[start:stop])}</mark>"]
        at = stop
    return "".join([*pieces, shown(row.text[at:])])
