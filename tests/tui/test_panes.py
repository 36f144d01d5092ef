"""How the room is used: every size, one pane alone, splits that move, lists with room."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widget import Widget

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
from tui.screens.triage import TriageScreen
from tui.widgets.covered import covered_lines

SIZES = [(80, 24), (120, 36), (160, 48), (240, 60)]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


@pytest.mark.parametrize("size", SIZES)
async def test_what_decides_is_in_view_at_every_size_and_a_pane_alone_follows_the_focus(
    runs: Path, size: tuple[int, int]
) -> None:
    async with running(runs, size) as (app, pilot):
        lines = screen_text(app).split("\n")
        assert len(lines) == size[1] and max(map(len, lines)) <= size[0]
        text = "\n".join(lines)
        for wanted in (
            "Make ten larger",
            "reviewed 0/3",
            "return 0",
            "218 B",
            "syntax",
            "template",
        ):
            assert wanted in text, wanted
        reading = await screen_after(pilot, "tab")
        assert "attempt 1 of 3" in reading and "+ value_10 = 100" in reading
        screen = triage_screen(app)
        assert not _bare_places(screen)
        view, evidence = screen.attempt_pane.document_view, screen.attempt_pane.evidence
        view.focus()
        await press(pilot, "Z")
        assert not _bare_places(screen)
        assert view.outer_size.width == size[0] and not screen.lists.display
        assert view.outer_size.height == size[1] - 5  # bars, header and tabs stay
        await press(pilot, "tab")
        assert evidence.has_focus and evidence.outer_size.height == size[1] - 4
        await press(pilot, "tab")
        assert screen.lists.commit_list.has_focus and not screen.attempt_pane.display
        assert screen.lists.outer_size.width == size[0] and not _bare_places(screen)
        await press(pilot, "Z")
        assert screen.attempt_pane.display and screen.lists.display


def _bare_places(screen: TriageScreen) -> list[tuple[int, int]]:
    """Where a container shows that its contents should cover."""
    width, height = screen.size
    places = [(x, y) for y in range(height) for x in (0, 1, 40, width // 2, width - 1)]
    return [at for at in places if _is_container(screen.get_widget_at(*at)[0])]


def _is_container(widget: Widget) -> bool:
    return getattr(type(widget), "render_lines", None) is covered_lines


async def test_a_verdict_key_does_not_count_where_the_patch_is_not_shown(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "Z", "j", "1")
        assert "too soon" in screen_text(app)
        assert not screen.triage.history(screen.attempt_key or "")
        await press(pilot, "Z", "1")
        assert screen.triage.progress().reviewed == 1


async def test_splits_move_and_stop_before_a_pane_vanishes(runs: Path) -> None:
    async with running(runs, (80, 24)) as (app, pilot):
        screen = triage_screen(app)
        lists, evidence = screen.lists, screen.attempt_pane.evidence

        def sizes() -> tuple[int, int]:
            return lists.outer_size.width, evidence.outer_size.height

        async def press_until_it_stops(key: str) -> None:
            before = None
            while sizes() != before:
                before = sizes()
                await press(pilot, key)

        before = sizes()
        await press(pilot, "ctrl+right", "ctrl+up")
        assert sizes() == (before[0] + 4, before[1] + 2)
        for key in ("ctrl+left", "ctrl+down"):
            await press_until_it_stops(key)
        assert sizes() == (20, 3)
        for key in ("ctrl+right", "ctrl+up"):
            await press_until_it_stops(key)
        assert sizes()[0] > before[0] + 4 and sizes()[1] > before[1] + 2
        assert screen.attempt_pane.outer_size.width >= 20
        assert screen.attempt_pane.document_view.outer_size.height >= 3


async def test_every_pane_looks_as_if_all_styles_were_read_again(runs: Path) -> None:
    """Those that a class of the screen decides about are, and no others."""
    async with running(runs, (80, 24)) as (app, pilot):
        screen = triage_screen(app)

        def looks() -> dict[Widget, str]:
            return {part: part.styles.css for part in screen.walk_children(Widget)}

        for key in ("tab", "Z", "tab", "tab", "Z", "a", "escape", "h", "h"):
            await press(pilot, key)
            before = looks()
            screen.update_node_styles()
            assert looks() == before, key


async def test_hidden_lists_come_back_when_one_goes_there(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "h")
        assert not screen.lists.display and app.focused is screen.attempt_pane.document_view
        await press(pilot, "n", "1")
        assert screen.triage.progress().reviewed == 1
        await press(pilot, "escape")
        assert screen.lists.display and app.focused is screen.lists.attempt_list


async def test_wide_lists_show_how_the_runs_went(runs: Path) -> None:
    write_attempt(
        runs, "repo/codex/m/2025-01-02_03-04-05/item-0009", SHAS[0], unified("a\n", "b\n")
    )
    async with running(runs, (240, 60)) as (app, _pilot):
        row = next(line for line in screen_text(app).split("\n") if "03:04/0009" in line)
        assert "1m02s" in row[:84] and " m " in row[:84]


async def test_a_commit_says_how_many_of_those_that_need_it_have_a_decision(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        row = next(line for line in screen_text(app).split("\n") if line.startswith("│a1a1a1a1"))
        assert "0/2" in row[:46] and "done" not in row[:46]
        text = await screen_after(pilot, "1", "1")
        assert "2/2 done" in next(x for x in text.split("\n") if x.startswith("│a1a1a1a1"))[:46]


async def test_splits_are_dragged_with_the_mouse_and_kept(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        lists, evidence = screen.lists, screen.attempt_pane.evidence
        edge, top = lists.region, evidence.region
        await pilot.mouse_down(offset=(edge.right - 1, 10))
        await pilot.hover(offset=(60, 10))
        await pilot.mouse_up(offset=(60, 10))
        await settled(pilot)
        assert lists.outer_size.width == 61
        await pilot.hover(offset=(90, 12))
        await settled(pilot)
        assert lists.outer_size.width == 61
        await pilot.mouse_down(offset=(100, top.y))
        await pilot.hover(offset=(100, top.y - 5))
        await pilot.mouse_up(offset=(100, top.y - 5))
        await settled(pilot)
        assert evidence.outer_size.height == top.height + 5
        assert screen.panes.moved == (61, top.height + 5)
        assert not screen.triage.progress().reviewed  # no click records anything


@pytest.mark.parametrize("size", [(80, 24), (240, 60)])
async def test_every_window_keeps_to_the_screen(runs: Path, size: tuple[int, int]) -> None:
    windows = {
        "at": ("outcome" if size[0] > 200 else "patch", "same"),
        "dollar_sign": ("Levels", "marked"),
        "vertical_line": ("seconds", "Enter sorts"),
        "asterisk": ("Saved views",),
        "question_mark": ("next line or row",),
        "y": ("Recorded on",),
    }
    async with running(runs, size) as (app, pilot):
        for key, wanted in windows.items():
            await press(pilot, key)
            await until(pilot, lambda w=wanted: all(t in screen_text(app) for t in w), key)  # type: ignore[misc]
            lines = screen_text(app).split("\n")
            assert len(lines) == size[1] and max(map(len, lines)) <= size[0]
            await press(pilot, "escape")
