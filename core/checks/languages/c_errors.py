"""What the grammars of C, C++ and CUDA read and no compiler does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tree_sitter import Node

RESERVED = frozenset(
    b"auto break case char const continue default do double else enum extern float for goto if int"
    b" long register return short signed sizeof static struct switch typedef union unsigned void"
    b" volatile while".split()
)
"""Words that are no name in C nor in C++; macros in capitals aside."""

_MACRO = re.compile(rb"[A-Z_][A-Z0-9_]*|__\w+|PRI\w+|SCN\w+")
_TOPS = frozenset({"translation_unit", "declaration_list"})

Wrong: TypeAlias = "Iterator[tuple[Node, str]]"


def c_errors(node: Node, data: bytes) -> Wrong:
    """What is wrong at one node, its children aside."""
    check = _CHECKS.get(node.type)
    if check is not None:
        yield from check(node, data)


def _strings(node: Node, data: bytes) -> Wrong:
    for child in node.named_children:
        is_name = child.type == "identifier"
        if is_name and not _MACRO.fullmatch(data[child.start_byte : child.end_byte]):
            yield child, "a name beside a string, and no macro"


def _block(node: Node, data: bytes) -> Wrong:
    if node.parent is not None and node.parent.type in _TOPS:
        yield node, "a block stands outside of a function"


def _function(node: Node, data: bytes) -> Wrong:
    declarator = node.child_by_field_name("declarator")
    declared = declarator
    while declared is not None and declared.type not in _FUNCTIONS:
        declared = declared.child_by_field_name("declarator") or _last(declared)
    if declarator is not None and declared is None:
        yield node, "a body without parameters"
        return
    old = [child for child in node.named_children if child.type == "declaration"]
    if declared is None or not old:
        return
    parameters = declared.child_by_field_name("parameters")
    if parameters is not None and any(n.type != "identifier" for n in parameters.named_children):
        yield old[0], "a declaration between parameters and body"


_FUNCTIONS = frozenset({"function_declarator", "operator_cast"})


def _last(node: Node) -> Node | None:
    """What a declarator declares whose grammar names no field for it."""
    if node.type == "qualified_identifier":
        return node.child_by_field_name("name")
    if node.type.endswith("declarator") and node.named_children:
        return node.named_children[-1]
    return None


_CHECKS: dict[str, Callable[[Node, bytes], Wrong]] = {
    "concatenated_string": _strings,
    "compound_statement": _block,
    "function_definition": _function,
}
