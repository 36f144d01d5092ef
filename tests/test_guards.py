"""The guards of the house hold: they see every file, and a forbidden import breaks the build."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

from tests.conftest import ROOT
from tests.support.whole_files import TOGETHER

PACKAGES = ("core", "tui")
LARGEST_MODULE = 400
LARGEST_FUNCTION = 60
LARGEST_CLASS = 250  # lines, with its ancestors in this house
MOST_METHODS = 40  # the same
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def code_files() -> tuple[Path, ...]:
    """Every Python file of the product, below the checkout."""
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return tuple(
        sorted(path.relative_to(ROOT) for path in files if "__pycache__" not in path.parts)
    )


@dataclass(frozen=True)
class Definition:
    """A function or a class: its length, and for a class its bases and number of methods."""

    name: str
    line: int
    lines: int
    bases: tuple[str, ...] = ()
    methods: int = 0


@dataclass(frozen=True)
class Imported:
    """A name that is imported from a module, and what it is called here."""

    module: str | None
    name: str
    here: str
    line: int


class Read:
    """What the guards ask of a file of code, wherever in it that stands."""

    def __init__(self, path: Path) -> None:
        text = (ROOT / path).read_text("utf-8")
        self.lines = len(text.splitlines())
        self.imports: list[Imported] = []
        self.functions: list[Definition] = []
        self.classes: list[Definition] = []
        for node in _statements(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                self.imports += [
                    Imported(node.module, a.name, a.asname or a.name, node.lineno)
                    for a in node.names
                ]
            elif isinstance(node, FUNCTIONS):
                self.functions.append(Definition(node.name, node.lineno, _length(node)))
            elif isinstance(node, ast.ClassDef):
                self.classes.append(_class(node))


read = cache(Read)
"""Each file is read once for all guards."""


def _length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _class(node: ast.ClassDef) -> Definition:
    plain = (base.value if isinstance(base, ast.Subscript) else base for base in node.bases)
    methods = sum(isinstance(item, FUNCTIONS) for item in node.body)
    return Definition(
        node.name, node.lineno, _length(node), tuple(map(ast.unparse, plain)), methods
    )


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Every statement below a node; none stands within an expression."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for child in getattr(node, name, ()):
            if isinstance(child, ast.stmt):
                yield child
            yield from _statements(child)


def module_name(path: Path) -> str:
    """The dotted name of a file of code."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def folders() -> list[Path]:
    """Every folder that holds code."""
    return sorted({path.parent for path in code_files()})


@cache
def import_graph() -> grimp.ImportGraph:
    """Which module imports which."""
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def test_import_linter_sees_every_file() -> None:
    graph = import_graph()
    assert {module_name(path) for path in code_files()} == graph.modules


def test_no_import_leads_back() -> None:
    """Nor one that only types need: a part knows what it stands on, not who composes it."""
    graph = import_graph()
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imported).prepare()  # raises an error that names the circle


def test_every_folder_of_code_is_a_package() -> None:
    assert [
        str(folder) for folder in folders() if not (ROOT / folder / "__init__.py").exists()
    ] == []


RULES = ("core", "checks", "rules")
SCREEN = {"tui.render", "tui.widgets", "tui.screens"}


def test_tests_that_run_together_are_there() -> None:
    assert [name for group in TOGETHER for name in group if not (ROOT / name).exists()] == []


def test_no_two_modules_share_a_name() -> None:
    """A name means one thing; what shows a thing on the screen may share its name.

    Rules modules are called like their families, which are part of the ids that users see.
    """
    by_name: defaultdict[str, list[str]] = defaultdict(list)
    for path in code_files():
        if path.name not in ("__init__.py", "__main__.py") and path.parts[:3] != RULES:
            by_name[path.stem].append(module_name(path))
    things = {
        name: [module for module in modules if module.rpartition(".")[0] not in SCREEN]
        for name, modules in by_name.items()
    }
    assert {name: modules for name, modules in things.items() if len(modules) > 1} == {}


def test_modules_and_functions_stay_small() -> None:
    too_large = [
        f"{path}: {lines} lines"
        for path in code_files()
        if (lines := read(path).lines) > LARGEST_MODULE
    ]
    for path in code_files():
        too_large += [
            f"{path}:{node.line} {node.name}: {node.lines} lines"
            for node in read(path).functions
            if node.lines > LARGEST_FUNCTION
        ]
    assert too_large == []


class House:
    """Every class of the product by its dotted name, and which of them it is made from."""

    def __init__(self) -> None:
        self.classes: dict[str, Definition] = {}
        self._names: dict[str, dict[str, str]] = {}  # by module, what a name in it refers to
        for path in code_files():
            module = module_name(path)
            names = self._names[module] = {}
            for made in read(path).imports:
                names[made.here] = f"{made.module}.{made.name}"
            for node in read(path).classes:
                names[node.name] = f"{module}.{node.name}"
                self.classes[names[node.name]] = node

    def line_of(self, name: str) -> list[Definition]:
        """A class and its ancestors, except those from other packages."""
        found: dict[str, Definition] = {}
        waiting = [name]
        while waiting:
            name = waiting.pop()
            if name in found or name not in self.classes:
                continue
            found[name] = self.classes[name]
            names = self._names[name.rpartition(".")[0]]
            waiting += [names.get(base, base) for base in found[name].bases]
        return list(found.values())


def test_no_class_is_large_together_with_its_ancestors() -> None:
    house = House()
    document_view = house.line_of("tui.widgets.document_view.DocumentView")
    assert [node.name for node in document_view] == ["DocumentView", "LineView"]
    too_large = []
    for name in house.classes:
        line = house.line_of(name)
        lines = sum(node.lines for node in line)
        methods = sum(node.methods for node in line)
        if lines > LARGEST_CLASS or methods > MOST_METHODS:
            too_large.append(f"{name}: {lines} lines, {methods} methods")
    assert too_large == []


# A forbidden import, planted in every package of a copy


FORBIDDEN = {
    "core": "tui.app",
    "tui": "tinydb",
}
OF_SOME = {
    "core/stats": "core.judge.run.plan",
    "core/export": "core.judge.wire.client",
    "core/judge/question": "core.judge.books.ledger",
    "core/patch/parse": "core.patch.align.build",
    "tui/screens": "core.judge.run.plan",
}
"""What some packages must not import, beside that."""


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the import contracts say of a copy in which each package imports what it must not."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "sample_runs")
        shutil.copytree(ROOT / package, copy / package, ignore=ignored)
    for folder in folders():
        target = FORBIDDEN[folder.parts[0]]
        of_it = OF_SOME.get(folder.as_posix())
        also = f"import {of_it}\n" if of_it else ""
        (copy / folder / "planted.py").write_text(f"import {target}\n{also}", "utf-8")
    code = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command"
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"{code}; lint_imports_command(['--no-cache'])"],
        cwd=copy,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("folder", folders(), ids=str)
def test_a_forbidden_import_in_any_package_breaks_the_build(folder: Path, complaints: str) -> None:
    planted = f"{module_name(folder)}.planted"
    assert f"{planted} -> {FORBIDDEN[folder.parts[0]]} (l.1)" in complaints
    of_it = OF_SOME.get(folder.as_posix())
    assert of_it is None or f"{planted} -> {of_it} (l.2)" in complaints


def test_records_are_copied_by_the_one_replace() -> None:
    """That of dataclasses passes mypy for a Struct and fails when it runs."""
    others = {("dataclasses", "replace"), ("msgspec.structs", "replace"), ("copy", "replace")}
    found = [
        f"{path}:{made.line}"
        for path in code_files()
        if path != Path("core/records.py")
        for made in read(path).imports
        if (made.module, made.name) in others
    ]
    assert found == []


def test_no_test_asserts_how_long_something_took() -> None:
    """A machine may be slow; `tests.support.growth` compares, `benchmarks` measure."""
    paths = [p for p in (ROOT / "tests").rglob("test_*.py") if "trials" not in p.parts]
    texts = {path: path.read_text("utf-8") for path in paths}
    timed = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, text in texts.items()
        if "\nimport time\n" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assert) and any(_is_of(n, "time") for n in ast.walk(node.test))
    ]
    assert timed == []


def _is_of(node: ast.AST, module: str) -> bool:
    named = node.value if isinstance(node, ast.Attribute) else None
    return isinstance(named, ast.Name) and named.id == module
