"""What the grammars of C, C++ and CUDA accept and no compiler does."""

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
"""Words that are not names in C or C++, upper-case macros excepted."""

RESERVED_CPP = RESERVED | frozenset(
    b"class namespace template typename operator public private protected virtual using"
    b" throw".split()
)

_MACRO = re.compile(rb"[A-Z_][A-Z0-9_]*|__\w+|PRI\w+|SCN\w+")
_FUNCTIONS = frozenset({"function_declarator", "operator_cast"})
_VALUES = frozenset({"binary_expression", "unary_expression", "update_expression"})
_DECLARING = frozenset({"declaration", "parameter_declaration", "field_declaration"})
_DEFINING = frozenset(
    {"struct_specifier", "class_specifier", "enum_specifier", "union_specifier", "type_definition"}
    | {"alias_declaration", "type_parameter_declaration", "using_declaration", "concept_definition"}
    | {"optional_type_parameter_declaration", "variadic_type_parameter_declaration"}
)
_TOPS = frozenset({"translation_unit", "declaration_list"})

Wrong: TypeAlias = "Iterator[tuple[Node, str]]"


def c_errors(node: Node, data: bytes) -> Wrong:
    """What is wrong at one node, not counting its children."""
    check = _CHECKS.get(node.type)
    if check is not None:
        yield from check(node, data)


def _strings(node: Node, data: bytes) -> Wrong:
    for child in node.named_children:
        is_name = child.type == "identifier"
        if is_name and not _MACRO.fullmatch(data[child.start_byte : child.end_byte]):
            yield child, "a name that is not a macro next to a string"


def _block(node: Node, data: bytes) -> Wrong:
    if node.parent is not None and node.parent.type in _TOPS:
        yield node, "block outside a function"


def _function(node: Node, data: bytes) -> Wrong:
    declarator = node.child_by_field_name("declarator")
    declared = declarator
    while declared is not None and declared.type not in _FUNCTIONS:
        declared = declared.child_by_field_name("declarator") or _last(declared)
    if declarator is None:
        return
    if declared is None:
        yield node, "function body without a parameter list"
        return
    name = declared.child_by_field_name("declarator")
    is_member = node.parent is not None and node.parent.type == "field_declaration_list"
    if is_member and name is not None and name.type == "qualified_identifier":
        yield name, "extra qualification on a member"
    old = [child for child in node.named_children if child.type == "declaration"]
    parameters = declared.child_by_field_name("parameters")
    listed = parameters.named_children if parameters is not None else []
    if old and any(child.type != "identifier" for child in listed):
        yield old[0], "declaration between the parameters and the body"


def _last(node: Node) -> Node | None:
    """What a declarator declares when its grammar names no field for it."""
    if node.type == "qualified_identifier":
        return node.child_by_field_name("name")
    if node.type.endswith("declarator") and node.named_children:
        return node.named_children[-1]
    return None


def _behind(node: Node, data: bytes) -> Wrong:
    """Names after the parameters of a function, which are macros."""
    for child in node.named_children[1:]:
        text = data[child.start_byte : child.end_byte]
        if child.type == "identifier" and not _MACRO.fullmatch(text):
            yield child, "a name that is not a macro after the parameters"


def _operand(node: Node, data: bytes) -> Wrong:
    right = node.child_by_field_name("right")
    if right is not None and right.type == "assignment_expression":
        yield right, "assignment used as an operand"


def _target(node: Node, data: bytes) -> Wrong:
    left = node.child_by_field_name("left")
    if left is not None and (left.type in _VALUES or left.type.endswith("_literal")):
        yield left, "not assignable"


def _index(node: Node, data: bytes) -> Wrong:
    if not node.named_children:
        yield node, "empty subscript (C++23 only)"


def _sized(node: Node, data: bytes) -> Wrong:
    kind = node.child_by_field_name("type")
    if kind is not None and kind.type == "type_identifier":
        yield kind, "type name after unsigned, signed, long or short"


def _address(node: Node, data: bytes) -> Wrong:
    if data[node.start_byte : node.start_byte + 2] == b"&&":
        yield node, "&& is read as one operator"


def variables_as_types(root: Node, data: bytes) -> Wrong:
    """A name used as a type that the text declares only as a variable."""
    variables: set[bytes] = set()
    types: set[bytes] = set()
    used: list[Node] = []
    pending = [root]
    while pending:
        node = pending.pop()
        pending.extend(node.children)
        if node.type in _DECLARING:
            variables |= {data[n.start_byte : n.end_byte] for n in _declared(node)}
        elif node.type in _DEFINING:
            types |= {data[n.start_byte : n.end_byte] for n in _defined(node)}
        used += _named_type(node)
    for node in used:
        text = data[node.start_byte : node.end_byte]
        if text in variables - types:
            yield node, "variable used as a type"


def _named_type(node: Node) -> list[Node]:
    """The name used as the type of a declaration or a cast; [] if there is none."""
    kind = node.child_by_field_name("type")
    if node.type == "cast_expression" and kind is not None:
        kind = kind.child_by_field_name("type")
    elif node.type != "declaration":
        return []
    return [kind] if kind is not None and kind.type == "type_identifier" else []


def _declared(node: Node) -> Iterator[Node]:
    """The names of variables, parameters and members that a node declares."""
    for child in node.children_by_field_name("declarator"):
        found: Node | None = child
        while found is not None and found.type not in ("identifier", "field_identifier"):
            if found.type == "function_declarator":
                break
            found = found.child_by_field_name("declarator") or _last(found)
        else:
            if found is not None:
                yield found


def _defined(node: Node) -> Iterator[Node]:
    """The names of types that a node defines."""
    names = [*node.children_by_field_name("name"), *node.children_by_field_name("declarator")]
    yield from names if names else node.named_children
    for name in names:
        yield from (child for child in name.named_children if child.type == "type_identifier")


_CHECKS: dict[str, Callable[[Node, bytes], Wrong]] = {
    "concatenated_string": _strings,
    "compound_statement": _block,
    "function_declarator": _behind,
    "binary_expression": _operand,
    "assignment_expression": _target,
    "pointer_expression": _address,
    "sized_type_specifier": _sized,
    "subscript_argument_list": _index,
    "function_definition": _function,
}
