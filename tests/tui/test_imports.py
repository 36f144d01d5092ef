"""What is imported when: no screen in the core, little in cheap commands, nothing with effects."""

from __future__ import annotations

import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import core
import tui
from tests.support.runs import build_runs

SCREEN = {"textual", "rich", "tui"}
HEAVY = {"textual", "rich", "openai"}


def loaded(code: str, *words: str | Path, cwd: Path | None = None) -> set[str]:
    """The top-level packages that a fresh Python has loaded after running this code."""
    tail = "\nimport json, sys\nprint('\\n' + json.dumps(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + tail, *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    modules: list[str] = json.loads(done.stderr.splitlines()[-1])
    return {name.partition(".")[0] for name in modules}


def command_loads(*words: str | Path, cwd: Path | None = None) -> set[str]:
    """The packages that a command loads; it has to do its work."""
    code = """\
import sys
from tui.cli import main
try:
    code = main()
except SystemExit as left:
    code = left.code
assert code in (0, 1), code"""
    return loaded(code, *words, cwd=cwd)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


def modules_of(package: str) -> list[str]:
    paths = {"core": core.__path__, "tui": tui.__path__}[package]
    found = [module.name for module in pkgutil.walk_packages(paths, f"{package}.")]
    return [name for name in found if not name.endswith("__main__")]


class Imported(NamedTuple):
    """What a fresh Python did that imported every module: first those of the core."""

    by_core: set[str]  # top-level packages
    printed: tuple[str, str]
    left: list[str]  # in its folder, which was also its home


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    folder = tmp_path_factory.mktemp("everything")
    environment = {name: value for name, value in os.environ.items() if name[:4] != "XDG_"}
    places = {"HOME": str(folder), "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    after, core_only, screen = os.pipe(), modules_of("core"), modules_of("tui")
    code = [f"import {name}" for name in core_only]
    code += ["import json, os, sys", "loaded = {name.split('.')[0] for name in sys.modules}"]
    code += [f"os.write({after[1]}, json.dumps(sorted(loaded)).encode())"]
    code += [f"import {name}" for name in screen]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(code)],
        cwd=folder,
        env={**environment, **places},
        pass_fds=after[1:],
        capture_output=True,
        text=True,
        check=True,
    )
    os.close(after[1])
    with os.fdopen(after[0]) as told:
        packages = set(json.load(told))
    return Imported(packages, (done.stdout, done.stderr), os.listdir(folder))


def test_no_module_of_the_core_loads_the_screen(everything: Imported) -> None:
    assert "core.readers.load" in modules_of("core")
    assert "core" in everything.by_core
    assert not SCREEN & everything.by_core


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["stats", "--help"]])
def test_help_loads_next_to_nothing(words: list[str]) -> None:
    assert not (HEAVY | {"git", "tinydb", "msgspec"}) & command_loads(*words)


def test_headless_commands_do_not_load_the_screen_or_the_judge(runs: Path) -> None:
    out = runs.parent / "out.json"
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("stats", runs),
        ("stats", runs, "--json"),
        ("export", runs, "--to", out),
        ("import", runs, out),
        ("doctor", runs),
        ("check", runs, "--jobs", "1"),
        ("audit", runs),
    )
    heavy = sorted(HEAVY | {"git"})
    code = f"""\
from tui.cli import main
for words in json.loads(sys.argv[1]):
    assert main(words) in (0, 1), words
    assert not set({heavy}) & sys.modules.keys(), words"""
    asked = json.dumps([list(map(str, words)) for words in commands])
    assert "core" in loaded(f"import json, sys\n{code}", asked), "one after another in one process"


def test_git_is_loaded_when_a_repository_is_named(runs: Path) -> None:
    repository = runs.parent / "repo"
    subprocess.run(["git", "init", "--quiet", repository], check=True)
    assert "git" in command_loads("stats", runs, "--repo", repository)


def test_importing_writes_nothing(everything: Imported) -> None:
    assert everything.printed == ("", "")
    assert everything.left == []
