"""What tree-sitter grammars say about a text: its tree, and where it has none.

A grammar is an approximation: macros, templates and new syntax make error nodes in sound files. So
a person has to weigh its errors, which settle nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from core.checks.languages.answers import ParseError

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

MAX_SOURCE_BYTES = 4 * 1024 * 1024
PARSE_SECONDS = 3.0
"""Processor time for one text: a grammar's error recovery can take quadratic time."""

_CHUNK = 64 * 1024

_GRAMMARS: dict[str, tuple[str, str]] = {
    "bash": ("tree_sitter_bash", "language"),
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "cuda": ("tree_sitter_cuda", "language"),
    "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "yaml": ("tree_sitter_yaml", "language"),
}
"""Language to module of the grammar wheel and its function."""


def has_grammar(language: str) -> bool:
    """Is there a grammar of a language?"""
    return language in _GRAMMARS


class GrammarGaveUp(Exception):
    """A grammar took too long on a text."""


def parse(data: bytes, language: str, seconds: float = PARSE_SECONDS) -> Tree:
    """The tree of a text, with error nodes where the grammar does not recognise it.

    Raises `GrammarGaveUp`.
    """
    parser = _parser(language)
    end = time.process_time() + seconds
    try:
        tree = parser.parse(
            lambda offset, _: data[offset : offset + _CHUNK],
            progress_callback=lambda *_: time.process_time() > end,
        )
    except ValueError as error:
        parser.reset()
        raise GrammarGaveUp(f"parsing took more than {seconds:.0f} s") from error
    return tree


def tree_errors(tree: Tree) -> list[ParseError]:
    """Error nodes and missing tokens, in text order."""
    return sorted(_errors(tree.root_node), key=lambda error: (error.line, error.column))


def _errors(root: Node) -> Iterator[ParseError]:
    pending = [root]
    while pending:
        node = pending.pop()
        row, column = node.start_point
        if node.is_missing:
            yield ParseError(f"{node.type} is missing", row + 1, column + 1)
        elif node.is_error:
            yield ParseError("unexpected text", row + 1, column + 1)
        elif node.has_error:
            pending.extend(node.children)


@cache
def _parser(language: str) -> Parser:
    from tree_sitter import Language, Parser

    module, function = _GRAMMARS[language]
    return Parser(Language(getattr(import_module(module), function)()))
