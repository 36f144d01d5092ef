"""Every worker of the screen is made to fail: it says so, and the app goes on.

What works off the UI thread is found in the code, so that a new worker without its failure here
breaks the build.
"""

from __future__ import annotations

import ast
import re
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.judge.fake_server import FakeOpenAI
from core.models import Outcome, PatchEvidence, PatchState
from core.readers import read_runs
from core.records import replace
from core.run_index.reading_along import PartRead
from core.session import open_session
from core.store import Store
from tests.conftest import ROOT
from tests.support.runs import build_runs
from tests.support.screen import (
    ask_judge,
    judge_over,
    press,
    running,
    screen_after,
    screen_text,
    settled,
    triage_screen,
    until,
)
from tests.support.textual_private import notices
from tests.tui.test_filling import Scripted, opening
from tui.app import PatchjuryApp
from tui.documents.document import Work
from tui.documents.text_document import TextDocument
from tui.last_visit import FILE_NAME

FAILS = {
    "tui/screens/beside.py:BesideScreen": "test_a_patch_that_bites_is_told",
    "tui/screens/commit_table.py:CommitTableScreen": "test_a_patch_that_bites_is_told",
    "tui/screens/editor.py:EditorScreen": "test_a_full_disk_is_told",
    "tui/screens/export.py:ExportScreen": "test_a_full_disk_is_told",
    "tui/screens/judge_dialog.py:JudgeScreen": "test_a_patch_that_bites_is_told",
    "tui/screens/judging.py:Judging": "test_an_answer_that_cannot_be_kept_is_told",
    "tui/screens/quitting.py:Quitting": "test_a_full_disk_is_told",
    "tui/screens/reopening.py:Reopening": "test_a_full_disk_is_told",
    "tui/screens/statistics.py:StatisticsScreen": "test_a_patch_that_bites_is_told",
    "tui/widgets/improving.py:Improving": "test_a_text_that_bites_is_told",
    "tui/widgets/reading_ahead.py:Reading": "test_a_patch_that_bites_is_told",
    "tui/widgets/text_search.py:TextSearch": "test_a_text_that_bites_is_told",
    "tui/widgets/wrapping.py:Measuring": "test_a_text_that_bites_is_told",
    "tui/widgets/writing_pane.py:WritingPane": "test_a_full_disk_is_told",
    "tui/work/check_runner.py:CheckRunner": "test_a_store_that_is_gone_is_told",
    "tui/work/judge_runner.py:JudgeRunner": "test_a_judge_that_cannot_write_is_told",
    "tui/work/run_loader.py:RunLoader": "test_runs_that_cannot_be_read_on_are_told",
    "tui/work/runs_watcher.py:RunsWatcher": "test_runs_that_bite_when_looked_at_are_told",
    "tui/work/saver.py:Saver": "test_a_full_disk_is_told",
    "tui/work/store_watcher.py:StoreWatcher": "test_a_store_that_is_gone_is_told",
}
"""What starts workers, and the test that makes them fail."""

STARTS = {"Thread", "Latest", "run_worker", "to_thread", "ThreadPoolExecutor", "submit"}
_SUSPICIOUS = re.compile(rf"\b(?:{'|'.join(STARTS)})\b|@(?:\w+\.)*work\b")
GENERIC = {"tui/work/latest.py:Latest"}  # by which the others start theirs


def test_no_worker_is_forgotten() -> None:
    found = {f"{path}:{name}" for path in _sources() for name in _starters(ROOT / path)}
    assert found - GENERIC == set(FAILS)
    assert {*FAILS.values()} <= {*globals()}


def _sources() -> Iterator[str]:
    for path in sorted((ROOT / "tui").rglob("*.py")):
        if "cli" not in path.parts:
            yield path.relative_to(ROOT).as_posix()


def _starters(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    for top in ast.parse(text).body if _SUSPICIOUS.search(text) else ():
        called = {_name(node.func) for node in ast.walk(top) if isinstance(node, ast.Call)}
        functions = (node for node in ast.walk(top) if isinstance(node, ast.FunctionDef))
        decorated = {_name(one) for each in functions for one in each.decorator_list}
        if called & STARTS or "work" in decorated:
            yield getattr(top, "name", "")


def _name(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return str(getattr(node, "id", getattr(node, "attr", "")))


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can be written, as on a full disk; nothing may be printed meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Biting:
    """A patch whose reading fails as nobody foresaw."""

    name = "biting.diff"

    def read(self) -> str:
        raise RuntimeError("the disk bites")


class BitingText(TextDocument):
    """A text of which one row, far below, can neither be drawn nor improved."""

    def text_of(self, row: int) -> str:
        if row > 2500:
            raise RuntimeError("the row bites")
        return super().text_of(row)

    def measure(self, row: int, width: int) -> tuple[int, int]:
        return width, len(self.text_of(row))

    def work(self) -> Work | None:
        def bite(_: Callable[[], bool]) -> None:
            raise RuntimeError("the colour bites")

        return bite


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


async def test_a_full_disk_is_told(runs: Path) -> None:
    told: dict[str, str] = {}
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)

        async def tell(what: str, *keys: str) -> None:
            text = await screen_after(pilot, *keys)
            told[what] = " ".join([*notices(app), text])
            app.clear_notifications()

        with full_disk():
            await tell("verdict", "1", "less_than_sign")
            await press(pilot, "e", *"half")
            await until(pilot, lambda: "the draft cannot be saved" in screen_text(app), "the draft")
            await tell("closed", "escape", "escape")
            await tell("unsaved", "q")
            await tell("left", "q")
            await press(pilot, "a", "ctrl+r", "ctrl+r", "escape", "escape")
            screen.attempt_pane.document_view.focus()
            screen.attempt_pane.document_view.action_jump("change", 1)
            await tell("seen", "d")
            screen.reopening.keep_soon()
            remembered = lambda: any(FILE_NAME in n for n in (*told.values(), *notices(app)))  # noqa: E731
            await until(pilot, remembered, "how the screen stands")
            await tell("export", "x", "enter")
            await press(pilot, "escape", "E", *"text")
            await until(
                pilot, lambda: "the draft cannot be saved" in screen_text(app), "the rubric's draft"
            )
            await press(pilot, "escape", "escape")
        assert app.is_running and screen.triage.progress().unsaved == 1
        await press(pilot, "ctrl+s")
    assert "cannot" in told["verdict"]
    assert "It stays open" not in told["verdict"] and "half" in told["closed"]
    assert "cannot be saved" in told["closed"] and "cannot be saved" in told["left"]
    assert "marks cannot be saved" in told["seen"]
    assert "cannot write" in told["export"]
    assert "q again quits" in told["unsaved"]
    assert sum(map(len, Store(runs / ".patchjury").load().verdicts.values())) == 1


async def test_a_patch_that_bites_is_told(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHJURY_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("PATCHJURY_MODEL", "gpt-5")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-of-the-user")
    session = open_session(runs, reviewer="ann")
    bites = PatchEvidence(PatchState.WHOLE, Biting(), 10)
    first, second, *others = session.triage.run_set.attempts
    attempts = (first, replace(second, patch=bites), *others)
    run_set = replace(session.triage.run_set, attempts=attempts)
    triage = type(session.triage)(run_set, session.triage.store, session.triage.store.load(), "ann")
    app = PatchjuryApp(replace(session, triage=triage), checks=False)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        assert "the disk bites" in await screen_after(pilot, "greater_than_sign")
        assert "the disk bites" in await screen_after(pilot, "J", "c")
        await press(pilot, "escape", "at")
        assert any("the disk bites" in notice for notice in notices(app))
        await press(pilot, "escape", "less_than_sign")
        assert "the disk bites" in await screen_after(pilot, "ampersand", "j", "enter")
        assert "the disk bites" in await screen_after(pilot, "escape", "dollar_sign")
        assert app.is_running


async def test_a_text_that_bites_is_told(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        view.focus()
        view.show(BitingText(["a row"] * 3000))
        await settled(pilot)
        assert any("stay uncoloured" in notice for notice in notices(app))
        await press(pilot, "w")
        assert any("not wrapped" in notice for notice in notices(app))
        view.search("nothing of this")
        await settled(pilot)
        assert sum("bites" in notice for notice in notices(app)) == 3 and app.is_running


@pytest.mark.usefixtures("quick_checks")
async def test_a_store_that_is_gone_is_told(runs: Path) -> None:
    """By what looks for colleagues' verdicts, and by the checks."""
    triage = open_session(runs, reviewer="grace").triage
    triage.decide(triage.run_set.attempts[0].key, outcome=Outcome.FAILURE)
    triage.save()
    app = PatchjuryApp(open_session(runs, reviewer="ann"))
    async with app.run_test(size=(160, 48)) as pilot:
        shutil.rmtree(runs / ".patchjury")
        (runs / ".patchjury").write_text("a file")
        seen: set[str] = set()

        def told(text: str) -> bool:
            seen.update(notices(app))
            return any(text in notice for notice in seen)

        await until(pilot, lambda: told("could not be stored"), "the checks say nothing")
        await until(pilot, lambda: told("no longer the same folder"), "the watcher says nothing")
        assert app.is_running


async def test_runs_that_cannot_be_read_on_are_told(runs: Path) -> None:
    """What was found before stays to be looked at; nothing is decided on half of it."""
    found = read_runs(runs)
    error = RuntimeError("the folder bites")
    reading = Scripted(PartRead(found.attempts, found.commits), error)
    async with opening(runs, reading) as (app, pilot):
        screen = triage_screen(app)
        reading.go_on()
        await until(pilot, lambda: screen.lists.listed, "nothing is listed")
        reading.go_on()
        await until(pilot, lambda: any("the folder bites" in n for n in notices(app)), "not told")
        await press(pilot, "1")
        assert app.is_running and not screen.triage.progress().reviewed


async def test_runs_that_bite_when_looked_at_are_told(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.work.runs_watcher.INTERVAL_S", 0.01)

    def bite(*_: object) -> None:
        raise RuntimeError("the folder bites")

    monkeypatch.setattr("tui.work.runs_watcher.DiskChanges", bite)
    async with running(runs) as (app, pilot):
        wanted = "no longer watched"
        await until(pilot, lambda: any(wanted in n for n in notices(app)), "not told")
        assert app.is_running


async def test_an_answer_that_cannot_be_kept_is_told(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        screen.session.foreign[""] = 1  # an opinion in a store that has no id yet
        screen.judging.action_trust()
        await settled(pilot)
        with full_disk():
            await press(pilot, "A")
            await until(pilot, lambda: notices(app), "it is not told")
        assert app.is_running


@pytest.mark.usefixtures("quick_judge")
async def test_a_judge_that_cannot_write_is_told(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeOpenAI() as fake:
        monkeypatch.setenv("PATCHJURY_BASE_URL", fake.base_url)
        monkeypatch.setenv("PATCHJURY_MODEL", "gpt-5")
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-of-the-user")
        async with running(runs) as (app, pilot):
            await ask_judge(pilot)
            with full_disk():
                await press(pilot, "enter")
                await judge_over(app, pilot)
                told = notices(app)
            assert told and app.is_running
            assert not triage_screen(app).judging.is_at_work
