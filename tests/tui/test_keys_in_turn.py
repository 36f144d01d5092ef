"""Keys that arrive at once: each goes to what has the focus after the previous one is answered."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from textual.events import Paste
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input

from core.models import Criteria, PatchEvidence, PatchState
from core.records import replace
from core.session import open_session
from tests.support.runs import SHAS, build_runs
from tests.support.screen import (
    press,
    running,
    screen_after,
    screen_text,
    settled,
    triage_screen,
    until,
)
from tests.support.textual_private import notices, send_burst
from tests.tui.test_compare_view import Stuck
from tui.app import PatchjuryApp
from tui.keys_in_turn import BURST_S
from tui.screens.ask import AskScreen
from tui.widgets.seen import Seen

FIRST = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


async def test_what_is_typed_in_one_go_lands_where_each_key_leads(runs: Path) -> None:
    """A comment, an analysis and a note, each opened, written and recorded in one go."""
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        screen.attempt_pane.document_view.focus()
        screen.attempt_pane.document_view.action_jump("change", 1)
        await settled(pilot)
        send_burst(pilot, "c", *"stem is null", "ctrl+s", "j", "k")
        send_burst(pilot, "a", *"good", "tab", *"bad", "ctrl+s", "e", *"noted", "ctrl+s")
        await settled(pilot)
        own = screen.triage.own(FIRST)
        assert own is not None and [c.text for c in own.comments] == ["stem is null"]
        assert not own.is_decision and own.criteria == Criteria(), "no letter was a verdict key"
        assert own.note == "noted"
        (analysis,) = screen.triage.analyses.everything()
        assert analysis.texts == {"right": "good", "errors": "bad"}


async def test_enter_in_the_palette_takes_what_was_typed(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        send_burst(pilot, "ctrl+p", *"b2b2b2b2", "enter")
        screen = triage_screen(app)
        wanted = screen.triage.attempts_of(SHAS[1])[0].key
        await until(pilot, lambda: screen.attempt_key == wanted, "another one was taken")
        assert app.screen is screen
        send_burst(pilot, "ctrl+p", "backspace", "pagedown", "pageup", "escape")
        await settled(pilot)
        assert app.screen is screen and app.is_running


BURSTS = (
    ("slash", *"agent:codex", "enter", "j", "V", "j", "j", "k"),
    ("question_mark", "j", "space", "q", "tab", "j", "dollar_sign", "q", "j"),
    ("asterisk", "s", *"mine", "enter", "escape", "vertical_line", "j", "space", "escape"),
    ("at", "j", "enter", "ampersand", "j", "enter", "j", "q", "Z", "tab", "h"),
    ("ctrl+f", "enter", "slash", *"value", "enter", "full_stop", "escape", "escape"),
    ("0", *"cut", "enter", "y", "q", "u"),
    ("number_sign", *"over", "right", "ctrl+s", "y", "escape"),
    (
        "E",
        *"x",
        "escape",
        "escape",
        "y",
        "q",
        "exclamation_mark",
        "q",
        "J",
        "escape",
        "Q",
        "u",
        "j",
    ),
    ("question_mark", "G", "g", "j", "j", "enter", "question_mark", "j", "enter", "Z"),
)


@pytest.mark.parametrize("keys", BURSTS, ids=[keys[0] for keys in BURSTS])
async def test_keys_in_one_go_do_what_they_do_one_by_one(
    tmp_path: Path, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    for in_one_go in (True, False):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / f"state {in_one_go}"))
        async with running(build_runs(tmp_path / str(in_one_go) / "runs")) as (app, pilot):
            if in_one_go:
                send_burst(pilot, *keys)
                await settled(pilot)
            else:
                await press(pilot, *keys)
            focused = app.focused
            below = screen_text(app).partition("\n")[2]  # the header says some things later
            shown.append((below, focused and focused.id, type(app.screen).__name__))
    assert shown[0] == shown[1]


async def test_what_is_typed_with_a_key_that_comes_too_soon_does_nothing(runs: Path) -> None:
    """A tag for an attempt that was not on the screen yet: its `r` would ask the judge."""
    async with running(runs) as (app, pilot):
        send_burst(pilot, "greater_than_sign", "number_sign", *"overL", "enter", "1")
        await settled(pilot)
        assert app.screen is triage_screen(app) and "too soon" in screen_text(app)
        assert not triage_screen(app).triage.history(FIRST.replace("0000", "0001"))
        assert "over" in await screen_after(pilot, "number_sign", *"over")


async def test_a_paste_waits_for_its_turn(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        send_burst(pilot, "e", Paste("pasted text"), "ctrl+s")
        await settled(pilot)
        own = triage_screen(app).triage.own(FIRST)
        assert own is not None and own.note == "pasted text"


async def test_the_keys_after_one_that_waits_for_a_window_go_to_the_window(runs: Path) -> None:
    """The list is not done with its key before the window is left: they do not wait for it."""
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        typed: list[str] = []

        async def ask() -> None:
            asked = AskScreen("Who?")
            app.push_screen(asked)
            while app.screen is not screen:
                typed.extend(field.value for field in asked.query(Input))
                await asyncio.sleep(0)

        screen.lists.attempt_list.key_j = ask  # type: ignore[attr-defined]
        send_burst(pilot, *"j", *"nobody", "enter", "tab")
        await settled(pilot)
        assert "nobody" in typed and app.screen is screen
        assert app.focused is screen.attempt_pane.document_view


async def test_what_is_typed_while_statistics_are_counted_is_answered_by_them(runs: Path) -> None:
    """... also if typed slowly; a key that closes it does not wait, and keys that did are named."""
    session = open_session(runs, reviewer="ann")
    gate = threading.Event()
    first, *others = session.triage.run_set.attempts
    stuck = replace(first, patch=PatchEvidence(PatchState.WHOLE, Stuck(gate), 10))
    run_set = replace(session.triage.run_set, attempts=(*others, stuck))
    store = session.triage.store
    triage = type(session.triage)(run_set, store, store.load(), "ann")
    app = PatchjuryApp(replace(session, triage=triage), checks=False, seen=Seen(dwell_s=0))
    try:
        async with app.run_test(size=(160, 48)) as pilot:
            await until(pilot, lambda: "value_10" in screen_text(app), "nothing is shown")
            send_burst(pilot, "dollar_sign", "j", "j")
            counting = lambda: "counting" in screen_text(app)  # noqa: E731
            await until(pilot, counting, "no statistics")
            await _apart(pilot)
            send_burst(pilot, "escape")
            await until(pilot, lambda: app.screen is triage_screen(app), "it cannot be left")
            assert any("2 keys typed too early" in text for text in notices(app))
            send_burst(pilot, "dollar_sign")
            await until(pilot, counting, "no statistics")
            await _apart(pilot)
            send_burst(pilot, "right_square_bracket", "j", "j", "enter", "y")
            gate.set()
            await settled(pilot)
            assert "Recorded on" in screen_text(app), "Enter opened a number, then `y`"
            await press(pilot, "escape")
            assert triage_screen(app).lists.origin.queue == "statistics"
    finally:
        gate.set()


async def _apart(pilot: Pilot[None]) -> None:
    """Wait so long that the next key does not belong to what was typed before."""
    now = Message().time
    await until(pilot, lambda: Message().time - now > BURST_S, "the clock stands still")


async def test_keys_wait_for_an_export_and_go_on_where_it_leads(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(runs) as (app, pilot):
        send_burst(pilot, "x", "enter", "greater_than_sign", "y")
        await settled(pilot)
        assert (tmp_path / "report.html").is_file()
        assert triage_screen(app).attempt_key == FIRST.replace("0000", "0001")
        assert "Recorded on" in screen_text(app)


async def test_what_the_judge_would_cost_is_agreed_to_only_once_it_is_there(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHJURY_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("PATCHJURY_MODEL", "gpt-5")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-of-the-user")
    async with running(runs) as (app, pilot):
        send_burst(pilot, "J", "enter")
        await until(pilot, lambda: "Enter starts" in screen_text(app), "there is no estimate")
        await settled(pilot)
        assert "typed too early" in screen_text(app), "it stays when the estimate is there"
        assert app.screen is not triage_screen(app) and not triage_screen(app).judging.is_at_work


async def test_what_a_judge_at_work_refuses_takes_the_rest_of_its_burst_along(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`J` and a letter: the letter alone would open a comment."""
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        screen.attempt_pane.document_view.focus()
        screen.attempt_pane.document_view.action_jump("change", 1)
        with monkeypatch.context() as at_work:
            at_work.setattr(screen.judging, "_run", object())
            send_burst(pilot, "J", "c", "x")
            await settled(pilot)
        assert "the judge is running" in screen_text(app)
        assert app.screen is screen and not screen.deciding.writing.is_open
