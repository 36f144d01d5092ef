"""What Go's grammar accepts and no compiler does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

_BODIES = frozenset({"block", "{", "else", "field_declaration_list", "literal_value"})
_LISTS = frozenset({"argument_list", "parameter_list", "literal_value"})
_STATEMENTS = frozenset(
    {"literal_element", "block", "statement_list", "expression_case", "default_case"}
    | {"type_case", "communication_case"}
)
"""Where a nested block is allowed."""
_ONE_LINE = frozenset(
    {"import_spec", "var_spec", "const_spec", "type_spec", "field_declaration", "keyed_element"}
    | {"parameter_declaration", "package_clause", "function_declaration", "method_declaration"}
    | {"binary_expression", "selector_expression", "call_expression", "index_expression"}
    | {"assignment_statement", "short_var_declaration", "send_statement", "inc_statement"}
    | {"dec_statement", "labeled_statement", "range_clause", "pointer_type", "map_type"}
)
"""Where a line may only end after a sign that needs more."""
_WANTING = frozenset({"func", "type", "var", "const", "package", "import", "map", "chan", "range"})
_SIGNS = frozenset({b"<-", b"--", b"++", b"&^"})


def go_order(root: Node) -> Iterator[tuple[Node, str]]:
    """The package first, then the imports, then the rest."""
    kinds = [node for node in root.named_children if node.type != "comment"]
    if kinds and kinds[0].type != "package_clause":
        yield kinds[0], "the package clause must come first"
    before = ""
    for node in kinds:
        is_behind = before not in ("package_clause", "import_declaration")
        if node.type == "import_declaration" and is_behind:
            yield node, "imports must come before other declarations"
        before = node.type


def go_errors(node: Node, data: bytes) -> Iterator[tuple[Node, str]]:
    """What is wrong at one node, not counting its children."""
    yield from _line_ends(node, data)
    if node.type == "parameter_list":
        kinds = [n for n in node.named_children if n.type.endswith("parameter_declaration")]
        if len({child.child_by_field_name("name") is None for child in kinds}) > 1:
            yield node, "mixed named and unnamed parameters"
    elif node.type == "binary_expression":
        sign = node.child_by_field_name("operator")
        if sign is not None and data[sign.start_byte : sign.end_byte + 1] in _SIGNS:
            yield sign, "two signs that Go reads as one operator"
    elif node.type == "for_clause":
        update = node.child_by_field_name("update")
        if update is not None and update.type == "short_var_declaration":
            yield update, "declaration in the post statement of a for loop"


def _line_ends(node: Node, data: bytes) -> Iterator[tuple[Node, str]]:
    """Where a line ends after a word or a closing sign, Go reads a semicolon, except in lists."""
    children = [child for child in node.children if child.type != "comment"]
    for before, child in pairwise(children):
        if before.end_point[0] == child.start_point[0]:
            continue
        if (node.type in _ONE_LINE or child.type == ":") and _is_ended(before, data):
            yield child, "unexpected line break before this"
        if child.type in _BODIES and node.type not in _LISTS | _STATEMENTS:
            if before.type not in (";", "\n", "{", ",", ":", "("):
                yield child, "unexpected line break before this"
        elif child.type in (")", "}") and node.type in _LISTS:
            end = data[max(before.start_byte, before.end_byte - 3) : before.end_byte]
            if before.type not in (",", "(", "{") and not end.endswith((b",", b"...")):
                yield child, "missing comma before the line break"


def _is_ended(node: Node, data: bytes) -> bool:
    """Does Go read a semicolon where a line ends after a node?"""
    if node.type in _WANTING:
        return False
    end = data[max(0, node.end_byte - 2) : node.end_byte]
    return end in (b"++", b"--") or re.fullmatch(rb"[\w)\]}\"'`]", end[-1:]) is not None
