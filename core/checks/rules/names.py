"""Names that the patch uses and nobody defines, as pyflakes sees both versions of a file."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from core.checks.context import Context, Versions
from core.checks.languages.python_source import NameProblem, PythonSource, inner_statements
from core.checks.registry import Fact, Found, rule
from core.models import Severity
from core.patch.parse import file_lines


@rule(
    "names.undefined",
    Severity.ERROR,
    "A name is used but never defined",
    version=3,
    criteria=("syntax_correct",),
)
def undefined(context: Context) -> Iterator[Fact]:
    places: dict[tuple[str, str], list[int]] = {}  # file and message to lines
    for versions, problem in _new_problems(context, ("UndefinedName", "UndefinedLocal")):
        if isinstance(versions.patched, PythonSource) and versions.patched.error is not None:
            continue  # after a syntax error names mean nothing
        places.setdefault((versions.path, problem.message), []).append(problem.line)
    for (path, message), lines in places.items():
        rest = len(lines) - 1
        more = f" (and on {rest} more line{'s' if rest > 1 else ''})" if rest else ""
        yield Found(f"{message}{more}", path, min(lines))


@rule(
    "names.duplicate-argument",
    Severity.ERROR,
    "A function has two arguments with the same name",
    version=2,
    criteria=("syntax_correct",),
)
def duplicate_argument(context: Context) -> Iterator[Fact]:
    for versions, problem in _new_problems(context, ("DuplicateArgument",)):
        yield Found(problem.message, versions.path, problem.line)


def _new_problems(
    context: Context, kinds: tuple[str, ...]
) -> Iterator[tuple[Versions, NameProblem]]:
    """What the patched version has and the base has not, preferably on added lines."""
    for versions in context.versions or ():
        patched, base = versions.patched, versions.base
        if not isinstance(patched, PythonSource):
            continue
        problems = [p for p in patched.name_problems or () if p.kind in kinds]
        if not problems:
            continue
        known: Counter[tuple[str, str]] = Counter()
        if isinstance(base, PythonSource):
            if base.name_problems is None:
                continue  # without a sound base it is unknown what is new
            known.update((p.kind, p.name) for p in base.name_problems)
        if Counter((p.kind, p.name) for p in problems) <= known:
            continue
        # What the human's version leaves undefined is defined elsewhere, or wrong in both.
        known |= _problems_of_human(context, versions.path)
        assert context.patch is not None
        added = {line.new for line in file_lines(context.patch, versions.file, "+")}
        for problem in sorted(problems, key=lambda p: (p.line in added, p.line)):
            if known[problem.kind, problem.name] > 0:
                known[problem.kind, problem.name] -= 1
            else:
                yield versions, problem


def _problems_of_human(context: Context, path: str) -> Counter[tuple[str, str]]:
    versions = (context.shared.human_versions or {}).get(path)
    if versions is None or not isinstance(versions.patched, PythonSource):
        return Counter()
    return Counter((p.kind, p.name) for p in versions.patched.name_problems or ())


@rule(
    "names.unused-function",
    Severity.WARNING,
    "A new inner function is never used",
    criteria=("syntax_correct",),
)
def unused_function(context: Context) -> Iterator[Fact]:
    for versions in context.versions or ():
        patched = versions.patched
        if not isinstance(patched, PythonSource) or context.patch is None:
            continue
        lines = file_lines(context.patch, versions.file, "+")
        added = {line.new for line in lines if "def " in line.text}
        if not added or patched.tree is None:
            continue
        for name, line in _unused_inner(patched.tree):
            if line in added:
                message = f"{name} is defined inside a function and never used"
                yield Found(message, versions.path, line)


def _unused_inner(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Name and line of each function inside a function that nothing there refers to."""
    for child in inner_statements(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _unused_in(child)
        yield from _unused_inner(child)


def _unused_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, int]]:
    inner = [f for f in _own_functions(function) if not f.decorator_list]
    if not inner:
        return
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, ast.Global | ast.Nonlocal):
            used.update(node.names)
    if not used & {"locals", "globals"}:
        yield from ((node.name, node.lineno) for node in inner if node.name not in used)


def _own_functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions defined in a function, not those inside other functions or classes."""
    for child in inner_statements(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
        elif not isinstance(child, ast.ClassDef):
            yield from _own_functions(child)
