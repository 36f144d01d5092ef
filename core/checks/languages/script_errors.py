"""Early errors of JavaScript and its kin: what their grammars accept and no engine does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from core.checks.languages.script_places import PLACES, bound_names, declared_names, exports

if TYPE_CHECKING:
    from tree_sitter import Node

_NUMBER = re.compile(
    rb"0[xX][0-9a-fA-F]+(?:_[0-9a-fA-F]+)*n?|0[oO][0-7]+(?:_[0-7]+)*n?|0[bB][01]+(?:_[01]+)*n?"
    rb"|0[0-7]+|0\d*[89]\d*(?:\.\d*)?(?:[eE][+-]?\d+)?|(?:0|[1-9]\d*(?:_\d+)*)n"
    rb"|(?:(?:0|[1-9]\d*(?:_\d+)*)(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?"
)
_OLD_NUMBER = re.compile(rb"0\d")  # not in a module or a class
_NO_TARGETS = frozenset(
    {"number", "string", "true", "false", "null", "this", "regex", "template_string", "array_type"}
    | {"binary_expression", "unary_expression", "update_expression", "arrow_function", "function"}
)
_TARGETS = frozenset({"identifier", "member_expression", "subscript_expression", "undefined"}) | (
    frozenset({"parenthesized_expression", "object_pattern", "array_pattern", "type_assertion"})
    | frozenset({"non_null_expression", "as_expression", "satisfies_expression"})
)
_UNIONS = frozenset({"union_type", "intersection_type"})
_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_FUNCTIONS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition"}
    | {"generator_function", "generator_function_declaration", "class_static_block"}
)
_OWNERS = frozenset({"member_expression", "subscript_expression", "call_expression"})
_BLOCKS = frozenset({"program", "statement_block", "switch_body"})
_NAMED = frozenset({"class_declaration", "function_declaration", "generator_function_declaration"})
_RESERVED = frozenset(
    b"break case catch class const continue debugger default delete do else export extends finally"
    b" for function if import in instanceof new return super switch this throw try typeof var void"
    b" while with null true false enum".split()
)

_RESERVED_STRICT = frozenset(
    b"static implements interface package private protected public".split()
)


class _Around(NamedTuple):
    """What encloses a place; a function starts afresh."""

    data: bytes
    is_function: bool = False
    is_async: bool = False
    is_generator: bool = False
    is_loop: bool = False
    is_switch: bool = False
    labels: tuple[bytes | None, _Around | None] = (None, None)
    is_strict: bool = False  # in a module, a class, or a text that asks for it
    private: frozenset[bytes] = frozenset()  # the private members of the enclosing classes

    def text(self, node: Node) -> bytes:
        """The text of a node; `Node.text` scans the whole source each time."""
        return self.data[node.start_byte : node.end_byte]


Wrong: TypeAlias = "Iterator[tuple[Node, str]]"


def early_errors(root: Node, data: bytes, language: str) -> Wrong:
    """What is wrong with the nodes of a tree, and where."""
    is_module = any(n.type in ("import_statement", "export_statement") for n in root.children)
    is_strict = is_module or b"use strict" in data
    pending = [(root, _Around(data, is_strict=is_strict), "")]
    while pending:
        node, around, parent = pending.pop()
        if not node.is_named:
            continue
        if (check := _CHECKS.get(node.type)) is not None:
            yield from check(node, around, language)
        if node.type == "super" and parent not in _OWNERS:
            yield node, "super used as a value"
        if (look := PLACES.get(node.type)) is not None:
            yield from look(node, data)
        inner = _inside(node, around)
        pending.extend((child, inner, node.type) for child in node.children)
    yield from exports(root, data, language)


def _inside(node: Node, around: _Around) -> _Around:
    """The enclosure of a node's children."""
    if node.type in _FUNCTIONS:
        kinds = {child.type for child in node.children}
        is_generator = node.type.startswith("generator") or "*" in kinds
        is_async = "async" in kinds
        return around._replace(
            is_function=True,
            is_async=is_async,
            is_generator=is_generator,
            is_loop=False,
            is_switch=False,
            labels=(None, None),
        )
    if node.type == "class_body":
        private = around.private.union(map(around.text, _members(node)))
        return around._replace(is_strict=True, private=private)
    if node.type in _LOOPS:
        return around._replace(is_loop=True)
    if node.type == "switch_statement":
        return around._replace(is_switch=True)
    if node.type == "labeled_statement":
        label = node.child_by_field_name("label")
        return around._replace(labels=(around.text(label) if label else None, around))
    return around


def _members(body: Node) -> Iterator[Node]:
    for child in body.named_children:
        name = child.child_by_field_name("name") or child.child_by_field_name("property")
        if name is not None:
            yield name


def _list(node: Node, around: _Around, language: str) -> Wrong:
    before = ","
    for child in node.children:
        if child.type == "," and before in (",", "(", "{"):
            yield child, "nothing before a comma"
        before = child.type if "comment" not in child.type else before


def _awaiting(node: Node, around: _Around, language: str) -> Wrong:
    if around.is_function and not around.is_async:
        yield node, "await in a function that is not async"


def _throw(node: Node, around: _Around, language: str) -> Wrong:
    if _breaks_before(node, 1):
        yield node, "line break after throw"


def _arrow(node: Node, around: _Around, language: str) -> Wrong:
    arrows = [n for n, child in enumerate(node.children) if child.type == "=>"]
    if arrows and _breaks_before(node, arrows[0]):
        yield node, "line break before =>"


def _number(node: Node, around: _Around, language: str) -> Wrong:
    text = around.text(node)
    if not _NUMBER.fullmatch(text) or (around.is_strict and _OLD_NUMBER.match(text)):
        yield node, "invalid number"


def _identifier(node: Node, around: _Around, language: str) -> Wrong:
    text = around.text(node)
    if text in _RESERVED and not node.is_missing and not _is_outer_name(node):
        yield node, "reserved word used as a name"
    elif text == b"let" or (around.is_strict and text in _RESERVED_STRICT):
        yield node, "reserved word used as a name (in strict mode)"
    elif text == b"await" and around.is_async:
        yield node, "await used as a name in an async function"


def _is_outer_name(node: Node) -> bool:
    """Is this the name of something seen from outside its module, which may be any word?"""
    parent = node.parent
    if parent is None or not parent.type.endswith("port_specifier"):
        return False
    if parent.type == "import_specifier":
        return parent.child_by_field_name("alias") not in (None, node)
    clause = parent.parent
    statement = clause.parent if clause is not None else None
    is_from = statement is not None and statement.child_by_field_name("source") is not None
    return is_from or parent.child_by_field_name("alias") == node


def _types(node: Node, around: _Around, language: str) -> Wrong:
    parent = node.parent
    if parent is None or parent.type not in _UNIONS or node.start_byte == parent.start_byte:
        return
    if node.child_count < 3 and not node.children[0].is_named:
        yield node, "two operators between types"


def _private(node: Node, around: _Around, language: str) -> Wrong:
    text = around.text(node)
    if text not in around.private or text == b"#constructor":
        yield node, "private member that no enclosing class declares"


def _class_body(node: Node, around: _Around, language: str) -> Wrong:
    """Private members declared twice; a getter and a setter are one."""
    seen: set[tuple[bytes, str]] = set()
    for child in node.named_children if language == "javascript" else ():
        name = child.child_by_field_name("name") or child.child_by_field_name("property")
        if name is None or name.type != "private_property_identifier":
            continue
        text, kinds = around.text(name), {part.type for part in child.children}
        roles = kinds & {"get", "set"} or {"get", "set"}
        if any((text, role) in seen for role in roles):
            yield name, "private member declared twice"
        seen |= {(text, role) for role in roles}


def _yielding(node: Node, around: _Around, language: str) -> Wrong:
    if not around.is_generator:
        yield node, "yield in a function that is not a generator"


def _class(node: Node, around: _Around, language: str) -> Wrong:
    if node.child_by_field_name("name") is None:
        yield node, "class without a name"


def _member(node: Node, around: _Around, language: str) -> Wrong:
    owner = node.child_by_field_name("object")
    if owner is not None and owner.type == "arrow_function":
        yield owner, "an arrow function needs parentheses here"


def _try(node: Node, around: _Around, language: str) -> Wrong:
    if not any(c.type in ("catch_clause", "finally_clause") for c in node.children):
        yield node, "try without catch or finally"


def _jump(node: Node, around: _Around, language: str) -> Wrong:
    label = node.child_by_field_name("label")
    if label is None:
        if around.is_loop or (around.is_switch and node.type == "break_statement"):
            return
    else:
        outer: _Around | None = around
        wanted = around.text(label)
        while outer is not None:
            name, outer = outer.labels
            if name == wanted:
                return
    yield node, "break or continue without a matching loop, switch or label"


def _target(node: Node, around: _Around, language: str) -> Wrong:
    target = node.child_by_field_name("left") or node.child_by_field_name("argument")
    while target is not None and target.type == "parenthesized_expression":
        target = target.named_children[0] if target.named_children else None
    if target is not None and target.type not in _TARGETS:
        yield target, "not assignable"
        return
    pending = [target]
    while pending:
        part = pending.pop()
        if part is None:
            continue
        has_chain = any(child.type == "optional_chain" for child in part.children)
        if part.type in _NO_TARGETS or has_chain:
            yield part, "not assignable"
        elif part.type in ("array", "array_pattern"):
            pending += part.named_children


def _for_in(node: Node, around: _Around, language: str) -> Wrong:
    right = node.child_by_field_name("right")
    is_of = any(child.type == "of" for child in node.children)
    if is_of and right is not None and right.type == "sequence_expression":
        yield right, "a comma expression needs parentheses here"


def _lexical(node: Node, around: _Around, language: str) -> Wrong:
    is_const = bool(node.children) and node.children[0].type == "const"
    for declared in node.named_children:
        if declared.type != "variable_declarator":
            continue
        name = declared.child_by_field_name("name")
        if name is not None and around.text(name) == b"let":
            yield declared, "let used as the name of a variable"
        if is_const and language == "javascript" and declared.child_by_field_name("value") is None:
            yield declared, "const without an initializer"


def _block(node: Node, around: _Around, language: str) -> Wrong:
    names: dict[bytes, bool] = {}  # may it be declared again?
    for statement in node.named_children:
        inner = statement.child_by_field_name("declaration") or statement
        if inner.type in ("lexical_declaration", "variable_declaration"):
            patterns = [c.child_by_field_name("name") for c in inner.named_children]
            found = [name for pattern in patterns for name in bound_names(pattern)]
        elif inner.type in _NAMED and language == "javascript":
            found = [n for n in [inner.child_by_field_name("name")] if n is not None]
        elif statement.type == "import_statement" and language == "javascript":
            found = list(declared_names(statement))
        else:
            continue
        again = inner.type in ("variable_declaration", "function_declaration")
        for name in found:
            text = around.text(name)
            if text in names and not (again and names[text]):
                yield name, "name declared twice"
            names[text] = again


_CHECKS = {
    **dict.fromkeys(("arguments", "object", "object_pattern"), _list),
    **dict.fromkeys(("assignment_expression", "update_expression"), _target),
    **dict.fromkeys(("augmented_assignment_expression",), _target),
    **dict.fromkeys(("break_statement", "continue_statement"), _jump),
    **dict.fromkeys(_BLOCKS, _block),
    "await_expression": _awaiting,
    "throw_statement": _throw,
    "arrow_function": _arrow,
    "number": _number,
    **dict.fromkeys(("identifier", "shorthand_property_identifier"), _identifier),
    "shorthand_property_identifier_pattern": _identifier,
    "class_declaration": _class,
    "class_body": _class_body,
    "private_property_identifier": _private,
    "member_expression": _member,
    "yield_expression": _yielding,
    "try_statement": _try,
    "for_in_statement": _for_in,
    "lexical_declaration": _lexical,
    **dict.fromkeys(_UNIONS, _types),
}


def _breaks_before(node: Node, number: int) -> bool:
    """Does a line end before a child?"""
    children = node.children
    return 0 < number < len(children) and (
        children[number - 1].end_point[0] != children[number].start_point[0]
    )
