"""What C's preprocessor leaves open: the branches of a text, and how its brackets may balance.

The macros are unknown here. So brackets are counted for every choice of branches, and together with
the names that may be macros and the directives that may define them: an error is certain only if
none of that can explain it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct, field

from core.late_patterns import LatePattern

Balance = tuple[int, int, int]
"""Opened minus closed `{}`, `()` and `[]`."""

ZERO: Balance = (0, 0, 0)
PAIRS = ("{}", "()", "[]")
MAX_BALANCES = 512
"""More different balances of one text than this are not tracked."""

_SPLICE = LatePattern(rb"\\[ \t]*+\n")
_LEXEME = LatePattern(
    rb"(?P<comment>//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z))"
    rb"|(?P<directive>(?:^|(?<=\n))[ \t]*+(?:\#|%:)"
    rb"(?:/\*(?:[^*]|\*(?!/))*+\*/|//[^\n]*+|[^\n/]|/)*+)"
    rb"|(?:u8|[uUL])?R\"(?P<raw>[^\s()\\\"]{0,16})\("
    rb"|(?P<string>\"(?:\\.|[^\"\\\n])*+\"|'(?:\\.|[^'\\\n])++')"
    rb"|(?P<number>\.?[0-9](?:[eEpP][+-]|'[0-9A-Za-z_]|[0-9A-Za-z_.])*+)"
    rb"|(?P<name>[A-Za-z_]\w*+)|(?P<bracket>[{}()\[\]]|<%|%>|<:(?!:)|:>)"
    rb"|(?P<quote>[\"'][^\n]*+)"
)
_DIGRAPHS = {b"<%": b"{", b"%>": b"}", b"<:": b"[", b":>": b"]"}
_WEIGHTS: dict[bytes, Balance] = {
    b"{": (1, 0, 0),
    b"}": (-1, 0, 0),
    b"(": (0, 1, 0),
    b")": (0, -1, 0),
    b"[": (0, 0, 1),
    b"]": (0, 0, -1),
}
_TYPES = frozenset(
    b"int bool char short long float double unsigned signed auto typename class struct enum"
    b" namespace half".split()
)
_WORD = LatePattern(rb"\s*(?:#|%:)\s*([a-z_]*)[ \t]*([^\n]*)")


class Lexeme(Struct, frozen=True):
    """A piece of the text other than white space and other signs."""

    kind: str  # comment, directive, string, number, name, bracket, quote
    text: bytes


def lexemes(data: bytes) -> Iterator[Lexeme]:
    """The text's lexemes in order; continued lines are joined first."""
    text = _SPLICE.compiled.sub(b"", data.replace(b"\r\n", b"\n"))
    position = 0
    while (found := _LEXEME.compiled.search(text, position)) is not None:
        position = found.end()
        kind = found.lastgroup or ""
        if kind == "raw":
            end = text.find(b")" + found["raw"] + b'"', position)
            kind = "string" if end >= 0 else "quote"
            position = end + len(found["raw"]) + 2 if end >= 0 else len(text)
        yield Lexeme(kind, found[0])


class _Conditional(Struct):
    """An open conditional: the balances before it, and those its branches leave."""

    before: frozenset[Balance]
    before_offset: Balance
    left: set[Balance] = field(default_factory=set)
    is_dead: bool = False  # the current branch is never compiled
    is_complete: bool = False  # one branch is always compiled


class Outline(Struct, frozen=True):
    """A text's brackets under every choice of branches, and what may add to them.

    `balances` is None if they cannot be known.
    """

    balances: frozenset[Balance] | None
    is_torn: bool  # a conditional or a quoted text lacks its beginning or its end
    macros: Counter[bytes]  # names that may be macros, outside of directives
    defines: Counter[bytes]  # definitions that are unbalanced, and fragments

    @property
    def can_be_closed(self) -> bool | None:
        """Is every bracket closed under some choice of branches? None: unknown."""
        return None if self.balances is None else ZERO in self.balances


@lru_cache(maxsize=32)
def outline(data: bytes) -> Outline:
    """Read a text once."""
    reader = _Reader()
    for lexeme in lexemes(data):
        reader.take(lexeme)
    return reader.outline()


class _Reader:
    def __init__(self) -> None:
        self._balances: frozenset[Balance] | None = frozenset({ZERO})
        self._offset = ZERO
        self._open: list[_Conditional] = []
        self._dead = 0  # enclosing branches that are never compiled
        self._macros: Counter[bytes] = Counter()
        self._known: set[bytes] = set()  # names that the text itself fully declares or defines
        self._defines: Counter[bytes] = Counter()
        self._is_torn = False
        self._word = b""  # the name just before this place

    def take(self, lexeme: Lexeme) -> None:
        if lexeme.kind == "directive":
            self._obey(lexeme.text)
        elif self._dead:
            return
        elif lexeme.kind == "bracket":
            sign = _DIGRAPHS.get(lexeme.text, lexeme.text)
            self._offset = _sum(self._offset, _WEIGHTS[sign])
        elif lexeme.kind == "name":
            self._take_name(lexeme.text)
        elif lexeme.kind == "quote":
            self._balances = None
            self._is_torn = True

    def _take_name(self, name: bytes) -> None:
        if may_be_macro(name):
            self._macros[name] += 1
            if self._word in _TYPES or self._word.endswith(b"_t"):
                self._known.add(name)
        self._word = name

    @property
    def is_dead(self) -> bool:
        """Is this place in a branch that is never compiled?"""
        return self._dead > 0

    def outline(self) -> Outline:
        """The result; names that the text declares itself are not macros from elsewhere."""
        balances = None if self._open else self._now()
        torn = {re.split(rb"\W", text, maxsplit=1)[0] for text in self._defines}
        macros = {n: c for n, c in self._macros.items() if n in torn or n not in self._known}
        is_torn = self._is_torn or bool(self._open)
        return Outline(balances, is_torn, Counter(macros), self._defines)

    def _now(self) -> frozenset[Balance] | None:
        if self._balances is None:
            return None
        return frozenset(_sum(balance, self._offset) for balance in self._balances)

    def _obey(self, directive: bytes) -> None:
        found = _WORD.compiled.match(directive)
        word, rest = (found[1], found[2].strip()) if found else (b"", b"")
        if word in (b"if", b"ifdef", b"ifndef"):
            self._begin(is_dead=word == b"if" and rest in (b"0", b"false"))
        elif word in (b"elif", b"elifdef", b"elifndef", b"else") and self._open:
            self._is_torn |= self._open[-1].is_complete  # nothing follows the last branch
            self._end_branch()
            self._open[-1].is_complete |= word == b"else"
        elif word == b"endif" and self._open:
            self._finish()
        elif word in (b"elif", b"elifdef", b"elifndef", b"else", b"endif"):
            self._is_torn = True
        elif word == b"define":
            if _is_balanced(rest):
                self._known.add(re.split(rb"\W", rest, maxsplit=1)[0])
            else:
                self._defines[rest] += 1
        elif word == b"include" and re.search(rb"\.(?:inc|inl|def|x)[\">]", rest):
            self._defines[rest] += 1

    def _begin(self, *, is_dead: bool) -> None:
        before = self._balances if self._balances is not None else frozenset()
        self._dead += is_dead
        self._open.append(_Conditional(before, self._offset, is_dead=is_dead))
        if self._balances is not None:
            self._balances = frozenset({ZERO})
        self._offset = ZERO

    def _end_branch(self) -> None:
        conditional = self._open[-1]
        now = self._now()
        if now is not None and not conditional.is_dead:
            conditional.left |= now
        self._dead -= conditional.is_dead
        conditional.is_dead = False
        if self._balances is not None:
            self._balances = frozenset({ZERO})
        self._offset = ZERO

    def _finish(self) -> None:
        is_known = self._balances is not None
        self._end_branch()
        conditional = self._open.pop()
        left = conditional.left
        if not conditional.is_complete or not left:
            left.add(ZERO)
        joined = {_sum(a, b) for a in conditional.before for b in left}
        self._offset = conditional.before_offset
        if not is_known or len(joined) > MAX_BALANCES:
            self._balances = None
        else:
            self._balances = frozenset(joined)


def live_directives(data: bytes) -> list[bytes]:
    """Directives outside of never-compiled branches, in order."""
    reader, found = _Reader(), []
    for lexeme in lexemes(data):
        if lexeme.kind == "directive" and not reader.is_dead:
            found.append(lexeme.text)
        reader.take(lexeme)
    return found


def may_be_macro(name: bytes) -> bool:
    """May a name be a macro with an unbalanced bracket? By convention it is in capitals."""
    return len(name) > 2 and name.upper() == name and not name.strip(b"_0123456789").isdigit()


def _sum(one: Balance, other: Balance) -> Balance:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _is_balanced(text: bytes) -> bool:
    return balance(text) == ZERO


def balance(text: bytes) -> Balance:
    """Opened minus closed brackets of a piece of text, ignoring comments and strings."""
    counts = Counter(
        _DIGRAPHS.get(lexeme.text, lexeme.text)
        for lexeme in lexemes(text)
        if lexeme.kind == "bracket"
    )
    braces, parentheses, squares = (
        counts[pair[:1].encode()] - counts[pair[1:].encode()] for pair in PAIRS
    )
    return braces, parentheses, squares


def excess(balances: frozenset[Balance]) -> str:
    """What is wrong with brackets that no choice of branches closes, for the best choice."""
    least = min(balances, key=lambda found: (sum(map(abs, found)), found))
    for pair, value in zip(PAIRS, least, strict=True):
        if value:
            missing, kind = (pair[1], "opened") if value > 0 else (pair[0], "closed")
            return f"a bracket is {kind} without its '{missing}'"
    return ""


def changed_line(base: bytes, patched: bytes) -> int:
    """The first new line of the patched text that does not close what it opens; 1 if none."""
    known = Counter(base.split(b"\n"))
    first = 0
    for number, line in enumerate(patched.split(b"\n"), 1):
        if known[line] > 0:
            known[line] -= 1
        elif balance(line) != ZERO:
            return number
        else:
            first = first or number
    return first or 1
