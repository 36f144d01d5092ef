"""What some grammars let pass: where their word that a text is sound is not trusted.

Measured on tokens dropped, doubled, swapped and replaced in JavaScript files other than those the
checks were made on: `docs/rules.md` says how many that node rejects were accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from core.checks.languages.answers import ParseError
from core.checks.languages.c_errors import RESERVED, RESERVED_CPP, c_errors, variables_as_types
from core.checks.languages.go_errors import go_errors, go_order
from core.checks.languages.java_errors import java_errors
from core.checks.languages.rust_errors import is_free_word, rust_errors
from core.checks.languages.script_errors import early_errors

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_TOP: dict[str, re.Pattern[str]] = {
    "go": re.compile(r"package_clause|(?!short_var_).*_declaration|comment|\s*|;"),
    "rust": re.compile(
        r".*_item|use_declaration|extern_crate_declaration|macro_\w+|.*comment|shebang"
        r"|expression_statement"
    ),
    "java": re.compile(r"(?!.*_statement$)(?!block$).*"),
}
"""What is allowed at the top of a file, by language, in the grammar's terms."""

_ERRORS: dict[str, Callable[[Node, bytes], Iterator[tuple[Node, str]]]] = {
    "go": go_errors,
    "rust": rust_errors,
    "java": java_errors,
    **dict.fromkeys(("c", "cpp", "cuda"), c_errors),
}

LENIENT = _SCRIPTS | _ERRORS.keys()

_RESERVED = {
    "go": frozenset(
        b"break case chan const continue default defer else fallthrough for func go goto if import"
        b" interface map package range return select struct switch type var".split()
    ),
    "rust": frozenset(
        b"as break const continue else enum extern false fn for if impl in let loop match mod move"
        b" mut pub ref return static struct trait true type unsafe use where while".split()
    ),
    "java": frozenset(
        b"abstract assert boolean break byte case catch char class const continue default do double"
        b" else enum extends final finally float for goto if implements import instanceof int"
        b" interface long native new package private protected public return short static strictfp"
        b" super switch synchronized this throw throws transient try void volatile while true false"
        b" null".split()
    ),
    "c": RESERVED,
    **dict.fromkeys(("cpp", "cuda"), RESERVED_CPP),
}


def passed_over(tree: Tree, data: bytes, language: str) -> ParseError | None:
    """The first place that the grammar accepts and the language does not; None if there is none."""
    found: Iterator[ParseError]
    if language in _SCRIPTS:
        found = (_at(*wrong) for wrong in early_errors(tree.root_node, data, language))
    else:
        found = _found(tree.root_node, data, language)
    return min(found, key=lambda error: (error.line, error.column), default=None)


def _found(root: Node, data: bytes, language: str) -> Iterator[ParseError]:
    top = _TOP.get(language)
    for node in root.children if top is not None else ():
        if (top is not None and not top.fullmatch(node.type)) or _is_plain_expression(node):
            yield _at(node, "not allowed at the top level")
    if language == "go":
        yield from (_at(*wrong) for wrong in go_order(root))
    if _ERRORS[language] is c_errors:
        yield from (_at(*wrong) for wrong in variables_as_types(root, data))
    for node in _nodes(root):
        text = data[node.start_byte : node.end_byte] if node.type.endswith("identifier") else b""
        if text in _RESERVED[language] and not (language == "rust" and is_free_word(node)):
            yield _at(node, "reserved word used as a name")
        else:
            yield from (_at(*wrong) for wrong in _ERRORS[language](node, data))


def _is_plain_expression(node: Node) -> bool:
    """Is a node a statement other than a macro call?"""
    if node.type != "expression_statement":
        return False
    return not node.children or node.children[0].type != "macro_invocation"


def _nodes(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(node.children)


def _at(node: Node, message: str) -> ParseError:
    row, column = node.start_point
    return ParseError(message, row + 1, column + 1)
