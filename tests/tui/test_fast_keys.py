"""Keys that come fast: each decides on the attempt that was on the screen, or on none.

The clock is in the test's hand: keys are posted with their own times, as a terminal delivers them
in one go, and what is drawn is stamped with that clock.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from core.assess.basis import identify
from core.models import PatchEvidence, PatchState
from core.records import replace
from core.session import Session, open_session
from tests.support.runs import BASE, HUMAN, SHAS, unified, write_attempt, write_commit
from tests.support.screen import screen_text, settled, triage_screen, until
from tests.support.textual_private import paint, record_pictures
from tests.tui.test_compare_view import Stuck
from tests.tui.test_every_worker import Biting
from tui.app import PatchjuryApp
from tui.screens.triage import TriageScreen
from tui.widgets.seen import Part, Seen

ATTEMPTS = 8


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    root = tmp_path / "runs"
    write_commit(root / "commits", SHAS[0], "One", unified(BASE, HUMAN), ["engine/core.py"])
    for number in range(ATTEMPTS):
        patch = unified(BASE, BASE.replace("= 10\n", f"= {number + 50}\n"))
        write_attempt(root, f"repo/codex/m/2025-01-02_03-04-05/item-{number:04}", SHAS[0], patch)
    settle_files(root)
    return root


def settle_files(root: Path) -> None:
    """Let what was written just now be a minute old: then it is read ahead."""
    for path in root.rglob("*"):
        os.utime(path, (time.time() - 60,) * 2)


class Desk:
    """The app, its clock, and keys with times of their own."""

    def __init__(self, app: PatchjuryApp, pilot: Pilot[None], clock: Clock) -> None:
        self.app, self.pilot, self.clock = app, pilot, clock

    @property
    def screen(self) -> TriageScreen:
        return triage_screen(self.app)

    def post(self, key: str) -> None:
        """A key that was pressed now and is answered whenever the app comes to it."""
        event = events.Key(key, key)
        event.time = self.clock.now
        self.app.post_message(event)

    async def type(self, keys: str, apart: float, *, answered: bool) -> None:
        """Type keys; `answered`: the screen has time to draw between them."""
        for key in keys:
            self.post(key)
            if answered:
                await settled(self.pilot)
            self.clock.now += apart
        await settled(self.pilot)

    def verdicts(self) -> list[int]:
        """How many verdicts each attempt has."""
        triage = self.screen.triage
        return [len(triage.history(a.key)) for a in triage.run_set.attempts]


@asynccontextmanager
async def desk(runs: Path, session: Session | None = None) -> AsyncIterator[Desk]:
    clock = Clock()
    session = session or open_session(runs, reviewer="ann")
    app = PatchjuryApp(session, checks=False, seen=Seen(clock=clock))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        clock.now += 1.0
        yield Desk(app, pilot, clock)


async def test_a_burst_decides_on_the_attempt_that_was_seen_and_on_no_other(runs: Path) -> None:
    async with desk(runs) as at:
        await at.type("1234", 0.0, answered=False)
        assert at.verdicts() == [1] + [0] * (ATTEMPTS - 1)
        assert "too soon" in screen_text(at.app) and "0001" in screen_text(at.app).split("\n")[-1]
        own = at.screen.triage.own(at.screen.triage.run_set.attempts[0].key)
        assert own is not None and own.outcome == "true_success"


@pytest.mark.parametrize("answered", [True, False])
async def test_keys_thirty_milliseconds_apart_are_a_burst(runs: Path, answered: bool) -> None:
    async with desk(runs) as at:
        await at.type("12341234", 0.03, answered=answered)
        assert at.verdicts() == [1] + [0] * (ATTEMPTS - 1)


async def test_a_key_that_is_held_down_decides_once(runs: Path) -> None:
    async with desk(runs) as at:
        await at.type("1" * 40, 1 / 30, answered=True)
        assert at.verdicts() == [1] + [0] * (ATTEMPTS - 1)
        at.clock.now += 0.5
        await at.type("1", 0.0, answered=True)
        assert at.verdicts() == [1, 1] + [0] * (ATTEMPTS - 2)


async def test_every_key_counts_three_hundred_milliseconds_apart(runs: Path) -> None:
    async with desk(runs) as at:
        await at.type("1" * ATTEMPTS, 0.3, answered=True)
        assert at.verdicts() == [1] * ATTEMPTS


async def test_the_time_from_one_verdict_to_the_next_is_recorded(runs: Path) -> None:
    async with desk(runs) as at:
        for key, seconds in (("1", 4.0), ("O", 3.0), ("C", 2.0), ("1", 1000.0), ("1", 0.0)):
            await at.type(key, seconds, answered=True)
        triage = at.screen.triage
        own = [triage.own(attempt.key) for attempt in triage.run_set.attempts]
        spent = [verdict.seconds for verdict in own if verdict is not None]
        idle_s = at.screen.session.settings.review.idle_s
        assert spent == [0.0, 9.0, idle_s], "nobody knows what was done in a longer pause"


async def test_the_next_attempts_are_read_ahead_and_seen_only_when_they_are_shown(
    runs: Path,
) -> None:
    async with desk(runs) as at:
        keys = [attempt.key for attempt in at.screen.triage.run_set.attempts]
        await at.type("1", 0.3, answered=True)  # to the second one: the third is read ahead
        at.screen.lists.select(keys[2])
        assert "= 52" in _shown_text(at), "it is there before anything was read"
        at.post("1")  # ... and painted nowhere yet
        await settled(at.pilot)
        assert at.verdicts()[2] == 0 and "too soon" in screen_text(at.app)
        at.clock.now += 0.3
        await at.type("1", 0.3, answered=True)
        assert at.verdicts()[:4] == [1, 0, 1, 0]


async def test_the_first_picture_after_a_verdict_shows_all_of_the_next_attempt(runs: Path) -> None:
    """A second one would come only after the time of drawing the screen once more."""
    async with desk(runs) as at:
        pictures = record_pictures(at.app)
        for key, seen in (
            ("1", ("attempt 2", "= 51", f"1/{ATTEMPTS}", "03:04/0000: ✔ true success")),
            ("j", ("attempt 3 of", "= 52")),
            ("k", ("attempt 2 of", "= 51")),
        ):
            at.clock.now += 0.3
            at.post(key)
            while not pictures:  # however soon Textual's timer strikes
                await asyncio.sleep(0)
                paint(at.app)
            assert [text for text in seen if text not in pictures[0]] == []
            await settled(at.pilot)
            pictures.clear()


async def test_what_cannot_be_read_ahead_is_told_when_it_is_selected(runs: Path) -> None:
    """... and keeps nothing from being read that comes after it."""
    session = open_session(runs, reviewer="ann")
    first, second, *others = session.triage.run_set.attempts
    bites = replace(second, patch=PatchEvidence(PatchState.WHOLE, Biting(), 10))
    run_set = replace(session.triage.run_set, attempts=(first, bites, *others))
    store = session.triage.store
    triage = type(session.triage)(run_set, store, store.load(), "ann")
    async with desk(runs, replace(session, triage=triage)) as at:
        assert "bites" not in screen_text(at.app)
        await at.type("n", 0.3, answered=True)
        assert "the disk bites" in screen_text(at.app)
        at.screen.lists.select(others[0].key)
        assert "= 52" in _shown_text(at), "it is there before anything was read"
        await settled(at.pilot)


async def test_what_was_read_before_gives_way_to_what_is_on_disk_now(runs: Path) -> None:
    async with desk(runs) as at:
        second = at.screen.triage.run_set.attempts[1]
        other = unified(BASE, BASE.replace("= 10\n", "= 99\n"))
        (path,) = runs.rglob("item-0001/model_patch.diff")
        path.write_text(other, "utf-8")
        await at.type("1", 0.3, answered=True)
        assert "= 99" in _shown_text(at) and "= 51" not in _shown_text(at)
        await at.type("1", 0.3, answered=True)
        own = at.screen.triage.own(second.key)
        assert own is not None and own.basis is not None
        assert own.basis.patch == identify(other).parsed, "it is on what was shown"
        path.write_text(other.replace("= 99", "= 98"), "utf-8")
        await at.type("k", 0.3, answered=True)
        assert "= 98" in _shown_text(at) and "outdated" in screen_text(at.app)


def _shown_text(at: Desk) -> str:
    document = at.screen.attempt_pane.document_view.document
    return "\n".join(document.text_of(row) for row in range(len(document)))


async def test_no_attempt_gets_a_second_verdict_when_all_are_decided(runs: Path) -> None:
    async with desk(runs) as at:
        await at.type("1" * ATTEMPTS, 0.3, answered=True)
        await at.type("1", 0.5, answered=True)
        assert at.verdicts() == [1] * ATTEMPTS
        assert "already recorded" in screen_text(at.app)


async def test_a_key_counts_when_the_attempt_was_on_the_screen_for_a_tenth_of_a_second(
    runs: Path,
) -> None:
    async with desk(runs) as at:
        await at.type("n", 0.09, answered=True)
        await at.type("1", 0.2, answered=True)
        assert at.verdicts() == [0] * ATTEMPTS
        await at.type("1", 0.0, answered=True)
        assert at.verdicts() == [0, 1] + [0] * (ATTEMPTS - 2)


async def test_a_late_answer_does_not_move_a_key_to_what_it_finds(runs: Path) -> None:
    async with desk(runs) as at:
        at.post("n")  # the app was busy: by the time it answers `1`, another attempt is shown
        at.post("1")
        at.clock.now += 5.0
        await settled(at.pilot)
        assert at.verdicts() == [0] * ATTEMPTS
        at.clock.now += 0.2
        await at.type("1", 0.0, answered=True)
        assert sum(at.verdicts()) == 1


@pytest.mark.parametrize("key", ["l", "e", "c", "0", "number_sign"])
async def test_no_key_acts_on_an_attempt_whose_text_is_not_there_yet(runs: Path, key: str) -> None:
    session = open_session(runs, reviewer="ann")
    gate = threading.Event()
    first, second, *others = session.triage.run_set.attempts
    slow = replace(second, patch=PatchEvidence(PatchState.WHOLE, Stuck(gate), 10))
    run_set = replace(session.triage.run_set, attempts=(first, slow, *others))
    store = session.triage.store
    triage = type(session.triage)(run_set, store, store.load(), "ann")
    try:
        async with desk(runs, replace(session, triage=triage)) as at:
            at.post("n")
            await until(at.pilot, lambda: at.screen.attempt_key == slow.key, "it did not move")
            at.clock.now += 10.0
            at.post(key)
            await until(at.pilot, lambda: "too soon" in screen_text(at.app), "it is not said")
            assert at.app.screen is at.screen and at.verdicts() == [0] * ATTEMPTS
            gate.set()
            await settled(at.pilot)
    finally:
        gate.set()


async def test_each_verdict_is_confirmed_by_a_line_that_names_the_attempt(runs: Path) -> None:
    async with desk(runs) as at:
        await at.type("1", 0.3, answered=True)
        assert "03:04/0000: ✔ true success" in screen_text(at.app).split("\n")[-1]
        await at.type("L", 0.3, answered=True)
        assert "03:04/0001: · undecided, logic no" in screen_text(at.app).split("\n")[-1]
        await at.type("u", 0.3, answered=True)
        assert "03:04/0001: taken back" in screen_text(at.app).split("\n")[-1]


async def test_where_the_list_is_hidden_header_and_text_are_enough(runs: Path) -> None:
    async with desk(runs) as at:
        await at.pilot.resize_terminal(80, 24)
        await at.type("\t", 0.3, answered=True)
        at.screen.attempt_pane.document_view.focus()
        await settled(at.pilot)
        assert not at.screen.lists.display
        at.clock.now += 0.3
        await at.type("11", 0.3, answered=True)
        assert at.verdicts() == [1, 1] + [0] * (ATTEMPTS - 2)


def test_what_another_attempt_drew_does_not_make_one_seen() -> None:
    clock = Clock()
    seen = Seen(clock=clock)
    seen.expect("b")
    for part in Part:
        seen.drawn(part, "a")
    clock.now += 1
    assert not seen.admits(clock.now, "outcome", without=frozenset())
    for part in Part:
        seen.drawn(part, "b")
    assert not seen.admits(clock.now + 0.05, "outcome", without=frozenset())
    assert seen.admits(clock.now + 0.5, "outcome", without=frozenset())
    seen.drawn(Part.TEXT, "a")  # an older text is shown again
    assert not seen.admits(clock.now + 5, "outcome", without=frozenset())
