"""Syntax colours by Pygments: tokens of a text as styled spans of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tui.documents.lines import StyledSpan

if TYPE_CHECKING:
    from pygments.lexer import Lexer

LONGEST_TEXT = 2_000_000
"""Characters; larger texts stay plain."""

_STYLES = (
    ("Comment", "$syntax-comment"),
    ("Literal.String", "$syntax-string"),
    ("Literal.Number", "$syntax-number"),
    ("Keyword", "$syntax-keyword"),
    ("Operator.Word", "$syntax-keyword"),
    ("Name.Function", "$syntax-name"),
    ("Name.Class", "$syntax-name"),
    ("Name.Decorator", "$syntax-builtin"),
    ("Name.Builtin", "$syntax-builtin"),
)


def style_lines(lines: Sequence[str], path: str) -> list[tuple[StyledSpan, ...]]:
    """The styled spans of each line of a text in the language implied by the path.

    No spans at all if the language is unknown or the text too large.
    """
    plain: list[tuple[StyledSpan, ...]] = [()] * len(lines)
    lexer = lexer_for(PurePosixPath(path).name)
    text = "\n".join(lines)
    if lexer is None or len(text) > LONGEST_TEXT:
        return plain
    found: list[list[StyledSpan]] = [[] for _ in lines]
    row = column = 0
    for kind, value in lexer.get_tokens(text):
        style = _style_of(kind)
        for number, piece in enumerate(value.split("\n")):
            if number:
                row, column = row + 1, 0
            if piece and style and row < len(found):
                found[row].append((column, column + len(piece), style))
            column += len(piece)
    return [tuple(spans) for spans in found]


@lru_cache(maxsize=256)
def lexer_for(name: str) -> Lexer | None:
    """The lexer for a file of this name; None if the language is unknown."""
    from pygments.lexers import get_lexer_for_filename
    from pygments.util import ClassNotFound

    try:
        return get_lexer_for_filename(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=1024)
def _style_of(kind: Any) -> str:
    name = str(kind).removeprefix("Token.")
    return next((style for prefix, style in _STYLES if name.startswith(prefix)), "")
