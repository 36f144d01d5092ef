"""How a filter is written: words and `field:value` terms, and what is wrong with one.

    term  = ["-"] (word | field (":" | "=" | "!=" | ">" | "<" | ">=" | "<=") values)
    value = ["!"] [">" | "<" | ">=" | "<=" | "=" | "!="] text      values = value {"," value}

Terms are joined by "and", the values of one by "or" (negated ones by "and"). A text with blanks or
commas stands in double quotes; `*` in it stands for anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from core.errors import InputError

_TOKEN = re.compile(r'\s*((?:"(?:[^"\\]|\\.)*"|[^\s"])+|")')
_FIELD = re.compile(
    r"(?P<not>[-!]?)(?P<name>[A-Za-z][\w-]*)(?P<sign>!=|>=|<=|[:=><])(?P<rest>.*)", re.S
)
_SIGNS = re.compile(r"(?P<not>!(?!=))?(?P<sign>!=|>=|<=|[=><])?")
_PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^",]+)|(,)')


class FilterError(InputError):
    """A filter that cannot be understood; `start` and `end` mark the offending characters."""

    def __init__(self, title: str, hint: str = "", start: int = 0, end: int = 0) -> None:
        super().__init__(title, hint)
        self.start = start
        self.end = end


class Value(Struct, frozen=True):
    """One value of a term. `sign` is "=", ">", "<", ">=" or "<="; `quoted` takes `*` literally."""

    text: str
    sign: str = "="
    negated: bool = False
    quoted: bool = False


class Term(Struct, frozen=True):
    """One term: a word (`field` is "") or a field with its values, and where it is."""

    field: str
    values: tuple[Value, ...]
    negated: bool = False
    start: int = 0
    end: int = 0


def parse_terms(text: str) -> tuple[Term, ...]:
    """The terms of a filter. Raises `FilterError` that says where the error is."""
    matches = list(_TOKEN.finditer(text))
    for match in matches:
        if match[1] == '"':
            hint = 'Close it with ".'
            raise FilterError("a quotation mark is not closed", hint, match.start(1), len(text))
    return tuple(_term(match[1], *match.span(1)) for match in matches)


def _term(token: str, start: int, end: int) -> Term:
    match = _FIELD.fullmatch(token)
    if match is None:
        negated = len(token) > 1 and token[0] in "-!"
        return Term("", (_word(token[negated:]),), negated, start, end)
    name, sign = match["name"].lower(), match["sign"]
    values = tuple(_values(match["rest"], sign))
    if not values:
        hint = f"Write {name}:VALUE, or has:{name} for any."
        raise FilterError(f"`{name}{sign}` has no value", hint, start, end)
    return Term(name, values, match["not"] != "", start, end)


def _word(token: str) -> Value:
    quoted = token.startswith('"') and token.endswith('"') and len(token) > 1
    return Value(_unescape(token[1:-1]) if quoted else token.replace('"', ""), quoted=quoted)


def _values(rest: str, sign: str) -> Iterator[Value]:
    """The values after the field's sign. A `!=` in front negates each of them."""
    pieces: list[tuple[str, bool]] = []
    for match in (*_PIECE.finditer(rest), None):
        if match is None or match[3]:
            if pieces:
                yield _value(pieces, sign)
            pieces = []
        elif match[1] is not None:
            pieces.append((_unescape(match[1]), True))
        else:
            pieces.append((match[2], False))


def _value(pieces: Sequence[tuple[str, bool]], sign: str) -> Value:
    """One value; signs in front count unless they are inside the quotes."""
    first, first_is_quoted = pieces[0]
    match = None if first_is_quoted else _SIGNS.match(first)
    own = (match["sign"] or "") if match else ""
    text = first[match.end() :] if match else first
    text += "".join(piece for piece, _ in pieces[1:])
    signs = {sign, own} - {":", "", "!=", "="}
    negated = (match is not None and match["not"] is not None) ^ ("!=" in (sign, own))
    quoted = any(is_quoted for _, is_quoted in pieces)
    return Value(text if quoted else text.strip(), next(iter(signs), "="), negated, quoted)


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
