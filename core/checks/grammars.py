"""Which language a file is in, and what its tree-sitter grammar says of a text.

A grammar is an approximation: macros, templates and new syntax make error nodes in sound files.
So only what a patch adds to the errors of its base counts (`new_errors`).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, cached_property
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from core.checks.python_source import ParseError

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

PYTHON = "python"
MAX_SOURCE_BYTES = 4 * 1024 * 1024

_GRAMMARS: dict[str, tuple[str, str]] = {
    "bash": ("tree_sitter_bash", "language"),
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "cuda": ("tree_sitter_cuda", "language"),
    "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "json": ("tree_sitter_json", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "toml": ("tree_sitter_toml", "language"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "yaml": ("tree_sitter_yaml", "language"),
}
"""Language to module of the grammar wheel and its function; Python has its own parser."""

_SUFFIXES: dict[str, str] = {
    suffix: language
    for language, suffixes in {
        PYTHON: ".py .pyi .pyw",
        "bash": ".sh .bash",
        "c": ".c",
        "cpp": ".cc .cpp .cxx .c++ .hpp .hxx .hh .ipp .inl",
        "cuda": ".cu .cuh .h .hip",  # CUDA's grammar contains that of C++
        "go": ".go",
        "java": ".java",
        "javascript": ".js .mjs .cjs .jsx",
        "json": ".json",
        "rust": ".rs",
        "toml": ".toml",
        "tsx": ".tsx",
        "typescript": ".ts .mts .cts",
        "yaml": ".yaml .yml",
    }.items()
    for suffix in suffixes.split()
}
"""File name ending to language."""

_PREPROCESSED = frozenset({"c", "cpp", "cuda"})
"""Languages whose grammar cannot know the macros: there only brackets are believed."""

_TOKEN = re.compile(
    rb"//[^\n]*|/\*.*?(?:\*/|\Z)"  # comments
    rb'|R"([^\s()\\]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'  # strings
    rb"|'(?:\\.|[^'\\\n])+'|[{}()\[\]]",  # characters and brackets
    re.DOTALL,
)
_PYTHON_TOKEN = re.compile(
    rb'#[^\n]*|"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"'
    rb"|'''(?:\\.|[^\\])*?'''|'(?:\\.|[^'\\\n])*'|[{}()\[\]]",
    re.DOTALL,
)
_DIRECTIVE = re.compile(rb"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b[^\n]*", re.MULTILINE)
_PAIRS = ("{}", "()", "[]")

Balance = tuple[int, int, int]


def language_of(path: str) -> str | None:
    """The language that a file's syntax is judged in; None for text and unknown kinds."""
    return _SUFFIXES.get(PurePosixPath(path).suffix.lower())


class GrammarSource:
    """One version of a file in a language with a grammar; parsed when first asked."""

    def __init__(self, data: bytes, language: str) -> None:
        self.data = data
        self.language = language

    @property
    def unjudged(self) -> str:
        """Why the source could not be judged; "" when it can be."""
        size = len(self.data)
        return f"{size} bytes are more than is parsed" if size > MAX_SOURCE_BYTES else ""

    @cached_property
    def _root(self) -> Node:
        self._tree = _parser(self.language).parse(self.data)
        return self._tree.root_node

    @cached_property
    def errors(self) -> tuple[ParseError, ...]:
        """The grammar's error nodes and missing tokens, in the order of the text."""
        return tuple(sorted(self._errors(), key=lambda error: (error.line, error.column)))

    def _errors(self) -> Iterator[ParseError]:
        pending = [self._root]
        while pending:
            node = pending.pop()
            row, column = node.start_point
            if node.is_missing:
                yield ParseError(f"{node.type} is missing", row + 1, column + 1)
            elif node.is_error:
                yield ParseError("unexpected text", row + 1, column + 1)
            elif node.has_error:
                pending.extend(node.children)

    def line(self, number: int) -> bytes:
        """A line of the source, counted from 1; b"" past its end."""
        lines = self._lines
        return lines[number - 1] if 0 < number <= len(lines) else b""

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.data.split(b"\n")

    @cached_property
    def directives(self) -> Counter[bytes]:
        """The conditional lines of the preprocessor."""
        return Counter(match[0].strip() for match in _DIRECTIVE.finditer(self.data))

    @cached_property
    def balances(self) -> tuple[Balance, Balance, Balance]:
        """Open less closed brackets of the whole text, of the first and of the last branches."""
        first, last = (b"".join(_branches(self.data, last=last)) for last in (False, True))
        return balance(self.data), balance(first), balance(last)

    def same_code(self, other: GrammarSource) -> bool | None:
        """Do both differ in nothing but comments and white space? None: not known."""
        if self.unjudged or other.unjudged or self.language != other.language:
            return None
        return self._normal_form == other._normal_form

    @cached_property
    def _normal_form(self) -> str:
        """A digest of the tree that comments and white space do not change."""
        digest = hashlib.sha256()
        pending = [self._root]
        while pending:
            node = pending.pop()
            children = [child for child in node.children if "comment" not in child.type]
            digest.update(f"{node.type} {len(children)}\0".encode())
            if not children or "string" in node.type:
                digest.update(self.data[node.start_byte : node.end_byte].strip() + b"\0")
            else:
                pending.extend(reversed(children))
        return digest.hexdigest()


def new_errors(base: GrammarSource, patched: GrammarSource) -> list[ParseError]:
    """Errors of the patched text that its base has not. Two are the same on lines of one text."""

    def key(source: GrammarSource, error: ParseError) -> tuple[str, bytes]:
        return error.message, source.line(error.line).strip()

    known = Counter(key(base, error) for error in base.errors)
    new = []
    for error in patched.errors:
        if known[key(patched, error)] > 0:
            known[key(patched, error)] -= 1
        else:
            new.append(error)
    return new


def believes_errors(language: str) -> bool:
    """Is an error node of this language's grammar an error of the source?"""
    return language not in _PREPROCESSED


def new_imbalance(base: GrammarSource, patched: GrammarSource) -> str:
    """Which brackets a patch put out of balance, "" when none.

    A conditional of the preprocessor may hold a bracket in each branch; where a patch changes the
    conditionals, one choice of branches has to be out of balance as well as the whole text.
    """
    worse = [_worse(*pair) for pair in zip(base.balances, patched.balances, strict=True)]
    whole, *branches = worse
    if whole and (base.directives == patched.directives or any(branches)):
        return whole
    return ""


def changed_bracket_line(base: GrammarSource, patched: GrammarSource) -> int:
    """The first new line of the patched text that does not close what it opens; 1 if none."""
    known = Counter(base.data.split(b"\n"))
    first = 0
    for number, line in enumerate(patched.data.split(b"\n"), 1):
        if known[line] > 0:
            known[line] -= 1
        elif any(balance(line)):
            return number
        else:
            first = first or number
    return first or 1


def _worse(base: Balance, patched: Balance) -> str:
    for pair, before, after in zip(_PAIRS, base, patched, strict=True):
        if abs(after) > abs(before):
            missing, kind = (pair[1], "opened") if after > before else (pair[0], "closed")
            return f"a bracket is {kind} that has no '{missing}'"
    return ""


def balance(text: bytes, language: str = "cpp") -> Balance:
    """Open less closed brackets of each kind, those in comments and strings left out."""
    tokens = _PYTHON_TOKEN if language == PYTHON else _TOKEN
    counts = Counter(match[0] for match in tokens.finditer(text))
    braces, parentheses, squares = (
        counts[pair[:1].encode()] - counts[pair[1:].encode()] for pair in _PAIRS
    )
    return braces, parentheses, squares


def _branches(data: bytes, *, last: bool) -> list[bytes]:
    """The text with one branch of each preprocessor conditional: the first or the last."""
    kept: list[bytes] = []
    position, keep = 0, True
    outer: list[tuple[bool, int]] = []  # was kept around the conditional; where its text starts
    for match in _DIRECTIVE.finditer(data):
        if keep:
            kept.append(data[position : match.start()])
        position = match.end()
        if match[1].startswith(b"if"):
            outer.append((keep, len(kept)))
        elif not outer:
            continue
        elif match[1] == b"endif":
            keep = outer.pop()[0]
        else:
            keep = last and outer[-1][0]
            if keep:
                del kept[outer[-1][1] :]
    if keep:
        kept.append(data[position:])
    return kept


@cache
def _parser(language: str) -> Parser:
    from tree_sitter import Language, Parser

    module, function = _GRAMMARS[language]
    return Parser(Language(getattr(import_module(module), function)()))
