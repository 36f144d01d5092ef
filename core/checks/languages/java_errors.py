"""What Java's grammar accepts and no compiler does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tree_sitter import Node

_STATEMENTS = frozenset(
    {"assignment_expression", "update_expression", "method_invocation"}
    | {"object_creation_expression", "line_comment", "block_comment"}
)
"""The expressions that are a statement when followed by a semicolon."""
_TARGETS = frozenset({"identifier", "field_access", "array_access", "parenthesized_expression"})
_TYPES = frozenset({"class_declaration", "record_declaration", "enum_declaration"})
_OF_VOID = frozenset({"method_declaration", "class_literal", "annotation_type_element_declaration"})
_NEW = frozenset({"object_creation_expression", "explicit_constructor_invocation"})

Wrong: TypeAlias = "Iterator[tuple[Node, str]]"


def java_errors(node: Node, data: bytes) -> Wrong:
    """What is wrong at one node, not counting its children."""
    check = _CHECKS.get(node.type)
    if check is not None:
        yield from check(node)


def _modifiers(node: Node) -> Wrong:
    counts = Counter(child.type for child in node.children if not child.is_named)
    if any(count > 1 for count in counts.values()):
        yield node, "repeated modifier"


def _statement(node: Node) -> Wrong:
    parent = node.parent
    if parent is not None and parent.type == "switch_rule":
        return  # a value if the switch is one
    for child in node.named_children:
        if child.type not in _STATEMENTS:
            yield node, "not a statement"


def _assignment(node: Node) -> Wrong:
    left = node.child_by_field_name("left")
    parent = node.parent
    if left is not None and left.type not in _TARGETS:
        yield left, "not assignable"
    if parent is not None and parent.type in ("binary_expression", "unary_expression"):
        yield node, "assignment used as an operand"


def _constructor(node: Node) -> Wrong:
    body = node.parent
    owner = body.parent if body is not None else None
    if owner is not None and owner.type == "enum_body":
        owner = owner.parent
    name = node.child_by_field_name("name")
    if owner is None or owner.type not in _TYPES:
        yield node, "constructor outside a class"
        return
    wanted = owner.child_by_field_name("name")
    if name is not None and wanted is not None and name.text != wanted.text:
        yield node, "method without a return type, or a constructor named after another class"


def _type_arguments(node: Node) -> Wrong:
    if node.named_children:
        return
    above = node.parent
    while above is not None and above.type in ("generic_type", "scoped_type_identifier"):
        above = above.parent
    if above is None or above.type not in _NEW:
        yield node, "<> without new"


def _void(node: Node) -> Wrong:
    parent = node.parent
    if parent is None or parent.type not in _OF_VOID:
        yield node, "void used as the type of a value"


def _throws(node: Node) -> Wrong:
    for child in node.named_children:
        if child.type in ("integral_type", "floating_point_type", "boolean_type"):
            yield child, "a primitive type cannot be thrown"


def _template(node: Node) -> Wrong:
    yield node, "string template (only a preview feature of Java 21 and 22)"


_CHECKS = {
    "modifiers": _modifiers,
    "expression_statement": _statement,
    "assignment_expression": _assignment,
    "constructor_declaration": _constructor,
    "compact_constructor_declaration": _constructor,
    "type_arguments": _type_arguments,
    "void_type": _void,
    "throws": _throws,
    "template_expression": _template,
}
