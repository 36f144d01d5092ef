"""The screen while runs are read: it fills, keys work on what is there, nothing is decided."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from core.errors import InputError
from core.models import Outcome, RunSet, Verdict
from core.readers import read_runs
from core.records import replace
from core.run_index.asked import Asked
from core.run_index.index_file import find_index
from core.run_index.reading_along import (
    Different,
    Event,
    PartRead,
    ReadingAlong,
    Remembered,
    Whole,
)
from core.session import begin_session
from core.settings import Settings
from core.store import Store, StoreContents
from tests.support.runs import build_runs
from tests.support.screen import press, screen_after, screen_text, settled, triage_screen, until
from tests.support.textual_private import notices
from tui.app import PatchjuryApp
from tui.cli.open_command import Impatience, ReadingTakesLongError
from tui.last_visit import is_first_start
from tui.widgets.seen import Seen


class Scripted(ReadingAlong):
    """Tells events one by one, when the test says so."""

    def __init__(self, *events: Event | Exception) -> None:
        self.asked = Asked("/runs")
        self._events = events
        self._go = threading.Semaphore(0)
        self._index = None

    def go_on(self) -> None:
        """Let the next event be told."""
        self._go.release()

    def stop(self) -> None:
        self._go.release(99)

    def iterate(self) -> Iterator[Event]:
        for event in self._events:
            self._go.acquire()
            if isinstance(event, Exception):
                raise event
            yield event


class SlowStore(Store):
    """Is read when the test says so."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.may_be_read = threading.Event()

    def load(self) -> StoreContents:
        self.may_be_read.wait()
        return super().load()


@asynccontextmanager
async def opening(
    root: Path, reading: ReadingAlong, store: Store | None = None
) -> AsyncIterator[tuple[PatchjuryApp, Pilot[None]]]:
    """The app on runs that are not read yet."""
    is_first_start()
    session = begin_session(root, Settings(), reviewer="ann")
    session.triage.store = store or session.triage.store
    app = PatchjuryApp(session, checks=False, seen=Seen(dwell_s=0), reading=reading)
    async with app.run_test(size=(160, 48)) as pilot:
        yield app, pilot
    reading.stop()


async def _listed(app: PatchjuryApp, pilot: Pilot[None], number: int) -> None:
    triage = triage_screen(app).triage
    await until(pilot, lambda: len(triage.run_set.attempts) == number, f"no {number} attempts")
    await settled(pilot)


async def _is_read(app: PatchjuryApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: triage_screen(app).filling is None, "the reading did not end")
    await settled(pilot)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read is shown at once, however soon it comes after what came before."""
    monkeypatch.setattr("tui.work.run_loader._LEAST_S", 0.0)
    monkeypatch.setattr("tui.work.run_loader._PER_ATTEMPT_S", 0.0)


@pytest.fixture
def runs(tmp_path: Path) -> RunSet:
    return read_runs(build_runs(tmp_path / "runs"))


async def test_lists_fill_and_keys_work_on_what_is_there(runs: RunSet) -> None:
    first, second, third, *others = runs.attempts
    reading = Scripted(
        PartRead([second, third], {}), PartRead([first, *others], runs.commits), Whole(runs)
    )
    async with opening(runs.root, reading) as (app, pilot):
        screen = triage_screen(app)
        assert "opening" in screen_text(app)
        await press(pilot, "j", "n", "slash", "escape", "C")  # on nothing at all
        reading.go_on()
        await _listed(app, pilot, 2)
        assert "reading 2" in screen_text(app)
        assert screen.attempt_key == second.key
        assert "value_20" in await screen_after(pilot, "A")
        await press(pilot, "j")
        assert screen.attempt_key == third.key
        text = await screen_after(pilot, "k", "1", "J", "x", "dollar_sign")
        assert "Not yet" in text
        assert not screen.triage.own(second.key)
        assert len(app.screen_stack) == 1  # no window

        reading.go_on()
        await until(pilot, lambda: len(screen.triage.run_set.attempts) == 5, "no 5 attempts")
        await settled(pilot)
        assert screen.attempt_key == second.key  # stays, with one more above it
        assert "Make ten larger" in screen_text(app)
        assert screen.lists.listed == [attempt.key for attempt in runs.attempts]

        reading.go_on()
        await _is_read(app, pilot)
        assert screen.attempt_key == second.key
        text = await screen_after(pilot, "1")
        assert "Not yet" not in text
        verdict = screen.triage.own(second.key)
        assert verdict is not None
        assert verdict.outcome is Outcome.TRUE_SUCCESS
        assert verdict.basis is not None
        assert verdict.basis.human  # the human change is known by now


async def test_what_changed_since_the_last_opening_is_told_and_shown(runs: RunSet) -> None:
    first, second, third, *_ = runs.attempts
    old = replace(
        runs,
        attempts=(
            replace(first, status="queued"),
            second,
            replace(third, key="gone"),
        ),
    )
    now = replace(runs, attempts=runs.attempts[:3])
    reading = Scripted(PartRead([], {}), Remembered(old), Different([]), Whole(now))
    async with opening(runs.root, reading) as (app, pilot):
        screen = triage_screen(app)
        reading.go_on()
        reading.go_on()
        await _listed(app, pilot, 3)
        assert "comparing" in screen_text(app)
        assert screen.triage.attempt(first.key).status == "queued"
        reading.go_on()
        reading.go_on()
        await _is_read(app, pilot)
        (text,) = notices(app)
        assert "1 attempt changed" in text
        assert "1 attempt new" in text
        assert "1 attempt gone" in text
        assert screen.lists.listed == [attempt.key for attempt in now.attempts]
        assert screen.triage.attempt(first.key) == first


async def test_where_nothing_can_be_read_the_app_ends_with_the_reason(tmp_path: Path) -> None:
    reading = Scripted(InputError("no attempts were found"))
    async with opening(tmp_path, reading) as (app, pilot):
        reading.go_on()
        await until(pilot, lambda: app.nothing_opened is not None, "no reason")
        assert str(app.nothing_opened) == "no attempts were found"
        assert app.return_code == 2


async def test_runs_that_vanished_are_shown_and_not_decided_on(runs: RunSet) -> None:
    reading = Scripted(Remembered(runs), InputError("does not exist"))
    async with opening(runs.root, reading) as (app, pilot):
        reading.go_on()
        reading.go_on()
        await until(pilot, lambda: notices(app), "no reason")
        assert "does not exist" in notices(app)[0]
        await press(pilot, "1")
        assert triage_screen(app).triage.own(runs.attempts[0].key) is None


async def test_runs_are_read_by_a_process_and_the_next_time_known_at_once(tmp_path: Path) -> None:
    root = build_runs(tmp_path / "runs")
    for opening_number in range(2):
        reading = ReadingAlong(Asked(str(root)))
        assert reading.has_index is bool(opening_number)
        async with opening(root, reading) as (app, pilot):
            await _is_read(app, pilot)
            await press(pilot, "j", "2")
            triage = triage_screen(app).triage
            assert triage.run_set.attempts == read_runs(root).attempts
            assert triage.progress().reviewed == 1  # the same one, the second time
            kept = lambda: find_index(Asked(str(root)))  # noqa: E731 - once all is on the screen
            await until(pilot, kept, "no index was kept")


async def test_the_first_attempts_do_not_wait_for_all_that_is_stored(
    runs: RunSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.work.run_loader._MUCH_BYTES", 0)
    key, sha = runs.attempts[0].key, runs.attempts[0].reference_sha
    store = SlowStore(runs.root / ".patchjury")
    now = datetime.now(UTC)
    store.add_verdicts(sha, [Verdict("v", key, "ann", now, Outcome.TRUE_SUCCESS)])
    reading = Scripted(PartRead(list(runs.attempts), runs.commits), Whole(runs))
    async with opening(runs.root, reading, store) as (app, pilot):
        reading.go_on()
        await _listed(app, pilot, len(runs.attempts))
        reading.go_on()
        triage = triage_screen(app).triage
        assert not triage.is_settled and not triage.histories()
        store.may_be_read.set()
        await _is_read(app, pilot)
        assert triage.is_settled and triage.progress().reviewed == 1


def test_what_takes_longer_than_a_moment_is_not_waited_for(tmp_path: Path) -> None:
    root = build_runs(tmp_path / "runs")
    with pytest.raises(ReadingTakesLongError):
        read_runs(root, watcher=Impatience(-1.0).look)
    with pytest.raises(ReadingTakesLongError):  # it has more folders than that
        read_runs(root, watcher=Impatience(60, folders=1).look)
    assert read_runs(root, watcher=Impatience(60).look) == read_runs(root)
