"""What the JavaScript grammars let pass: there their word that a text is sound is not taken.

Measured against node's own check, on tokens dropped from files that are sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.checks.languages.answers import ParseError

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

LENIENT = frozenset({"javascript", "typescript", "tsx"})

_FUNCTIONS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition"}
    | {"generator_function", "generator_function_declaration", "class_static_block"}
)


def passed_over(tree: Tree) -> ParseError | None:
    """The first place that the grammar reads and the language does not; None when there is none."""
    found = (place for node in _nodes(tree.root_node) if (place := _wrong(node)))
    return min(found, key=lambda error: (error.line, error.column), default=None)


def _nodes(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(node.children)


def _wrong(node: Node) -> ParseError | None:
    if node.type in ("arguments", "object"):
        before = ","
        for child in node.children:
            if child.type == "," and before in (",", "(", "{"):
                return _at(child, "nothing stands before a comma")
            before = child.type if "comment" not in child.type else before
    elif node.type == "await_expression" and not _may_await(node):
        return _at(node, "await in a function that is not async")
    elif node.type == "expression_statement" and _first_word(node) == "function":
        return _at(node, "a function is not followed by an operator here")
    return None


def _may_await(node: Node) -> bool:
    """Is the innermost function around a place async, or is there none?"""
    around = node.parent
    while around is not None and around.type not in _FUNCTIONS:
        around = around.parent
    return around is None or any(child.type == "async" for child in around.children)


def _first_word(node: Node) -> str:
    while node.children:
        node = node.children[0]
    return node.type


def _at(node: Node, message: str) -> ParseError:
    row, column = node.start_point
    return ParseError(message, row + 1, column + 1)
