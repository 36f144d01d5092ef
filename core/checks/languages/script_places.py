"""What may be where in JavaScript and its kin: errors that a node and its children show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tree_sitter import Node

Wrong: TypeAlias = "Iterator[tuple[Node, str]]"

_LOOSE = frozenset({"assignment_expression", "augmented_assignment_expression"}) | frozenset(
    {"yield_expression", "arrow_function"}
)
"""What binds so loosely that no operator takes it without brackets."""
_DECLARATIONS = frozenset({"lexical_declaration", "class_declaration", "import_statement"}) | (
    frozenset({"generator_function_declaration", "export_statement"})
)
_BEGINNINGS = frozenset({"function_expression", "generator_function", "class", "object"}) | (
    frozenset({"object_pattern"})
)
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern"})
_NO_NAMES = frozenset({"member_expression", "subscript_expression"})
_PATTERNS = frozenset({"object_pattern", "array_pattern", "rest_pattern", "pair_pattern"}) | (
    frozenset({"required_parameter", "optional_parameter"})
    | frozenset({"assignment_pattern", "object_assignment_pattern"})
)
_HALF = {
    "pair_pattern": "value",
    "assignment_pattern": "left",
    "object_assignment_pattern": "left",
    "required_parameter": "pattern",
    "optional_parameter": "pattern",
}
"""Of these, only one field binds names."""

_PIECE = re.compile(
    rb"\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<[A-Za-z_$][\w$]*>))?"
    rb"|[*+?]\??|\{\d+(?:,\d*)?\}\??|[\s\S]"
)
"""In a regular expression: an escape, a class, a group opener, a quantifier, a character."""
_FLAGS = re.compile(rb"(?!.*(.).*\1)(?!.*u.*v|.*v.*u)[dgimsuvy]*")


_HOLDS_SUPER = frozenset({"method_definition", "field_definition", "public_field_definition"}) | (
    frozenset({"class_static_block"})
)
_PLAIN = frozenset({"function_declaration", "function_expression", "program"}) | (
    frozenset({"generator_function", "generator_function_declaration"})
)
"""Functions that are not methods; an arrow function inherits the `super` of its surroundings."""


def bound_names(node: Node | None) -> Iterator[Node]:
    """The names that a pattern binds, in any order, and what cannot be bound."""
    pending = [node]
    while pending:
        part = pending.pop()
        if part is None:
            continue
        if part.type in _NAMES or part.type in _NO_NAMES:
            yield part
        elif part.type in _HALF:
            pending.append(part.child_by_field_name(_HALF[part.type]))
        elif part.type in _PATTERNS or part.type == "formal_parameters":
            pending.extend(part.named_children)


def _function(node: Node, data: bytes) -> Wrong:
    parameters = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
    seen: set[bytes] = set()
    for name in bound_names(parameters):
        text = data[name.start_byte : name.end_byte]
        if text in seen or name.type in _NO_NAMES:
            yield name, "duplicate parameter name, or a parameter that is not a name"
        seen.add(text)
    yield from _rest(parameters)
    body = node.child_by_field_name("body")
    for name in _lexical_names(body) if body is not None else ():
        if data[name.start_byte : name.end_byte] in seen:
            yield name, "name already declared as a parameter"


def _rest(parameters: Node | None) -> Wrong:
    listed = parameters.named_children if parameters is not None else []
    for one, after in pairwise(child for child in listed if "comment" not in child.type):
        pattern = one.child_by_field_name("pattern") or one
        if pattern.type == "rest_pattern":
            yield after, "parameter after the rest parameter"


def _lexical_names(body: Node) -> Iterator[Node]:
    for statement in body.named_children:
        if statement.type == "lexical_declaration":
            for declared in statement.named_children:
                yield from bound_names(declared.child_by_field_name("name"))


def _statement(node: Node, data: bytes) -> Wrong:
    first = node
    while first.children:
        first = first.children[0]
        if first.type in _BEGINNINGS:
            yield first, "an expression statement cannot begin like this"
            return


def _operator(node: Node, data: bytes) -> Wrong:
    for child in node.named_children:
        if child.type in _LOOSE:
            yield child, "parentheses needed around this operand"
    if node.type != "binary_expression":
        return
    sign, left = _sign(node), node.child_by_field_name("left")
    if sign == "**" and left is not None and left.type == "unary_expression":
        yield left, "parentheses needed before **"
    for child in node.named_children:
        if child.type == "binary_expression" and {sign, _sign(child)} in _UNMIXED:
            yield child, "?? mixed with || or && without parentheses"


_UNMIXED: tuple[set[str], ...] = ({"??", "||"}, {"??", "&&"})


def _sign(node: Node) -> str:
    sign = node.child_by_field_name("operator")
    return sign.type if sign is not None else ""


def _condition(node: Node, data: bytes) -> Wrong:
    condition = node.child_by_field_name("condition")
    if condition is not None and condition.type in _LOOSE:
        yield condition, "parentheses needed before ?"


def _call(node: Node, data: bytes) -> Wrong:
    called, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if called is None or arguments is None:
        return
    if called.type in _LOOSE:
        yield called, "parentheses needed around what is called"
    if arguments.type == "template_string" and (
        called.type == "super" or any(child.type == "optional_chain" for child in called.children)
    ):
        yield arguments, "template literal not allowed after this"


def _super(node: Node, data: bytes) -> Wrong:
    """`super()` belongs in a derived class's constructor, `super.name` in methods and fields."""
    owner = node.parent
    around = owner.parent if owner is not None else None
    while around is not None and around.type not in _HOLDS_SUPER and around.type not in _PLAIN:
        around = around.parent
    if around is None or around.type in _PLAIN:
        yield node, "super outside a method"
    elif owner is not None and owner.type == "call_expression":
        called = owner.child_by_field_name("function")
        if called is not None and called.type == "super" and not _is_constructor(around, data):
            yield node, "super() outside the constructor of a derived class"


def _is_constructor(method: Node, data: bytes) -> bool:
    name, body = method.child_by_field_name("name"), method.parent
    holder = body.parent if body is not None and body.type == "class_body" else None
    return (
        name is not None
        and data[name.start_byte : name.end_byte]
        in (b"constructor", b"'constructor'", b'"constructor"')
        and holder is not None
        and any(child.type == "class_heritage" for child in holder.children)
    )


def _method(node: Node, data: bytes) -> Wrong:
    """A function, and for a getter or setter the number of its parameters."""
    yield from _function(node, data)
    kinds = {child.type for child in node.children}
    parameters = node.child_by_field_name("parameters")
    listed = parameters.named_children if parameters is not None else []
    count = sum("comment" not in child.type and not _is_this(child) for child in listed)
    if ("get" in kinds and count) or ("set" in kinds and count != 1):
        yield node, "a getter takes no parameter, a setter exactly one"


def _is_this(parameter: Node) -> bool:
    """Is a parameter TypeScript's `this`, which is not one?"""
    pattern = parameter.child_by_field_name("pattern")
    return pattern is not None and pattern.type == "this"


def _delete(node: Node, data: bytes) -> Wrong:
    yield from _operator(node, data)
    deleted = node.child_by_field_name("argument")
    if _sign(node) == "delete" and deleted is not None and deleted.type == "identifier":
        yield deleted, "delete of an unqualified name"


def _regex(node: Node, data: bytes) -> Wrong:
    """The brackets of a regular expression and its quantifiers; not the meaning of its escapes."""
    pattern, flags = node.child_by_field_name("pattern"), node.child_by_field_name("flags")
    named = data[flags.start_byte : flags.end_byte] if flags is not None else b""
    if not _FLAGS.fullmatch(named):
        yield node, "invalid regular expression flags"
    if pattern is None or b"v" in named:
        return
    depth, may_repeat = 0, False
    for piece in _PIECE.findall(data[pattern.start_byte : pattern.end_byte]):
        repeats = piece[:1] in (b"*", b"+", b"?") or (piece[:1] == b"{" and len(piece) > 1)
        depth += piece.startswith(b"(") - (piece == b")")
        is_wrong = piece in (b"[", b"\\") or depth < 0 or _is_backwards(piece)
        if is_wrong or (repeats and not may_repeat):
            yield node, "invalid regular expression"
            return
        may_repeat = not (repeats or piece in b"|^$" or piece.startswith(b"("))
    if depth:
        yield node, "unterminated group in a regular expression"


def _is_backwards(piece: bytes) -> bool:
    """Has a character class a range that ends before it begins?"""
    if piece[:1] != b"[":
        return False
    signs = re.findall(rb"\\.|[^\\]", piece[1:-1].removeprefix(b"^"), re.DOTALL)
    number = 0
    while number + 2 < len(signs):
        first, dash, last = signs[number : number + 3]
        if dash == b"-" and len(first) == len(last) == 1 and first > last:
            return True
        number += 3 if dash == b"-" else 1
    return False


def _body(node: Node, data: bytes) -> Wrong:
    last = node.named_children[-1] if node.named_children else None
    body = node.child_by_field_name("body") or node.child_by_field_name("consequence") or last
    if body is None:
        return
    is_async = body.type == "function_declaration" and body.children[0].type == "async"
    is_looped = body.type == "function_declaration" and node.type.startswith(("for", "while", "do"))
    if body.type in _DECLARATIONS or is_async or is_looped:
        yield body, "declaration not allowed here without braces"


def _program(node: Node, data: bytes) -> Wrong:
    """A module must declare what it exports, and no name twice."""
    clauses = [n for n in node.named_children if n.type == "export_statement"]
    named = [name for clause in clauses for name in _exported(clause)]
    if not named:
        return
    declared = {data[name.start_byte : name.end_byte] for name in declared_names(node)}
    seen: set[bytes] = set()
    for name, alias in named:
        shown = data[alias.start_byte : alias.end_byte]
        if data[name.start_byte : name.end_byte] not in declared:
            yield name, "export of a name that the module does not declare"
        elif shown in seen:
            yield alias, "name exported twice"
        seen.add(shown)


def _exported(clause: Node) -> Iterator[tuple[Node, Node]]:
    if clause.child_by_field_name("source") is not None:
        return
    for listed in clause.named_children:
        for one in listed.named_children if listed.type == "export_clause" else ():
            name = one.child_by_field_name("name")
            if name is not None:
                yield name, one.child_by_field_name("alias") or name


def declared_names(program: Node) -> Iterator[Node]:
    """The names that a module declares or imports, those of nested blocks too."""
    pending = [program]
    while pending:
        node = pending.pop()
        if node.type == "variable_declarator":
            yield from bound_names(node.child_by_field_name("name"))
        elif node.type == "import_specifier":
            names = (node.child_by_field_name("alias"), node.child_by_field_name("name"))
            yield from [name for name in names if name is not None][:1]
        elif node.type in ("namespace_import", "import_clause"):
            yield from (child for child in node.named_children if child.type == "identifier")
            pending += node.named_children
        elif node.type.endswith(("function_declaration", "class_declaration")):
            if (name := node.child_by_field_name("name")) is not None:
                yield name
        elif not node.type.endswith(("expression", "arrow_function", "arguments")):
            pending += node.named_children


PLACES: dict[str, Callable[[Node, bytes], Wrong]] = {
    **dict.fromkeys(("function_declaration", "function_expression", "arrow_function"), _function),
    **dict.fromkeys(("generator_function", "generator_function_declaration"), _function),
    "method_definition": _method,
    "expression_statement": _statement,
    **dict.fromkeys(("binary_expression", "await_expression"), _operator),
    "unary_expression": _delete,
    "regex": _regex,
    "super": _super,
    "ternary_expression": _condition,
    "call_expression": _call,
    **dict.fromkeys(("if_statement", "else_clause", "while_statement", "for_statement"), _body),
    **dict.fromkeys(("for_in_statement", "do_statement", "labeled_statement"), _body),
    "with_statement": _body,
}
"""What to check, by kind of node; also see `exports`."""


def exports(program: Node, data: bytes, language: str) -> Wrong:
    """What is wrong with the exports of a module; types of TypeScript are not followed."""
    if language == "javascript":
        yield from _program(program, data)
