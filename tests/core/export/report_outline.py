"""Reads a report back, Markdown or HTML, as the outline that a reader sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token


@dataclass(frozen=True)
class Heading:
    """A heading."""

    level: int
    text: str


@dataclass(frozen=True)
class Words:
    """A paragraph or an item of a list."""

    text: str


@dataclass(frozen=True)
class Rows:
    """A table, its header first; cells that are only drawn are left out."""

    cells: tuple[tuple[str, ...], ...]


Item = Heading | Words | Rows


def outline_of_markdown(text: str) -> list[Item]:
    """The outline of Markdown as its parser sees it."""
    return list(_items(MarkdownIt("commonmark").enable("table").parse(text)))


def _items(tokens: Sequence[Token]) -> Iterator[Item]:
    rows: list[tuple[str, ...]] = []
    row: list[str] = []
    kinds: list[str] = []
    for token in tokens:
        if token.nesting == 1:
            kinds.append(token.type)
        elif token.nesting == -1:
            kinds.pop()
        if token.type == "inline" and kinds[-1] in ("td_open", "th_open"):
            row.append(_text(token))
        elif token.type == "inline" and kinds[-1] == "heading_open":
            yield Heading(_level(tokens, token), _text(token))
        elif token.type == "inline" and "blockquote_open" not in kinds:
            yield Words(_text(token))
        elif token.type == "tr_close":
            rows.append(tuple(row))
            row = []
        elif token.type == "table_close":
            yield Rows(tuple(rows))
            rows = []


def _level(tokens: Sequence[Token], inline: Token) -> int:
    before = tokens[[token is inline for token in tokens].index(True) - 1]
    return int(before.tag[1])


def _text(token: Token) -> str:
    return "".join(child.content for child in token.children or ())


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.items: list[Item] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self._text = ""
        self._row: list[str] = []
        self._rows: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "rect"):
            return
        self._open.append((tag, dict(attrs)))
        if tag in ("p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "summary"):
            self._text = ""

    def handle_data(self, data: str) -> None:
        if not {"title", "blockquote", "pre"} & {tag for tag, _ in self._open}:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("meta", "rect"):
            return
        _, attributes = self._open.pop()
        text = self._text.strip()
        if tag in ("td", "th"):
            if attributes.get("class") != "drawn":
                self._row.append(text)
        elif tag == "tr":
            self._rows.append(tuple(self._row))
            self._row = []
        elif tag == "table":
            self.items.append(Rows(tuple(self._rows)))
            self._rows = []
        elif tag in ("p", "li", "summary"):
            self.items.append(Words(text))
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.items.append(Heading(int(tag[1]), text))


def outline_of_html(text: str) -> list[Item]:
    """The outline of a page; its contents and what is folded are items like others."""
    outline = _Outline()
    outline.feed(text)
    outline.close()
    return outline.items
