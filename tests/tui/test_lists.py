"""The lists: one filter language over all commits, one flat list, queues in their order, counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.assess.queues import queue_named
from core.assess.strata import NO_OPINION
from tests.support.runs import SHAS, build_runs, unified, write_attempt
from tests.support.screen import (
    press,
    running,
    screen_after,
    screen_text,
    settled,
    triage_screen,
    until,
)
from tests.support.textual_private import notices

ITEM = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    root = build_runs(tmp_path / "runs")
    write_attempt(root, "repo/trae/m/2025-02-02_03-04-05/item-0000", SHAS[1], unified("a\n", "b\n"))
    return root


async def test_a_filter_holds_over_all_commits_and_the_next_undecided_obeys_it(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "slash", *"agent:trae", "enter")
        assert screen.lists.commit_list.keys == [SHAS[1]]
        assert {key.split("/")[3] for key in screen.lists.listed} == {"trae"}
        first = screen.attempt_key or ""
        assert first in screen.lists.listed and "agent:trae" in screen_text(app)
        await press(pilot, *"11111", "n")
        assert "Every attempt that is listed is decided." in notices(app)
        decided = {a.key for a in screen.triage.run_set.attempts if screen.triage.history(a.key)}
        assert decided and decided <= set(screen.lists.listed)
        await press(pilot, "escape")
        assert len(screen.lists.listed) == 6 and len(screen.lists.commit_list.keys) == 2
    verdict = screen.triage.own(decided.pop())
    assert verdict is not None and verdict.origin is not None
    assert verdict.origin.filter == "agent:trae"


async def test_what_is_wrong_with_a_filter_is_said_and_the_list_stays(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "slash", *"rc:1")
        assert [key[-4:] for key in screen.lists.listed] == ["0001"]
        text = await screen_after(pilot, "backspace", *"odd")
        assert "rc" in text and "number" in text
        assert [key[-4:] for key in screen.lists.attempt_list.keys] == ["0001"]
        await press(pilot, "escape")
        assert len(screen.lists.attempt_list.keys) == 3


async def test_fields_and_values_are_completed(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await press(pilot, "slash", *"age")
        await press(pilot, "right", *"tr")
        await press(pilot, "right", "enter")
        assert triage_screen(app).lists.attempt_list.search == "agent:trae"


async def test_all_attempts_in_one_list_and_back(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "j")
        here = screen.attempt_key
        text = await screen_after(pilot, "V")
        assert "All attempts" in text and "Commits" not in text
        assert len(screen.lists.attempt_list.keys) == 6 and screen.attempt_key == here
        await press(pilot, "G")
        assert screen.attempt_key == screen.lists.listed[-1] != here
        last = screen.attempt_key
        await press(pilot, "1", "u")
        assert screen.attempt_key == last
        text = await screen_after(pilot, "V")
        assert "Commits" in text and screen.attempt_key == last
        assert screen.lists.commit_list.key == SHAS[1]


async def test_a_sample_is_listed_flat_in_the_order_of_its_drawing_and_kept_in_the_record(
    runs: Path,
) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        text = await screen_after(pilot, "Q", "l")
        assert "All attempts" in text and "to label next" in text
        triage = screen.triage
        keys = queue_named("label-next").select(triage.assessments(), triage.queue_context())
        assert screen.lists.listed == [known.attempt.key for known in keys]
        first = screen.attempt_key
        assert first == screen.lists.listed[0]
        await press(pilot, "1")
        own = triage.own(first)
        assert own is not None and own.origin is not None
        origin = own.origin
        assert (origin.queue, origin.seed, origin.stratum) == ("label-next", 0, NO_OPINION)
        assert origin.inclusion == 1.0 and origin.sample == origin.population == len(keys)
        assert screen.attempt_key == screen.lists.listed[1]


async def test_the_focus_never_goes_to_a_list_that_is_hidden(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "V", "tab", "tab", "tab")
        assert app.focused is screen.lists.attempt_list


async def test_sorting_by_key_and_head_columns_chosen_and_kept(runs: Path) -> None:
    async with running(runs, (240, 60)) as (app, pilot):
        screen = triage_screen(app)
        head = next(x for x in screen_text(app).split("\n") if "agent" in x and "claim" in x)
        here = screen.attempt_key
        await pilot.click("#attempts", offset=(1 + head.index("size", 0, 104), 1))
        await settled(pilot)
        assert screen.lists.order == "size" and screen.attempt_key == here
        await press(pilot, "V", "vertical_line", "enter")
        assert screen.lists.order == "agent"
        await press(pilot, "vertical_line", "space", "escape")  # agent is hidden
        text = await screen_after(pilot, "g")
        head = next(x for x in text.split("\n") if "claim" in x)[:104]
        assert "agent" not in head and "model" in head and "· by agent" in text
        await press(pilot, "vertical_line", "enter")
        assert screen.lists.order == "commit"
    async with running(runs, (160, 48)) as (app, pilot):
        assert "agent" not in triage_screen(app).lists.table.chosen
        head = next(x for x in screen_text(app).split("\n") if "attempt  " in x and "model" in x)
        assert "agent" not in head[:46]  # as many columns as there is room for


async def test_views_are_saved_opened_and_taken_away(runs: Path) -> None:
    (runs / "patchjury.toml").write_text('[views]\nslow = "seconds>1m sort:-seconds"\nx = "a:b"\n')
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "slash", *"agent:trae", "enter", "asterisk", "s", *"of trae", "enter")
        await press(pilot, "escape", "escape")
        assert len(screen.lists.listed) == 6
        text = await screen_after(pilot, "asterisk")
        assert "slow" in text and "of trae" in text
        await press(pilot, "g", "enter")
        names = list(screen.session.settings.views)
        assert names == ["slow", "x"] and screen.lists.order == "-seconds"
        assert screen.lists.attempt_list.search == "seconds>1m"
        await press(pilot, "asterisk", "g", "j", "enter")  # a runs folder may say anything
        assert any("no field" in notice for notice in notices(app))
        await press(pilot, "asterisk", "G", "enter")
        assert screen.lists.attempt_list.search == "agent:trae" and not screen.lists.order
        text = await screen_after(pilot, "asterisk", "G", "delete")
        assert "of trae" not in text
        await press(pilot, "g", "delete")
        assert any("settings file" in notice for notice in notices(app))


async def test_the_palette_goes_to_any_attempt_by_a_part_of_its_id(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "slash", *"agent:codex", "enter")
        await press(pilot, "ctrl+p", *"trae item-0001")
        await until(pilot, lambda: "all faster" in screen_text(app), "nothing is offered")
        await settled(pilot)
        await press(pilot, "enter")
        wanted = "state/runs/repo/trae/gpt-5/2025-02-03_04-05-06/item-0001"
        await until(pilot, lambda: screen.attempt_key == wanted, "it is not selected")
        assert not screen.lists.attempt_list.search  # the filter that hid it is gone
