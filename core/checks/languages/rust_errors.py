"""What Rust's grammar accepts and no compiler does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPE = re.compile(
    rb"\\(?:[nrt0\\'\"]|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]{1,8}\}|\r?\n\s*)", re.DOTALL
)
_SEPARATOR = re.compile(rb"\s*(?:[^\s()\[\]{}\w]{0,3}|\w+)\s*")
_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">="})
_WORDS = frozenset({"identifier", "integer_literal", "float_literal", "string_literal"})
_PARAMETERS = frozenset({"parameter", "self_parameter", "variadic_parameter", "attribute_item"})

Wrong: TypeAlias = "Iterator[tuple[Node, str]]"


def rust_errors(node: Node, data: bytes) -> Wrong:
    """What is wrong at one node, not counting its children."""
    check = _CHECKS.get(node.type)
    if check is not None:
        yield from check(node, data)


def is_free_word(node: Node) -> bool:
    """May this name be a reserved word: a lifetime's, or among a macro's tokens?"""
    parent = node.parent
    return parent is not None and (
        parent.type in ("lifetime", "label") or parent.type.startswith("token_")
    )


def _items(node: Node, data: bytes) -> Wrong:
    yield from _last(node, data)
    is_open = False  # is the previous item a macro that needs a semicolon?
    for child in [*node.named_children, None]:
        is_end = child is not None and child.type == "empty_statement"
        if is_open and not is_end:
            yield child or node, "missing semicolon after the macro call before this"
        elif is_end and child is not None and not is_open:
            yield child, "expected an item, found a semicolon"
        if child is None or not child.type.endswith("comment"):
            is_open = child is not None and _is_open_macro(child, data)


def _block(node: Node, data: bytes) -> Wrong:
    yield from _last(node, data)
    inside = [child for child in node.named_children if not child.type.endswith("comment")]
    for child in inside[:-1]:
        if _is_open_macro(child, data):
            yield child, "missing semicolon after the macro call"


def _last(node: Node, data: bytes) -> Wrong:
    plain = [n for n in node.named_children if not n.type.endswith("comment") or _is_outer_doc(n)]
    if plain and (plain[-1].type == "attribute_item" or _is_outer_doc(plain[-1])):
        yield plain[-1], "attribute or doc comment with nothing after it"


def _is_outer_doc(node: Node) -> bool:
    return node.child_by_field_name("outer") is not None and "comment" in node.type


def _shebang(node: Node, data: bytes) -> Wrong:
    if node.start_byte:
        yield node, "a shebang is only allowed on the first line"


def _parameters(node: Node, data: bytes) -> Wrong:
    """A body's parameters have names; a trait's declarations had none before 2018."""
    if node.parent is None or node.parent.type != "function_item":
        return
    for child in node.named_children:
        if child.type not in _PARAMETERS and not child.type.endswith("comment"):
            yield child, "parameter without a type"


def _is_open_macro(node: Node, data: bytes) -> bool:
    return node.type == "macro_invocation" and data[node.end_byte - 1 : node.end_byte] != b"}"


def _pattern(node: Node, data: bytes) -> Wrong:
    yield from _colon(node, data)
    pattern = node.child_by_field_name("pattern")
    is_mutable = any(child.type == "mutable_specifier" for child in node.children)
    if is_mutable and pattern is not None and pattern.type not in ("identifier", "self"):
        yield pattern, "mut must be followed by a name"


def _tokens(node: Node, data: bytes) -> Wrong:
    for one, other in pairwise(node.children):
        if one.end_byte == other.start_byte and {one.type, other.type} <= _WORDS:
            yield other, "missing separator between two tokens"


def _repetition(node: Node, data: bytes) -> Wrong:
    """A repetition has one separator, which the grammar accepts as anything."""
    closing = [child for child in node.children if child.type == ")"]
    separator = data[closing[-1].end_byte : node.children[-1].start_byte] if closing else b""
    if not _SEPARATOR.fullmatch(separator):
        yield node, "invalid separator in a macro repetition"


def _comparison(node: Node, data: bytes) -> Wrong:
    if not _is_comparison(node):
        return
    if any(_is_comparison(child) for child in node.named_children):
        yield node, "comparison operators cannot be chained"


def _is_comparison(node: Node) -> bool:
    sign = node.child_by_field_name("operator")
    return node.type == "binary_expression" and sign is not None and sign.type in _COMPARISONS


def _member(node: Node, data: bytes) -> Wrong:
    value = node.child_by_field_name("value")
    if value is not None and value.type == "range_expression":
        yield node, "a range needs parentheses before a member"


def _escape(node: Node, data: bytes) -> Wrong:
    text, literal = data[node.start_byte : node.end_byte], node.parent
    is_plain = literal is not None and data[literal.start_byte : literal.start_byte + 1] in b"\"'"
    if not _ESCAPE.fullmatch(text) or (is_plain and text[:2] == b"\\x" and text[2:3] > b"7"):
        yield node, "invalid escape sequence"


def _colon(node: Node, data: bytes) -> Wrong:
    for child in node.children:
        if child.type == ":" and data[child.end_byte : child.end_byte + 1] == b":":
            yield child, "two colons that Rust reads as ::"


_CHECKS: dict[str, Callable[[Node, bytes], Wrong]] = {
    "source_file": _items,
    "declaration_list": _items,
    "block": _block,
    **dict.fromkeys(("enum_variant_list", "field_declaration_list", "match_block"), _last),
    "shebang": _shebang,
    "parameters": _parameters,
    "let_declaration": _pattern,
    "parameter": _pattern,
    "field_initializer": _colon,
    **dict.fromkeys(("token_repetition", "token_repetition_pattern"), _repetition),
    "binary_expression": _comparison,
    "field_expression": _member,
    "token_tree": _tokens,
    "escape_sequence": _escape,
}
