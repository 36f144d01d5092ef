"""The recipes of CONTRIBUTING.md name every place: each is followed in a copy, and its work used.

A step may touch only what its recipe lists. What the recipe makes has to work then, and the tests
of its registry have to pass (they compare it with its page).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from core.checks import FAMILIES
from tests.conftest import ROOT

LAST = FAMILIES[-1]
"""The family whose rules stand last on the page."""

COPIED = ("core", "tui", "tests", "docs", "sample_runs", "CONTRIBUTING.md")


def recipe(title: str) -> list[str]:
    """The places that a recipe lists, as patterns, except its tests, which come last."""
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = page.partition(f"\n### {title}\n")[2].partition("\n#")[0]
    places = re.findall(r"^- `([^`]+)`", section, re.MULTILINE)
    assert places and places[-1].startswith("tests/"), f"no recipe for {title}"
    return [re.sub(r"<\w+>", "*", place) for place in places[:-1]]


class Place:
    """A copy of the project, and Python in it, with what others wrote already imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                ignored = shutil.ignore_patterns(".patchjury", "trials", "tui")
                shutil.copytree(source, folder / name, ignore=ignored)
            else:
                shutil.copy(source, folder / name)
        pipe = subprocess.PIPE
        self.python = subprocess.Popen(
            [sys.executable, "-c", _SERVE], cwd=folder, stdin=pipe, stdout=pipe, text=True
        )

    def run(self, words: Sequence[str]) -> tuple[int, str]:
        """Run `python -m` with these words; returns the exit code and what was printed."""
        assert self.python.stdin is not None and self.python.stdout is not None
        told = self.folder / "told"
        env = {
            **os.environ,
            "PYTHONPATH": str(self.folder),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # a registry's tests need none
        }
        print(json.dumps([words, str(told), env]), file=self.python.stdin, flush=True)
        return int(self.python.stdout.readline()), told.read_text("utf-8")


_SERVE = """\
import gc, importlib, json, os, runpy, sys
for name in ("git", "hypothesis.strategies", "markdown_it", "msgspec.structs", "pyflakes.checker",
             "pytest", "_pytest.assertion.rewrite", "_pytest.junitxml", "pdb", "tinydb",
             "tree_sitter", "unidiff"):
    importlib.import_module(name)
gc.freeze()
for line in sys.stdin:
    words, told, env = json.loads(line)
    child = os.fork()
    if not child:
        os.environ.clear()
        os.environ.update(env)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        os.dup2(1, 2)
        sys.path.insert(0, env["PYTHONPATH"])
        sys.argv = list(words)
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One for all recipes: each leaves it as it was."""
    made = Place(tmp_path_factory.mktemp("place"))
    with made.python:
        yield made


class Copy:
    """A copy of the project in which a recipe is followed."""

    def __init__(self, place: Place, title: str) -> None:
        self.folder = place.folder
        self.places = recipe(title)
        self.touched: set[str] = set()
        self._place = place
        self._before: dict[Path, bytes | None] = {}

    def __enter__(self) -> Copy:
        return self

    def __exit__(self, *_: object) -> None:
        for path, held in self._before.items():
            path.unlink()
            if held is not None:
                path.write_bytes(held)
        shutil.rmtree(self.folder / "sample_runs/.patchjury", ignore_errors=True)

    def makes(self, place: str) -> Path:
        """The path of what a step writes, which is undone when the recipe was followed."""
        path = self.folder / place
        self._before.setdefault(path, path.read_bytes() if path.exists() else None)
        return path

    def write(self, place: str, text: str, after: str = "") -> None:
        """Add text to a place that the recipe lists, at its end or after a line."""
        (pattern,) = [p for p in self.places if fnmatchcase(place, p)]
        self.touched.add(pattern)
        path = self.makes(place)
        held = path.read_text("utf-8") if path.exists() else ""
        if after:
            assert held.count(after) == 1, f"{after!r} stands {held.count(after)} times in {place}"
            held = held.replace(after, after + text)
        else:
            held += text
        path.write_text(held, "utf-8")

    def run(self, *words: str, code: int | None = 0) -> str:
        """Run `python -m` in the copy; returns what it printed."""
        ended, told = self._place.run(words)
        assert code in (None, ended), told
        return told

    def patchjury(self, *words: str, code: int | None = 0) -> str:
        """Run the command of the copy."""
        return self.run("tui.cli", *words, code=code)

    def pytest(self, *paths: str, code: int = 0) -> None:
        """Run tests of the copy."""
        here = ("-c", os.devnull, "--rootdir", ".", "--confcutdir", ".")  # not what is above it
        options = ("-q", "-p", "no:cacheprovider", "--tb", "no" if code else "short")
        told = self.run("pytest", *options, *here, *paths, code=code)
        assert f" {'failed' if code else 'passed'}" in told

    def tests(self, *paths: str) -> None:
        """Run tests of the copy; they have to pass, and every step was taken."""
        assert self.touched == set(self.places), "a step of the recipe was not needed"
        self.pytest(*paths)


def test_a_rule(place: Place) -> None:
    with Copy(place, "A rule") as copy:
        copy.write(
            f"core/checks/rules/{LAST}.py",
            f'\n\n@rule("{LAST}.made", Severity.INFO, "A rule that somebody made")\n'
            "def made(context: Context) -> Iterator[Fact]:\n"
            '    yield Found("it speaks")\n',
        )
        copy.pytest("tests/core/checks/test_registry.py", code=1)  # the page is missing
        copy.write(
            "docs/rules.md",
            f"\n### `{LAST}.made`\n\nA rule that somebody made. *info, a sign.*\n\n"
            "**Why it matters:** a.\n\n**Example:** b.\n\n**When it is wrong:** c.\n",
        )
        copy.tests("tests/core/checks/test_registry.py")
        assert f"{LAST}.made" in copy.patchjury(
            "check", "sample_runs", "--jobs", "1", "--only", LAST, "--json", "-", code=None
        )


def test_a_reader(place: Place) -> None:
    with Copy(place, "A reader") as copy:
        copy.write(
            "core/readers/kinds/made_kind.py",
            '"""A kind that somebody made."""\n\n'
            "from core.readers.found import Found\n"
            "from core.readers.reader import Files, Reader\n"
            "from core.readers.walk import File\n\n\n"
            "def read(file: File, found: Found) -> None:\n"
            '    """Say that it was seen."""\n'
            '    found.problems.add(file.path, "somebody made this kind")\n\n\n'
            "READER = Reader(\n"
            '    name="Made", recognised="`*.made`", mapped="nothing", unread="everything",\n'
            '    files=(Files(("*.made",), read),),\n)\n',
        )
        copy.write("core/readers/reader_registry.py", "    made_kind,\n", "    iso_bench,\n")
        copy.write(
            "core/readers/reader_registry.py", "    made_kind.READER,\n", "    hal.READER,\n"
        )
        page = copy.makes("docs/inputs.md")
        copy.run("tests.support.inputs_document")
        assert "| Made |" in page.read_text("utf-8")
        copy.touched.add("docs/inputs.md")
        copy.tests("tests/core/readers/test_reader_registry.py")
        copy.makes("sample_runs/x.made").write_text("x", "utf-8")
        assert "somebody made this kind" in copy.patchjury("doctor", "sample_runs", code=None)


def test_an_export_format(place: Place) -> None:
    with Copy(place, "An export format") as copy:
        copy.write(
            "core/export/made_format.py",
            '"""A format that somebody made."""\n\n'
            "from collections.abc import Iterator\n\n"
            "from core.export.export_document import Document\n\n\n"
            "def render(document: Document) -> Iterator[str]:\n"
            '    """The number of attempts."""\n'
            '    yield f"{len(document.attempts)} attempts\\n"\n',
        )
        registry = "core/export/__init__.py"
        copy.write(
            registry,
            "from core.export import made_format\n",
            "from core.errors import ExportError\n",
        )
        line = '        Format("md", (".md",), markdown_report.render),\n'
        copy.write(registry, '        Format("made", (".made",), made_format.render),\n', line)
        page = "tests/core/export/test_export.py::test_the_page_has_every_format"
        copy.pytest(page, code=1)
        csv = "| `csv` | `.csv` | one attempt per row | spreadsheets |\n"
        copy.write(
            "docs/export.md", "| `made` | `.made` | the number of attempts | nobody |\n", csv
        )
        copy.tests(page)
        out = copy.makes("out.made")
        copy.patchjury("export", "sample_runs", "--to", "out.made")
        assert out.read_text("utf-8") == "39 attempts\n"


def test_a_queue(place: Place) -> None:
    with Copy(place, "A queue") as copy:
        copy.write(
            "core/assess/queues/by_fact.py",
            '\n\nMADE = Queue("made", "5", "made by somebody", where(lambda known: True))\n',
        )
        copy.write(
            "core/assess/queues/all_queues.py", "    by_fact.MADE,\n", "    by_fact.DUPLICATES,\n"
        )
        copy.write(
            "docs/queues.md",
            "| `made` | `5` | every attempt | as the runs |\n",
            "| most at one human commit first |\n",
        )
        copy.tests("tests/core/assess/test_queues.py")
        assert "39 of 39" in copy.patchjury("list", "sample_runs", "--queue", "made")
