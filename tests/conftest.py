"""Every test is hermetic: no network, no configuration of the user, no environment."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.surroundings import Surroundings, keep_files_in_memory

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

gc.disable()  # while tests are collected: nothing that is imported is garbage

# A run in the background ignores Ctrl-C, and so would every command that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# If bytecode were not kept, every process that a test starts would compile patchjury again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

keep_files_in_memory()

# The same examples every time, however loaded the machine is.
settings.register_profile("patchjury", deadline=None, derandomize=True)
settings.load_profile("patchjury")

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("PATCHJURY_SHARED") or ROOT.parent / "shared")
"""Public runs that are too large for the repository (CONTRIBUTING.md)."""


_SURROUNDINGS = pytest.StashKey[Surroundings]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Every test begins in the same surroundings; what needs git is skipped where it is missing."""
    stash = item.config.stash
    if _SURROUNDINGS not in stash:
        stash[_SURROUNDINGS] = Surroundings(item.config)
    stash[_SURROUNDINGS].restore()
    try:
        return (yield)
    except FileNotFoundError as error:
        _skip_without_git(error)
        raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None]:
    """What needs git is skipped where it is missing."""
    try:
        return (yield)
    except FileNotFoundError as error:
        _skip_without_git(error)
        raise


def _skip_without_git(error: FileNotFoundError) -> None:
    if error.filename == "git":
        pytest.skip("needs git, which is not here")


def pytest_configure(config: pytest.Config) -> None:
    """What passes is told the process that started the workers in few words."""
    if hasattr(config, "workerinput"):
        from tests.support.terse_worker import TerseWorker, may_be_terse

        if may_be_terse(config):
            config.pluginmanager.register(TerseWorker())


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
