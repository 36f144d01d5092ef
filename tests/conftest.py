"""Every test is hermetic: no network, no configuration of the user, no environment."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

gc.disable()  # while tests are collected: nothing that is imported is garbage

# A run in the background ignores Ctrl-C, and so would every command that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# If bytecode were not kept, every process that a test starts would compile patchjury again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The same examples every time, however loaded the machine is.
settings.register_profile("patchjury", deadline=None, derandomize=True)
settings.load_profile("patchjury")

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("PATCHJURY_SHARED") or ROOT.parent / "shared")
"""Public runs that are too large for the repository (CONTRIBUTING.md)."""


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders that have been a home, the newest last."""
    return [tmp_path_factory.mktemp("home")]


@pytest.fixture(autouse=True)
def _hermetic(
    monkeypatch: pytest.MonkeyPatch, homes: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    if os.listdir(homes[-1]):  # most tests write nothing there
        homes.append(tmp_path_factory.mktemp("home"))
    home = homes[-1]
    ours = [name for name in os.environ if name.startswith("PATCHJURY_")]
    for name in (*ours, "OPENAI_API_KEY", "OPENAI_BASE_URL", "NO_COLOR", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A Tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@example.org")
    monkeypatch.setenv("USER", "tester")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None]:
    """A fixture that makes a repository skips its tests if git is missing."""
    with _git_or_skip():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None]:
    """So does a test."""
    with _git_or_skip():
        return (yield)


@contextmanager
def _git_or_skip() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if error.filename == "git":
            pytest.skip("needs git, which is not here")
        raise


def pytest_collection_finish() -> None:
    """What is loaded by now stays; looking through it takes a seventh of the suite's time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_sessionfinish() -> None:
    """Nothing is searched for garbage on the way out, which took seconds."""
    gc.disable()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever needs the public runs carries their marker; workers begin with the longest files."""
    for item in items:
        if "shared" in getattr(item, "fixturenames", ()):
            item.add_marker("shared")
    if hasattr(config, "workerinput"):
        from tests.support.whole_files import is_short

        items.sort(key=lambda item: is_short(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """A worker gets whole files: what one starts or imports for a file is there for all of it."""
    from tests.support.whole_files import WholeFiles

    return WholeFiles(config, log)


@pytest.fixture
def quick_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge's process is forked from one that has its client imported."""
    from tests.support.warm_judge import VARIABLE, ForkedProcess, warm_judge

    monkeypatch.setenv(VARIABLE, warm_judge())
    monkeypatch.setattr("core.judge.run.process.start_module", ForkedProcess)


@pytest.fixture
def quick_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes of the checks are forked from one that has every rule imported."""
    from tests.support.warm_workers import WarmWorkers

    monkeypatch.setattr("core.checks.worker_pool.ProcessPoolExecutor", WarmWorkers)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public runs; a test that needs it is skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("needs the public runs (PATCHJURY_SHARED), which are not here")
    return SHARED
