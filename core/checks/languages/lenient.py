"""What some grammars let pass: there their word that a text is sound is not taken.

Measured on tokens dropped, doubled, exchanged and put for others in files of JavaScript that are
not those on which the checks were made: `docs/rules.md` says how many that node refused passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from core.checks.languages.answers import ParseError
from core.checks.languages.script_errors import early_errors

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_TOP: dict[str, re.Pattern[str]] = {
    "go": re.compile(r"package_clause|(?!short_var_).*_declaration|comment|\s*|;"),
    "rust": re.compile(
        r".*_item|use_declaration|extern_crate_declaration|macro_\w+|.*comment|shebang|;"
        r"|empty_statement|expression_statement"
    ),
    "java": re.compile(r"(?!.*_statement$)(?!block$).*"),
}
"""What may stand at the top of a file, by language, as the grammar calls it."""

LENIENT = _SCRIPTS | _TOP.keys()

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
}
_GO_BODIES = frozenset({"block", "{", "else", "field_declaration_list", "literal_value"})
_GO_LISTS = frozenset({"argument_list", "parameter_list", "literal_value"})


def passed_over(tree: Tree, data: bytes, language: str) -> ParseError | None:
    """The first place that the grammar reads and the language does not; None when there is none."""
    found: Iterator[ParseError]
    if language in _SCRIPTS:
        found = (_at(*wrong) for wrong in early_errors(tree.root_node, data, language))
    else:
        found = _found(tree.root_node, data, language)
    return min(found, key=lambda error: (error.line, error.column), default=None)


def _found(root: Node, data: bytes, language: str) -> Iterator[ParseError]:
    for node in root.children:
        if not _TOP[language].fullmatch(node.type) or _is_plain_expression(node):
            yield _at(node, "this does not stand outside of a function")
    if language == "go":
        yield from _go_order(root)
    for node in _nodes(root):
        text = data[node.start_byte : node.end_byte] if node.type.endswith("identifier") else b""
        if text in _RESERVED[language]:
            yield _at(node, "a reserved word is no name")
        elif language == "go" and (wrong := _go_line_end(node, data)) is not None:
            yield wrong


def _go_order(root: Node) -> Iterator[ParseError]:
    """The package first, then what is imported, then the rest."""
    kinds = [node for node in root.named_children if node.type != "comment"]
    if kinds and kinds[0].type != "package_clause":
        yield _at(kinds[0], "the package is not named first")
    before = ""
    for node in kinds:
        if node.type == "import_declaration" and before not in (
            "package_clause",
            "import_declaration",
        ):
            yield _at(node, "an import stands behind other declarations")
        before = node.type


def _go_line_end(node: Node, data: bytes) -> ParseError | None:
    """Where a line ends, Go reads a semicolon: not before `{`, `else`, or the end of a list."""
    children = [child for child in node.children if child.type != "comment"]
    for before, child in pairwise(children):
        if before.end_point[0] == child.start_point[0]:
            continue
        if child.type in _GO_BODIES and node.type not in _GO_LISTS | {"literal_element", "block"}:
            if before.type not in (";", "\n", "{", ",", ":", "("):
                return _at(child, "a line ends before this")
        elif child.type in (")", "}") and node.type in _GO_LISTS:
            end = data[max(before.start_byte, before.end_byte - 3) : before.end_byte]
            if before.type not in (",", "(", "{") and not end.endswith((b",", b"...")):
                return _at(child, "a line ends without a comma before this")
    return None


def _is_plain_expression(node: Node) -> bool:
    """Is a node a statement that is no call of a macro?"""
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
