"""A report as HTML: one page, or a folder with an index and a page for each human commit.

A page needs no network and no script, and is denied both: its policy allows nothing but its own
style sheet.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from core.export.export_document import Document
from core.export.report.html_blocks import Links, line_html, section_start, shown
from core.export.report.report_blocks import CommitPart, Line, Section, line, plain
from core.export.report.report_build import build_report

INDEX = "index.html"
_PAGE = re.compile(r"index\.html|commits/\d{5,}(-[0-9a-f]{7,12})?\.html")

_ELEMENTS = {2: "section", 3: "article", 4: "article"}
"""The element that wraps a section of a level with everything below it."""


def render(document: Document) -> Iterator[str]:
    """The report as one page, in pieces."""
    report = build_report(document)
    page = _Page(lambda anchor: f"#{anchor}")
    contents = [*report.front[1:], *report.back]
    yield page.head(report.title, document.generator, _contents(contents))
    yield page.header(report.front[0])
    for section in report.front[1:]:
        yield page.section(section)
    for part in report.commits:
        for section in part.sections:
            yield page.section(section)
    for section in report.back:
        yield page.section(section)
    yield page.foot(document)


def render_pages(document: Document) -> Iterator[tuple[str, Iterable[str]]]:
    """The report as pages: the path of each below the folder, and its text in pieces.

    Each page must be consumed before the next is requested.
    """
    report = build_report(document, paged=True)
    places: dict[str, str] = {}
    for before, part, after in _with_neighbours(report.commits):
        places[part.anchor] = f"commits/{part.name}.html"
        beside = (("The commit before", before), ("The next commit", after))
        ways = [(f"{to.name}.html", line(called)) for called, to in beside if to]
        yield places[part.anchor], _commit_page(document, part, ways)
    yield INDEX, _index_page(document, [*report.front, *report.back], places)


def is_page(path: str) -> bool:
    """Is it the name of a page below a report's folder?"""
    return _PAGE.fullmatch(path) is not None


def _with_neighbours(
    parts: Iterable[CommitPart],
) -> Iterator[tuple[CommitPart | None, CommitPart, CommitPart | None]]:
    """Each part with the one before it and the one after it, if there is one."""
    before, coming = None, iter(parts)
    part = next(coming, None)
    while part is not None:
        after = next(coming, None)
        yield before, part, after
        before, part = part, after


def _commit_page(
    document: Document, part: CommitPart, ways: Iterable[tuple[str, Line]]
) -> Iterator[str]:
    """One human commit's page, with `ways` to others: an address and what it is called."""
    page = _Page(lambda anchor: f"#{anchor}")
    back = [(f"../{INDEX}", line("All human commits")), *ways]
    yield page.head(plain(part.title), document.generator, back)
    yield page.header(Section(1, part.title))
    yield page.section(Section(2, line("The commit and its attempts")))
    for section in part.sections:
        yield page.section(section)
    yield page.foot(document)


def _index_page(
    document: Document, sections: list[Section], places: dict[str, str]
) -> Iterator[str]:
    page = _Page(lambda anchor: places.get(anchor, f"#{anchor}"))
    yield page.head(plain(sections[0].title), document.generator, _contents(sections[1:]))
    yield page.header(sections[0])
    for section in sections[1:]:
        yield page.section(section)
    yield page.foot(document)


def _contents(sections: Iterable[Section]) -> list[tuple[str, Line]]:
    return [(f"#{section.anchor}", section.title) for section in sections]


class _Page:
    """One page while it is being written: knows which elements are open."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._open: list[int] = []

    def head(self, title: str, generator: str, contents: Iterable[tuple[str, Line]]) -> str:
        """Everything before the first heading."""
        items = "".join(
            f'<li><a href="{shown(to)}">{line_html(name, self._links)}</a></li>\n'
            for to, name in contents
        )
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy()}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n'
            f'<meta name="generator" content="{shown(generator)}">\n'
            f"<title>{shown(title)}</title>\n<style>{style()}</style>\n</head>\n<body>\n"
            '<a class="skip" href="#top">To the report</a>\n'
            f'<nav aria-label="Contents">\n<ul>\n{items}</ul>\n</nav>\n'
        )

    def header(self, section: Section) -> str:
        """The title, and what follows it."""
        return f'<header id="top">\n{section_start(section, self._links)}</header>\n<main>\n'

    def section(self, section: Section) -> str:
        """A section, after closing the ones that it is not part of."""
        text = self._close(section.level)
        if element := _ELEMENTS.get(section.level):
            self._open.append(section.level)
            name = f' id="{shown(section.anchor)}"' if section.anchor else ""
            text += f"<{element}{name}>\n"
        return text + section_start(section, self._links)

    def foot(self, document: Document) -> str:
        """Everything after the last section."""
        written = f"Written {document.created:%Y-%m-%d %H:%M %Z} by {document.generator}."
        return f"{self._close(0)}</main>\n<footer>{shown(written)}</footer>\n</body>\n</html>\n"

    def _close(self, level: int) -> str:
        text = ""
        while self._open and self._open[-1] >= level:
            text += f"</{_ELEMENTS[self._open.pop()]}>\n"
        return text


@cache
def style() -> str:
    """The style sheet."""
    return files(__package__).joinpath("report.css").read_text(encoding="utf-8")


@cache
def policy() -> str:
    """What the page may do: nothing but use its own style sheet."""
    digest = b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
