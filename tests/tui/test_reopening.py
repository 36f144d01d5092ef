"""The screen comes back as it was left, greets once, and shows the reviewer's pace."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from core.assess.queues import queue_named
from core.models import Outcome
from core.places import state_folder
from core.session import open_session
from tests.support.runs import build_runs
from tests.support.screen import press, running, screen_after, screen_text, triage_screen, until
from tests.support.textual_private import notices
from tui.app import PatchjuryApp
from tui.last_visit import (
    Visit,
    filters_typed,
    is_first_start,
    keep_filter,
    keep_visit,
    read_visit,
)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


def test_a_screen_that_is_ended_before_it_is_there_has_nothing_to_keep(runs: Path) -> None:
    keep_visit(runs, left := Visit(seed=7))
    PatchjuryApp(open_session(runs)).get_default_screen().keep_draft()  # type: ignore[attr-defined]
    assert read_visit(runs) == left


async def test_attempt_filter_order_layout_and_row_are_as_they_were_left(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(
            pilot, "V", "slash", *"agent:codex", "enter", "j", "ctrl+right", "H", "tab", "j"
        )
        screen.lists.sort("-key")
        await press(pilot, "j")
        left, row = screen.attempt_key, screen.attempt_pane.document_view.row
        keys, width = screen.lists.attempt_list.keys, screen.lists.outer_size.width
        assert row == 2 and len(keys) == 3
        await press(pilot, "q")
    async with running(runs) as (app, _):
        screen = triage_screen(app)
        assert screen.attempt_key == left and screen.lists.attempt_list.keys == keys
        assert screen.lists.is_flat and screen.lists.origin.filter == "agent:codex"
        assert screen.lists.outer_size.width == width
        assert screen.attempt_pane.document_view.row == row
        assert screen.lists.origin.order == "-key"


async def test_a_random_sample_is_drawn_again_by_its_seed(runs: Path) -> None:
    keep_visit(runs.resolve(), Visit(queue="random", seed=7, sample=2))
    kept = []
    for _ in range(2):
        async with running(runs) as (app, pilot):
            lists = triage_screen(app).lists
            kept.append((lists.attempt_list.keys, lists.origin, lists.is_flat))
            await press(pilot, "j", "q")
    keys, origin, is_flat = kept[0]
    triage = open_session(runs, reviewer="ann").triage
    context = triage.queue_context(seed=7, sample=2)
    drawn = queue_named("random").select(triage.assessments(), context)
    assert list(keys) == [known.attempt.key for known in drawn] and is_flat
    assert (origin.queue, origin.seed, origin.sample, origin.population) == ("random", 7, 2, 3)
    assert kept[1] == kept[0]


async def test_a_visit_that_no_longer_fits_is_passed_over(runs: Path) -> None:
    visit = Visit("gone", "no-such-queue", "field:gone", "nothing", tab="nowhere", lists_width=900)
    keep_visit(runs.resolve(), visit)
    async with running(runs) as (app, _):
        screen = triage_screen(app)
        assert screen.attempt_key is not None and "Make ten larger" in screen_text(app)
        assert len(screen.lists.listed) == 5
        assert screen.attempt_pane.outer_size.width >= 20


def test_what_is_remembered_is_bounded_and_a_file_that_is_none_is_no_trouble(
    tmp_path: Path,
) -> None:
    for number in range(60):
        keep_filter(f"agent:{number}")
        keep_visit(tmp_path / str(number), Visit(row=number))
    keep_filter("agent:30")
    assert (len(filters_typed()), filters_typed()[-1]) == (50, "agent:30")
    assert read_visit(tmp_path / "3") == Visit()
    assert read_visit(tmp_path / "59") == Visit(row=59)
    assert [is_first_start(), is_first_start()] == [True, False]
    (state_folder() / "visits.json").write_text(
        json.dumps({"folders": {str(tmp_path): {"row": "x"}}})
    )
    assert read_visit(tmp_path) == Visit()
    (state_folder() / "visits.json").write_text("[")
    assert (read_visit(tmp_path), filters_typed()) == (Visit(), [])


async def test_filters_typed_before_come_back_with_the_arrow_keys(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        lists = triage_screen(app).lists
        await press(pilot, "slash", *"agent:trae", "enter", "escape")
        await press(pilot, "slash", *"rc:1", "enter", "escape")
        await press(pilot, "slash", "up", "up")
        assert lists.attempt_list.search == "agent:trae"
        await press(pilot, "down", "enter")
        assert lists.attempt_list.search == "rc:1"


def begun_in(app: PatchjuryApp) -> bool:
    return "check reports" in screen_text(app)


async def test_the_first_start_names_five_keys_once(runs: Path) -> None:
    for times in (1, 0):
        app = PatchjuryApp(open_session(runs, reviewer="ann"), checks=False)
        async with app.run_test(size=(160, 48)) as pilot:
            begun = partial(begun_in, app)
            await until(pilot, begun, "nothing has begun")
            told = [notice for notice in notices(app) if "next undecided" in notice]
            assert len(told) == times


async def test_the_header_says_the_pace_of_this_reviewer(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        triage = triage_screen(app).triage
        first, second = [attempt.key for attempt in triage.run_set.attempts][:2]
        triage.decide(first, outcome=Outcome.FAILURE, seconds=100.0)
        triage.decide(first, note="more", seconds=120.0)
        triage.decide(second, outcome=Outcome.FAILURE, seconds=60.0)
        triage_screen(app).top_bar.refresh()
        assert "reviewed 2/3  1.5 min each" in await screen_after(pilot, "j")
        triage.reviewer = "bob"
        assert triage.progress().pace_s is None
