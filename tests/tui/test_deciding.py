"""Verdicts at the keyboard: whose they are, what they contradict, what was in view, disputes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.widgets import TextArea

from core.models import (
    CheckReport,
    Criteria,
    Flag,
    InView,
    Judgement,
    JudgementState,
    Outcome,
    Side,
    Verdict,
)
from core.records import replace
from core.session import open_session
from core.store import Store
from core.text import stored_text, visible
from tests.support.runs import SHAS, build_runs
from tests.support.screen import press, running, screen_after, screen_text, settled, triage_screen
from tui.app import PatchjuryApp
from tui.documents.document import Place
from tui.screens.attention import Attention
from tui.widgets.seen import Seen

FIRST = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


def keep(runs: Path, *verdicts: Verdict) -> None:
    Store(runs / ".patchjury").add_verdicts(SHAS[0], verdicts)


def stored(runs: Path) -> list[Verdict]:
    return list(Store(runs / ".patchjury").load().verdicts[FIRST])


# What contradicts is asked for once


async def test_a_verdict_against_a_certain_fact_asks_once_then_counts_and_is_flagged(
    runs: Path,
) -> None:
    async with running(runs) as (app, pilot):
        triage = triage_screen(app).triage
        triage.add_report(CheckReport(FIRST, Criteria(syntax_correct=False)))
        text = await screen_after(pilot, "1")
        assert "a certain check says otherwise; the same key again records it" in text
        assert not triage.history(FIRST) and triage_screen(app).attempt_key == FIRST
        await press(pilot, "2", "1")  # another decision, which fits, is recorded at once
        (verdict,) = triage.history(FIRST)
        assert (verdict.outcome, verdict.flags) == (Outcome.PARTIAL_SUCCESS, ())
        await press(pilot, "u", "u")
        await press(pilot, "1")
        text = await screen_after(pilot, "1")
        assert "(flagged)" in text
    assert stored(runs)[-1].flags == (Flag.AGAINST_FACT,)


async def test_a_verdict_against_its_own_criteria_asks_once(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        triage = triage_screen(app).triage
        assert "your own criteria say otherwise" in await screen_after(pilot, "L", "1")
        assert not triage.is_reviewed(FIRST)
        await press(pilot, "1")
        assert triage.is_reviewed(FIRST)
        screen = triage_screen(app)
        screen.lists.select(FIRST)
        await settled(pilot)
        assert "against its own criteria" in screen_text(app)


# Cannot tell


async def test_cannot_tell_has_a_reason_and_leaves_the_queue(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        text = await screen_after(pilot, "0")
        assert "why can nobody tell?" in text and "03:04/0000" in text
        text = await screen_after(pilot, *"too odd", "enter")
        assert "? cannot tell (too odd)" in text and "reviewed 1/3" in text
        assert triage_screen(app).attempt_key != FIRST
        assert triage_screen(app).triage.assessment(FIRST).outcome is Outcome.UNDECIDED
    assert [v.cannot_tell for v in stored(runs)] == ["too odd"]


async def test_leaving_the_reason_decides_nothing(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await press(pilot, "0", "escape")
        assert not triage_screen(app).triage.history(FIRST)
        assert triage_screen(app).attempt_key == FIRST


# Who decides


async def test_the_reviewer_is_asked_once_where_none_is_set_and_stands_in_the_header(
    runs: Path,
) -> None:
    async with running(runs, reviewer="") as (app, pilot):
        assert "tester" in screen_text(app).split("\n")[0]
        text = await screen_after(pilot, "1")
        assert "Your name as a reviewer" in text
        await press(pilot, "escape")
        assert not triage_screen(app).triage.history(FIRST)
        await press(pilot, "1", *["backspace"] * 10, *"eve", "enter")
        text = await screen_after(pilot, "2")
        assert "eve" in text.split("\n")[0] and "reviewed 2/3" in text
    assert [v.reviewer for v in stored(runs)] == ["eve"]
    async with running(runs, reviewer="") as (app, pilot):  # remembered
        assert "reviewed 3/3" in await screen_after(pilot, "n", "1")


async def test_a_second_reviewer_starts_from_nothing_of_the_first(runs: Path) -> None:
    good = Criteria(syntax_correct=True)
    keep(runs, Verdict("v", FIRST, "bob", NOW, criteria=good, note="mine", tags=("odd",)))
    async with running(runs) as (_app, pilot):
        await press(pilot, "L")
    own = stored(runs)[-1]
    assert (own.reviewer, own.note, own.tags) == ("ann", "", ())
    assert own.criteria == Criteria(optimization_logic_match=False)


# Disputes


async def test_a_dispute_is_shown_and_settled_by_a_record_of_its_own(runs: Path) -> None:
    keep(runs, Verdict("v", FIRST, "bob", NOW, outcome=Outcome.FAILURE))
    async with running(runs) as (app, pilot):
        await press(pilot, "1")
        triage_screen(app).lists.select(FIRST)
        await settled(pilot)
        text = screen_text(app)
        assert "≠ in dispute" in text and "1 in dispute" in text.split("\n")[0]
        assert "ann: ✔ true success" in text and "bob: – failure" in text
        row = next(line for line in text.split("\n") if "03:04/0000" in line[:44])
        assert "≠" in row[:4] and not triage_screen(app).triage.is_reviewed(FIRST)
        text = await screen_after(pilot, "D")
        assert "reviewers differ" in text and ("b  ann" in text or "a  ann" in text)
        letter = "a" if "a  bob" in text else "b"
        text = await screen_after(pilot, letter)
        assert "adjudicated" in text and "in dispute" not in text.split("\n")[0]
    last = stored(runs)[-1]
    assert last.adjudicates and last.derived_from == "v" and last.outcome.value != "true_success"


async def test_where_nobody_differs_the_key_to_settle_it_does_nothing(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await press(pilot, "D")
        assert app.screen is triage_screen(app)


# What a verdict remembers


async def test_a_verdict_remembers_what_was_in_view_and_what_led_to_it(runs: Path) -> None:
    opinion = Judgement("j", FIRST, JudgementState.VERDICT, Criteria(syntax_correct=True))
    async with running(runs) as (app, pilot):
        await press(pilot, "1")
        triage_screen(app).triage.add_judgement(replace(opinion))
        triage_screen(app).lists.select(FIRST)
        await settled(pilot)
        await press(pilot, "2")
    first, second = stored(runs)
    assert first.in_view == (InView.CLAIM,)
    assert second.in_view == (InView.JUDGE, InView.CLAIM)
    assert first.origin is not None and first.origin.queue == "all"
    assert first.basis is not None and first.basis.patch and first.basis.human
    assert first.seconds is not None and first.seconds >= 0


def test_time_without_a_key_is_not_counted() -> None:
    attention = Attention(idle_s=60)
    attention.look("a", 100.0)
    attention.look("a", 110.0)
    attention.look("b", 5000.0)  # the reviewer was away
    attention.look("a", 5003.0)
    assert attention.seconds("a") == 70.0
    assert attention.seconds("b") == 3.0


async def test_a_patch_that_changed_is_said_and_the_verdict_does_not_count(runs: Path) -> None:
    async with running(runs) as (_app, pilot):
        await press(pilot, "1")
    patch = runs / FIRST / "model_patch.diff"
    patch.write_text(patch.read_text("utf-8").replace("100", "99"), encoding="utf-8")
    async with running(runs) as (app, pilot):
        text = screen_text(app)
        assert "1 outdated" in text.split("\n")[0] and "reviewed 0/3" in text
        assert "outdated: ann ✔ true success" in text
        await press(pilot, "1")
        assert "1 outdated" not in screen_text(app).split("\n")[0]


# Notes and comments

HOSTILE = "a \u200d joiner, a \x1b[2J clear, <U+200D> typed"


async def test_a_note_that_is_not_touched_is_stored_as_it_was(runs: Path) -> None:
    keep(runs, Verdict("v", FIRST, "ann", NOW, note=HOSTILE))
    async with running(runs) as (app, pilot):
        text = await screen_after(pilot, "e")
        assert "<U+200D> joiner" in text and "\x1b" not in text
        await press(pilot, "ctrl+s")
        assert len(triage_screen(app).triage.history(FIRST)) == 1
        await press(pilot, "e")
        area = app.screen.query_one(TextArea)
        area.move_cursor(area.document.end)
        await press(pilot, *" end", "ctrl+s")
    assert stored(runs)[-1].note == HOSTILE + " end"


@pytest.mark.parametrize(
    ("stored_before", "change", "expected"),
    [
        (HOSTILE, lambda shown: shown, HOSTILE),
        (HOSTILE, lambda shown: "x" + shown, "x" + HOSTILE),
        (HOSTILE, lambda shown: shown.replace(" joiner", ""), HOSTILE.replace(" joiner", "")),
        (
            HOSTILE,
            lambda shown: shown.replace("<U+200D> joiner", "joiner"),
            HOSTILE.replace("\u200d ", ""),
        ),
        ("plain", lambda shown: "<U+200D>", "<U+200D>"),
        ("a\r\nb", lambda shown: shown + "c", "a\r\nbc"),
    ],
)
def test_only_what_was_touched_changes(stored_before: str, change: object, expected: str) -> None:
    assert callable(change)
    shown = visible(stored_before, keep_newlines=True)
    assert stored_text(stored_before, change(shown)) == expected


async def test_comments_at_one_line_on_both_sides_are_two(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        view = screen.attempt_pane.document_view
        for tab, side, text in (
            ("A", Side.ATTEMPT, "of the attempt"),
            ("H", Side.HUMAN, "of the human"),
        ):
            await press(pilot, tab)
            view.focus()
            places = {view.document.place(row): row for row in range(len(view.document))}
            view.go_to_row(places[Place("engine/core.py", 10, side)])
            await press(pilot, "c", *text, "ctrl+s")
        shown = await screen_after(pilot, "C", "o")
        assert "ann: of the attempt" in shown and "ann: of the human" in shown
    comments = {(c.line, c.side, c.text) for c in stored(runs)[-1].comments}
    assert comments == {(10, Side.ATTEMPT, "of the attempt"), (10, Side.HUMAN, "of the human")}


async def test_undo_and_redo_go_to_their_attempts(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await press(pilot, "1", "3", "u", "u")
        screen = triage_screen(app)
        assert screen.attempt_key == FIRST and "reviewed 0/3" in screen_text(app)
        text = await screen_after(pilot, "U", "U")
        assert "reviewed 2/3" in text and "recorded again" in text
        assert "Nothing was taken back" in await screen_after(pilot, "U")


async def test_windows_name_the_attempt(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        for key in ("e", "number_sign", "0"):
            assert "03:04/0000" in await screen_after(pilot, key)
            assert app.screen.query("TextArea, Input")
            await press(pilot, "escape")


async def test_a_session_without_a_clock_of_its_own_takes_the_usual_one(runs: Path) -> None:
    app = PatchjuryApp(open_session(runs, reviewer="ann"), checks=False, seen=Seen())
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.pause(0.15)  # what it is about: a tenth of a second of real time
        await press(pilot, "1")
        assert triage_screen(app).triage.is_reviewed(FIRST)


# Blind, equal patches, history


async def test_blind_seals_judge_claim_and_colleagues_until_one_has_decided(runs: Path) -> None:
    keep(runs, Verdict("v", FIRST, "bob", NOW, outcome=Outcome.FAILURE, note="bob was here"))
    opinion = Judgement("j", FIRST, JudgementState.VERDICT, reasoning="the judge was here")
    Store(runs / ".patchjury").add_judgements(SHAS[0], [opinion])
    async with running(runs) as (app, pilot):
        triage_screen(app).lists.select(FIRST)
        await settled(pilot)
        text = screen_text(app)
        for wanted in ("the judge was here", "bob", "marked success"):
            assert wanted in text
        text = await screen_after(pilot, "b")
        assert "● blind" in text.split("\n")[0]
        for sealed in ("the judge was here", "bob", "marked success", "failure"):
            assert sealed not in text, sealed
        await press(pilot, "slash", *"judge:verdict", "enter")
        assert FIRST not in triage_screen(app).lists.attempt_list.keys
        await press(pilot, "escape", "1")
        triage_screen(app).lists.select(FIRST)
        await settled(pilot)
        text = screen_text(app)
        assert "the judge was here" in text and "bob" in text and "marked success" in text
    (own,) = [v for v in stored(runs) if v.reviewer == "ann"]
    assert own.blind is False, "all of it was on the screen before it was sealed"


async def test_a_study_is_blind_by_its_setting(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHJURY_BLIND", "true")
    async with running(runs) as (app, _pilot):
        assert "● blind" in screen_text(app) and "marked success" not in screen_text(app)


async def test_equal_patches_get_the_same_verdict_when_it_is_asked_for_twice(runs: Path) -> None:
    twin = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0001"
    patch = (runs / FIRST / "model_patch.diff").read_text("utf-8")
    (runs / twin / "model_patch.diff").write_text(patch, encoding="utf-8")
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        assert "decide on this attempt first" in await screen_after(pilot, "equals_sign")
        await press(pilot, "1")
        screen.lists.select(FIRST)
        await settled(pilot)
        text = await screen_after(pilot, "equals_sign")
        assert "for the same patch in" in text and "03:04/0001" in text.split("\n")[-1]
        assert not screen.triage.history(twin)
        await press(pilot, "equals_sign")
        (given,) = screen.triage.history(twin)
        assert given.outcome is Outcome.TRUE_SUCCESS
        assert given.derived_from == screen.triage.history(FIRST)[0].id


async def test_the_history_of_an_attempt_is_listed(runs: Path) -> None:
    keep(runs, Verdict("v", FIRST, "bob", NOW, outcome=Outcome.FAILURE, note="why"))
    async with running(runs) as (app, pilot):
        triage_screen(app).lists.select(FIRST)
        await settled(pilot)
        await press(pilot, "1", "u")
        text = await screen_after(pilot, "y")
        assert "2026-05-01 00:00  bob  – failure" in text and "takes back" in text
        assert "in view: not recorded" in text
        await press(pilot, "escape")
        assert app.screen is triage_screen(app)


async def test_a_comment_keeps_the_line_it_speaks_of(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        await press(pilot, "A")
        view.focus()
        places = {view.document.place(row): row for row in range(len(view.document))}
        view.go_to_row(places[Place("engine/core.py", 10, Side.ATTEMPT)])
        await press(pilot, "c", *"why", "ctrl+s")
        await press(pilot, "c", *"?", "ctrl+s")  # the same comment, changed
    (comment,) = stored(runs)[-1].comments
    assert (comment.line_text, comment.text) == ("value_10 = 100", "?why")
    assert comment.line_hash
