"""What a patch adds for C's preprocessor, of which a grammar sees little and its tree nothing.

To a parser the body of a macro is one opaque token, and the second reading of CUDA removes every
directive. So new directives are checked here: their words, their conditions, and macro bodies,
which must be readable somewhere a macro can appear. A directive that cannot be read so is not an
error, since another macro may explain it: it leaves the file unknown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from core.checks.languages.answers import ParseError
from core.checks.languages.grammars import GrammarGaveUp, parse, tree_errors
from core.checks.languages.preprocessor import ZERO, balance, live_directives
from core.checks.languages.second_reading import without_cuda

MAX_BODIES = 500
"""More new macros than this, other than plain values, are not read."""

_DIRECTIVE = re.compile(rb"\s*(?:#|%:)\s*([A-Za-z_]\w*|\d+)?[ \t]*(.*?)\s*\Z", re.DOTALL)
_DEFINE = re.compile(
    rb"([A-Za-z_]\w*)"
    rb"(\(\s*(?:[A-Za-z_]\w*\s*(?:,\s*[A-Za-z_]\w*\s*)*(?:,?\s*\.\.\.)?|\.\.\.)?\s*\)|(?=\s|\Z|/))"
    rb"\s*(.*)",
    re.DOTALL,
)
_COMMENT = re.compile(rb"(\"(?:\\.|[^\"\\])*\")|/\*(?:[^*]|\*(?!/))*\*/|//[^\n]*")
_NAME = re.compile(rb"[A-Za-z_]\w*\Z")
_INCLUDED = re.compile(rb"<[^<>\n]+>|\"[^\"\n]+\"|[A-Za-z_]\w*(?:\s*\(.*\))?", re.DOTALL)
_PLAIN = re.compile(rb"[\w.+\-*/ ()<>|&~^!,]*\Z")
_PRAGMA = re.compile(rb"\b_Pragma\s*\(\s*\"[^\"]*\"\s*\)")
_STATEMENT = re.compile(rb"(\b[A-Z_][A-Z0-9_]{2,}\s*\((?:[^()]|\([^()]*\))*\))\s+(?=[\w}])")
_VARIADIC = re.compile(rb"\b(__VA_ARGS__)(?=\s*\})")
_FREE = frozenset(b"error warning pragma ident sccs region endregion assert unassert".split())
"""Directives that may be followed by anything."""
_BARE = frozenset(b"else endif".split())

_PLACES: tuple[bytes, ...] = (
    b"void f(){ %s ; }",
    b"void f(){ x = %s ; }",
    b"%s\n",
    b"%s x;",
    b"%s;",
    b"void f(){ if (a) {} %s }",
    b"void f(){ switch (x) { %s } }",
    b"void f(){ switch (x) { %s ; } }",
    b"class A { %s };",
    b"void f(){ g(%s); }",
    b"void f(%s) {}",
    b"void f(){ %s {} }",
    b"%s void f(){}",
    b"template <%s> void f();",
    b"enum A { %s };",
    b"int x[] = { %s };",
    b"void f(){ x %s y; }",
)
_SIGN_PLACES: tuple[bytes, ...] = (b"x %s;", b"void f(int x %s) {}", b"class A { int x() %s; };")
"""Where a macro can appear: the first that reads its body settles it. Signs follow a name."""


def unread_directive(base: bytes, patched: bytes, language: str) -> ParseError | None:
    """The first new directive that cannot be read; None if all can."""
    known = Counter(live_directives(base))
    bodies = 0
    for directive in live_directives(patched):
        if known[directive] > 0:
            known[directive] -= 1
            continue
        word, rest = _parts(directive)
        if word == b"define" and not _PLAIN.match(rest):
            bodies += 1
        if bodies > MAX_BODIES:
            wrong = f"more than {MAX_BODIES} new macros: not all were parsed"
        else:
            wrong = _wrong(word, rest, language)
        if wrong:
            return ParseError(wrong, _line(patched, directive), 1)
    return None


def _parts(directive: bytes) -> tuple[bytes, bytes]:
    text = _COMMENT.sub(lambda match: match[1] or b" ", directive)
    found = _DIRECTIVE.match(text)
    return (found[1] or b"", found[2]) if found else (b"", b"")


def _wrong(word: bytes, rest: bytes, language: str) -> str:
    """What is wrong with a directive; "" if it can be read."""
    if not word and rest:
        return "# without a directive name"
    if not word or word.isdigit() or word in _FREE or word in (b"line", b"embed", b"using"):
        return ""  # the null directive, and line markers of other programs
    if word in (b"ifdef", b"ifndef", b"elifdef", b"elifndef", b"undef"):
        return "" if _NAME.match(rest) else f"#{word.decode()} without a macro name"
    if word in (b"if", b"elif"):
        return (
            "" if _is_condition(rest, language) else f"#{word.decode()} without a valid condition"
        )
    if word in (b"include", b"include_next", b"import"):
        return "" if _INCLUDED.match(rest) else f"#{word.decode()} without a file name"
    if word in _BARE:
        return ""
    if word != b"define":
        return f"unknown directive #{word.decode('utf-8', 'replace')}"
    found = _DEFINE.fullmatch(rest)
    if found is None:
        return "#define without a valid macro name"
    return "" if _is_body(found[3], language) else "the macro body cannot be parsed"


def _is_condition(text: bytes, language: str) -> bool:
    text = re.sub(rb"\bdefined\s*(?:\(\s*\w+\s*\)|[A-Za-z_]\w*)", b"1", text)
    text = re.sub(rb"\b(__has_\w+)\s*\(\s*(?:<[^<>]*>|[^()]*)\)", b"1", text)
    return bool(text) and _reads(b"void f(){ if (" + text + b") {} }", language)


def _is_body(text: bytes, language: str) -> bool:
    if balance(text) != ZERO:
        return False
    text = re.sub(rb"\s*##\s*", b"", text)
    text = re.sub(rb"#\s*(?=[A-Za-z_])", b"", text)
    places = _PLACES if re.match(rb"[\w(]", text) else (*_SIGN_PLACES, *_PLACES)
    return not text or any(
        _reads(place.replace(b"%s", way), language) for way in _ways(text) for place in places
    )


def _ways(text: bytes) -> Iterator[bytes]:
    """A body verbatim, without CUDA's words, and with an end for macros that are statements."""
    yield text
    plain = _PRAGMA.sub(b"", without_cuda(text))
    yield plain
    ended = _VARIADIC.sub(rb"\1 ;", _STATEMENT.sub(rb"\1 ; ", plain))
    if ended != plain:
        yield ended


def _reads(text: bytes, language: str) -> bool:
    try:
        return not tree_errors(parse(text, language))
    except GrammarGaveUp:
        return False


def _line(data: bytes, directive: bytes) -> int:
    """The line on which a directive begins whose continued lines were joined; 1: unknown."""
    start = re.split(rb"\s{2,}", directive.strip())[0]
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip().startswith(start):
            return number
    return 1
