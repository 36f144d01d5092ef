"""What Python itself says about a source text, without running it: its tree, or why it has none.

Sizes are bounded; what the parser gives up on (nesting, memory) is "unjudged", never an error of
the patch. A parser crash ends the worker process it runs in, which the pipeline reports.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from core.checks.languages.answers import ParseError, Reading
from core.checks.languages.python_comments import (
    asks_for_lines,
    effective_comments,
    reads_docstrings,
)
from core.checks.languages.python_identifiers import names_something_new

if TYPE_CHECKING:
    from pyflakes.checker import Checker
    from pyflakes.messages import Message

MAX_PYTHON_BYTES = 2 * 1024 * 1024
"""Larger Python files are not parsed: the tree of 1 MiB of source can take 400 MiB."""


class NameProblem(Struct, frozen=True):
    """One message of pyflakes; `kind` is the name of its message class."""

    kind: str
    name: str
    line: int
    message: str


_NAME_PROBLEMS = ("UndefinedName", "UndefinedLocal", "DuplicateArgument")
_Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
_NAMED_SCOPES = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_BodyOf = Callable[[_Scope], list[ast.stmt]]


class PythonSource:
    """One version of a Python file; everything about it is computed on first use."""

    def __init__(self, data: bytes, path: str = "") -> None:
        self.data = data
        self.path = path

    @cached_property
    def _parsed(self) -> ast.Module | ParseError | str:
        if len(self.data) > MAX_PYTHON_BYTES:
            return f"too large to parse ({len(self.data)} bytes; the limit is {MAX_PYTHON_BYTES})"
        parsed = _null_byte(self.data) or _attempt(lambda: ast.parse(self.data))
        assert parsed is not None
        return parsed

    @property
    def tree(self) -> ast.Module | None:
        """The syntax tree, None if there is none."""
        return self._parsed if isinstance(self._parsed, ast.Module) else None

    @cached_property
    def error(self) -> ParseError | None:
        """The first error, None if the source is sound or was not judged.

        If the grammar finds none, the compiler may: `return` outside a function, ...
        """
        found = self._compiled if self.tree else self._parsed
        return found if isinstance(found, ParseError) else None

    @property
    def reading(self) -> Reading:
        """What the running interpreter says, compiler included."""
        return Reading(self.error, self.unjudged)

    @property
    def unjudged(self) -> str:
        """Why the source could not be judged; "" if it was."""
        found = self._compiled if self.tree else self._parsed
        return found if isinstance(found, str) else ""

    @cached_property
    def _compiled(self) -> ParseError | str | None:
        def build() -> None:
            assert self.tree is not None
            compile(self.tree, "<patch>", "exec", dont_inherit=True)

        found = _attempt(build)
        assert not isinstance(found, ast.Module)
        return found

    @cached_property
    def name_problems(self) -> tuple[NameProblem, ...] | None:
        """Undefined names and duplicate arguments, None if pyflakes cannot tell."""
        from pyflakes.checker import Checker

        if self.tree is None:
            return None
        try:
            checker = Checker(self.tree, filename=self.path or "<patch>")
        except RecursionError:
            return None
        messages = [m for m in checker.messages if type(m).__name__ in _NAME_PROBLEMS]
        _let_go(checker)
        if not messages:
            return ()
        evaluated = _evaluated_names(self.tree)
        named = {str(message.message_args[0]) for message in messages}
        outer = _names_set_by_functions(self.tree, named)
        return tuple(
            NameProblem(
                type(message).__name__,
                str(message.message_args[0]),
                message.lineno,
                str(message.message % message.message_args),
            )
            for message in messages
            if (type(message).__name__ != "UndefinedName" or _place(message) in evaluated)
            and message.message_args[0] not in outer
        )

    def same_code(self, other: PythonSource) -> bool | None:
        """Do both differ only in comments, docstrings and formatting? None: unknown.

        Comments with an effect count, and so do docstrings that the text itself asks for.
        """
        # One of the two is often parsed already, and mostly shows that they differ.
        is_first = "_parsed" in vars(self) and "_parsed" not in vars(other)
        for one, another in ((self, other), (other, self))[:: 1 if is_first else -1]:
            if one.tree is None:
                return None
            if names_something_new(one.tree, one.data, another.data):
                return False
        assert self.tree is not None
        assert other.tree is not None
        try:
            if not _same_bodies(self, self.tree, other, other.tree, _without_docstring):
                return False
            if effective_comments(self.data) != effective_comments(other.data):
                return False
            if asks_for_lines(self.data):
                return None
            is_read = reads_docstrings(self.data) or reads_docstrings(other.data)
            return not is_read or _same_bodies(self, self.tree, other, other.tree, _whole_body)
        except RecursionError:
            return None

    @cached_property
    def lines(self) -> list[bytes]:
        """The lines as Python counts them."""
        return self.data.splitlines()

    @cached_property
    def functions(self) -> tuple[tuple[str, int, int], ...]:
        """Qualified name, first and last line of every function."""
        return tuple(_functions(self.tree, "")) if self.tree else ()


def _let_go(checker: Checker) -> None:
    """Undo its cycles, so that its memory is free without a search for garbage."""
    for scope in checker.deadScopes:
        scope.clear()
    vars(checker).clear()


def _place(message: Message) -> tuple[int, str]:
    return message.lineno, str(message.message_args[0])


def _evaluated_names(tree: ast.Module) -> set[tuple[int, str]]:
    """Line and name of every name that is looked up when the code runs.

    Quoted annotations are not, nor any annotation after `from __future__ import annotations`.
    """
    postponed = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in tree.body
    )
    pending: list[ast.AST] = [tree]
    found: set[tuple[int, str]] = set()
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            found.add((node.lineno, node.id))
            continue
        for name, value in ast.iter_fields(node):
            if postponed and name in ("annotation", "returns"):
                continue
            values = value if isinstance(value, list) else [value]
            pending.extend(child for child in values if isinstance(child, ast.AST))
    return found


def _names_set_by_functions(tree: ast.Module, wanted: set[str]) -> set[str]:
    """Those module names that a function sets after `global`, which pyflakes may miss."""
    statements = (node for node in _statements(tree) if isinstance(node, ast.Global))
    declared = wanted.intersection(name for node in statements for name in node.names)
    nodes = ast.walk(tree) if declared else ()
    names = (node for node in nodes if isinstance(node, ast.Name) and node.id in declared)
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}


def _null_byte(data: bytes) -> ParseError | None:
    place = data.find(b"\0")
    if place < 0:
        return None
    column = place - data.rfind(b"\n", 0, place)
    message = "source code cannot contain null bytes"
    return ParseError(message, data.count(b"\n", 0, place) + 1, column)


def _attempt(build: Callable[[], ast.Module | None]) -> ast.Module | ParseError | str | None:
    """Python's result for a source: the tree, the first error, or why it gave up."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return build()
    except SyntaxError as error:
        return ParseError(error.msg or "invalid syntax", error.lineno or 1, error.offset or 1)
    except ValueError as error:
        return ParseError(str(error), 1, 1)
    except (RecursionError, MemoryError, OverflowError, SystemError) as error:
        return f"Python's parser gave up ({type(error).__name__})"


def _same_bodies(
    one: PythonSource, scope: _Scope, other: PythonSource, match: _Scope, body_of: _BodyOf
) -> bool:
    """Are the statements of two scopes the same? Identical texts are not looked into."""
    statements, matches = body_of(scope), body_of(match)
    if len(statements) != len(matches):
        return False
    return all(
        _text(one, a) == _text(other, b) or _same_statements(one, a, other, b, body_of)
        for a, b in zip(statements, matches, strict=True)
    )


def _same_statements(
    one: PythonSource, a: ast.stmt, other: PythonSource, b: ast.stmt, body_of: _BodyOf
) -> bool:
    if isinstance(a, _NAMED_SCOPES) and isinstance(b, _NAMED_SCOPES):
        same_header = _dump(a, _no_body) == _dump(b, _no_body)
        return same_header and _same_bodies(one, a, other, b, body_of)
    return _dump(a, body_of) == _dump(b, body_of)


def _text(source: PythonSource, statement: ast.stmt) -> tuple[object, ...]:
    """The lines of a statement, and where in the first and last one it stands: `a(); b()`."""
    if not hasattr(statement, "lineno"):
        return ()  # replaces a docstring
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(d.lineno for d in decorators)])
    lines = source.lines[first - 1 : statement.end_lineno]
    return statement.col_offset, statement.end_col_offset, lines


def _dump(statement: ast.stmt, body_of: _BodyOf) -> str:
    """A statement as text, of each function and class in it what `body_of` takes."""
    scopes = [node for node in _statements(statement) if isinstance(node, _NAMED_SCOPES)]
    bodies = [scope.body for scope in scopes]
    try:
        for scope in scopes:
            scope.body = body_of(scope)
        return ast.dump(statement, annotate_fields=False)
    finally:
        for scope, body in zip(scopes, bodies, strict=True):
            scope.body = body


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """A node and every statement, handler and case in it."""
    pending = [node]
    while pending:
        one = pending.pop()
        yield one
        pending.extend(inner_statements(one))


def _without_docstring(scope: _Scope) -> list[ast.stmt]:
    return scope.body[1:] or [ast.Pass()] if _docstring(scope) else scope.body


def _no_body(scope: _Scope) -> list[ast.stmt]:
    return []


def _whole_body(scope: _Scope) -> list[ast.stmt]:
    return scope.body


def _docstring(scope: _Scope) -> bool:
    if getattr(scope, "decorator_list", ()):
        return False  # what decorates it may read its docstring
    if isinstance(scope, ast.ClassDef) and (scope.bases or scope.keywords):
        return False  # and so may what it inherits from: a schema, a prompt
    first = scope.body[0] if scope.body else None
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
        and ">>>" not in first.value.value  # a test
    )


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, int, int]]:
    for child in inner_statements(node):
        if isinstance(child, _NAMED_SCOPES):
            name = f"{prefix}{child.name}"
            if not isinstance(child, ast.ClassDef):
                yield name, child.lineno, child.end_lineno or child.lineno
            yield from _functions(child, f"{name}.")
        else:
            yield from _functions(child, prefix)


def inner_statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements, handlers and cases directly inside a node."""
    for name in ("body", "orelse", "handlers", "finalbody", "cases"):
        inner = getattr(node, name, ())
        if isinstance(inner, list):
            yield from inner
