"""What the hunks alone show about a file's syntax, when the file itself is missing.

A hunk starts and ends anywhere, so an error counts only if the text before the patch shows that the
piece can be judged at all: it parses, or its brackets are in the same balance.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product

from core.checks.languages.answers import ParseError
from core.checks.languages.essence import is_idle_comment
from core.checks.languages.kinds import PYTHON
from core.checks.languages.preprocessor import PAIRS, balance
from core.checks.languages.python_comments import effective_comments, line_ends
from core.checks.languages.source import PREPROCESSED
from core.patch.parse import DiffLine, FilePatch, Hunk, Patch, diff_lines

MAX_FRAGMENT_LINES = 2000
"""Longer hunks are not judged as fragments."""

_BRACKETS = {
    "f(": (")",),
    "[": ("]",),
    "{": ("}",),
    "{0:": ("}",),
    "def f(": ("): pass", "    pass"),
}
"""What a hunk may start inside of, and what may follow it."""
_CONDITIONAL = re.compile(r"\s*#\s*(?:if|ifdef|ifndef|elif|else|endif)\b")
_MAX_LEVELS = 4
"""The most blocks that a hunk may leave and still be judged."""

_PYTHON_TOKEN = re.compile(
    rb"#[^\n]*+|\"(?:\\.|[^\"\\\n])*+\"|'(?:\\.|[^'\\\n])*+'|[\"'][^\n]*+|[{}()\[\]]"
)
_LONG_QUOTES = ('"""', "'''")
_SKIPPED = frozenset({tokenize.COMMENT, tokenize.NL})
_STATEMENT_ENDS = frozenset({tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT})


def same_tokens(patch: Patch, hunk: Hunk, language: str | None) -> bool:
    """Does a hunk leave everything unchanged but idle comments, docstrings and white space?

    Outside of Python only whole comment lines and blank lines are ignored.
    """
    lines = list(diff_lines(patch, hunk))
    before = [line.text for line in lines if line.kind in " -"]
    after = [line.text for line in lines if line.kind in " +"]
    if language == PYTHON:
        if _directives(before) != _directives(after):
            return False
        tokens = _python_tokens(before)
        return tokens is not None and tokens == _python_tokens(after)
    return _code_lines(before, language) == _code_lines(after, language)


def _directives(lines: Sequence[str]) -> tuple[bytes, ...]:
    return effective_comments(_encoded(lines))


def _code_lines(lines: Sequence[str], language: str | None) -> tuple[list[bytes], bytes]:
    """The lines that are neither comments nor blank, and how they end."""
    encoded = _encoded(lines)
    if language is None:
        return encoded.split(b"\n"), b""
    kept = [k for k in encoded.split(b"\n") if k.strip() and not is_idle_comment(k, language)]
    return kept, line_ends(encoded)


def _encoded(lines: Sequence[str]) -> bytes:
    return "\n".join([*lines, ""]).encode("utf-8", "surrogatepass")


def _python_tokens(lines: Sequence[str]) -> list[tuple[int, str]] | None:
    """Python's tokens without comments and bare strings; None if it is not Python."""
    found: list[tuple[int, str]] = []
    text = textwrap.dedent("\n".join(lines)) + "\n"
    try:
        found.extend(
            (token.type, "" if token.type in _STATEMENT_ENDS else token.string)
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type not in _SKIPPED
        )
    except tokenize.TokenError as error:
        if "EOF" not in str(error):
            return None
    except SyntaxError:
        return None
    return list(_without_docstrings(found))


def _without_docstrings(tokens: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    before = tokenize.NEWLINE
    for index, (kind, text) in enumerate(tokens):
        after = tokens[index + 1][0] if index + 1 < len(tokens) else tokenize.NEWLINE
        alone = before in _STATEMENT_ENDS and after == tokenize.NEWLINE
        if not (kind == tokenize.STRING and alone):
            yield kind, text
        before = kind


def fragment_errors(patch: Patch, file: FilePatch, language: str) -> Iterator[ParseError]:
    """New errors that a file's hunks show by themselves, at lines of the patched file."""
    hunks = [list(diff_lines(patch, hunk)) for hunk in file.hunks]
    if any(len(lines) > MAX_FRAGMENT_LINES for lines in hunks):
        return
    if language == PYTHON:
        # A hunk may start inside a long string; then its text is not code.
        if any(quotes in line.text for lines in hunks for line in lines for quotes in _LONG_QUOTES):
            return
        errors = [error for lines in hunks if (error := _python_error(lines))]
        if errors:
            yield from errors
            return
    elif language not in PREPROCESSED:
        return
    yield from _imbalance(hunks, language)


def _python_error(lines: Sequence[DiffLine]) -> ParseError | None:
    before = [line.text for line in lines if line.kind in " -"]
    after = [line for line in lines if line.kind in " +"]
    texts = [line.text for line in after]
    if before == texts or all(_errors(before)):
        return None
    errors = list(_errors(texts))
    if not all(errors) or not after or _is_inside_brackets(texts):
        return None
    error = min((e for e in errors if e), key=lambda e: -e.line)  # the furthest one knows best
    if error.message.startswith("expected 'except'"):
        return None  # the `except` may be below the hunk
    line = after[min(max(error.line, 1), len(after)) - 1]
    return ParseError(error.message, line.new or 1, error.column)


def _errors(lines: Sequence[str]) -> Iterator[ParseError | None]:
    """The first error of a piece of Python under each choice of headers and footers.

    The headers open the blocks that the piece is inside of and leaves; the footer is a body that
    the piece begins and does not contain. None: sound that way.
    """
    levels = _levels(lines)
    if len(levels) > _MAX_LEVELS + 1:
        return
    outer = ["if 1:"] if levels and levels[-1] > 0 else []
    for headers in product(("if 1:", "try:"), repeat=len(levels[1:])):
        opened = zip(reversed(levels[1:]), headers, strict=True)
        prefix = [*outer, *(f"{' ' * level}{header}" for level, header in opened)]
        for footer in ([], _footer(lines)):
            yield _error(prefix, [*lines, *footer])


def _is_inside_brackets(lines: Sequence[str]) -> bool:
    """Is a piece sound as arguments, parameters or items of a literal, complete or not?"""
    return any(
        _error([opener], [*lines, closer]) is None
        for opener, closers in _BRACKETS.items()
        for closer in ("", *closers)
    )


def _error(prefix: Sequence[str], lines: Sequence[str]) -> ParseError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse("\n".join([*prefix, *lines, ""]))
    except SyntaxError as error:
        line = (error.lineno or 1) - len(prefix)
        return ParseError(error.msg or "invalid syntax", line, 1)
    except (ValueError, RecursionError, MemoryError):
        return ParseError("not judged", 1, 1)
    return None


def _levels(lines: Sequence[str]) -> list[int]:
    """The indents that are lower than every line before them, the first line's first."""
    levels: list[int] = []
    for line in lines:
        stripped = line.lstrip(" \t")
        if not stripped or stripped.startswith("#"):
            continue
        indent = len(line.expandtabs()) - len(stripped.expandtabs())
        if not levels or indent < levels[-1]:
            levels.append(indent)
    return levels


def _footer(lines: Sequence[str]) -> list[str]:
    final = next((line for line in reversed(lines) if line.strip()), "")
    indent = len(final) - len(final.lstrip())
    return [f"{' ' * (indent + 4)}pass"]


def _imbalance(hunks: Sequence[Sequence[DiffLine]], language: str) -> Iterator[ParseError]:
    """Brackets unbalanced by all hunks of a file together.

    A preprocessor conditional may have a bracket in each branch: then nothing is concluded.
    """
    if any(_CONDITIONAL.match(line.text) for lines in hunks for line in lines):
        return
    total = [0, 0, 0]
    where: DiffLine | None = None
    for lines in hunks:
        before, after = (_balance_of(lines, kinds, language) for kinds in (" -", " +"))
        delta = [b - a for a, b in zip(before, after, strict=True)]
        if any(delta) and where is None:
            where = next((line for line in lines if line.kind == "+"), None)
        total = [t + d for t, d in zip(total, delta, strict=True)]
    if any(total):
        message = "the hunks change the balance of brackets"
        yield ParseError(message, where.new or 1 if where else 1, 1)


def _balance_of(lines: Sequence[DiffLine], kinds: str, language: str) -> tuple[int, int, int]:
    text = _encoded([line.text for line in lines if line.kind in kinds])
    return _python_balance(text) if language == PYTHON else balance(text)


def _python_balance(text: bytes) -> tuple[int, int, int]:
    counts = Counter(match[0] for match in _PYTHON_TOKEN.finditer(text))
    braces, parentheses, squares = (
        counts[pair[:1].encode()] - counts[pair[1:].encode()] for pair in PAIRS
    )
    return braces, parentheses, squares
