"""The screen where it is small, hurried or odd: what must still be seen, and reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Resize

from core.models import CheckReport, Criteria, Finding, Severity, Side
from core.patch.align import align
from core.patch.parse import parse_patch
from tests.support.runs import BASE, HUMAN, SHAS, build_runs, unified, write_attempt, write_commit
from tests.support.screen import press, running, screen_after, screen_text, settled, triage_screen
from tests.support.textual_private import record_layouts
from tui.documents.compare_document import CompareDocument
from tui.documents.document import Place
from tui.documents.layout import View
from tui.documents.marks import Mark
from tui.documents.patch_colours import PatchColours

ITEM = "repo/codex/m/2025-01-02_03-04-05/item-"
LONG = "a finding that takes a good many more words than there are cells in one line of the panel"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


def one_commit(root: Path, *patches: str) -> Path:
    """One human commit and an attempt a patch."""
    write_commit(root / "commits", SHAS[0], "One", unified(BASE, HUMAN), ["engine/core.py"])
    for number, patch in enumerate(patches):
        write_attempt(root, f"{ITEM}{number:04}", SHAS[0], patch)
    return root


def report(key: str, *findings: Finding) -> CheckReport:
    return CheckReport(key, Criteria(), tuple(findings))


# What stays in view


async def test_a_narrow_screen_keeps_what_decides_in_view(tmp_path: Path) -> None:
    runs = one_commit(tmp_path / "runs")
    write_commit(
        runs / "commits", SHAS[0], "A subject of many words " * 5, unified(BASE, HUMAN), []
    )
    write_attempt(runs, f"{ITEM}0", SHAS[0], unified(BASE, HUMAN), returncode=1, steps=12)
    async with running(runs, (80, 24)) as (_app, pilot):
        for text in (screen_text(_app), await screen_after(pilot, "tab")):
            for wanted in ("attempt 1 of 1", "return 1", "B patch", "marked success"):
                assert wanted in text
            assert "reviewed 0/1" in text.split("\n")[0]


async def test_the_key_bar_shows_whole_hints_and_how_to_change_panes(runs: Path) -> None:
    async with running(runs, (80, 24)) as (app, _pilot):
        bar = screen_text(app).split("\n")[-1]
    assert "Tab pane" in bar and "4 fail" in bar and bar.rstrip().endswith("fail")


async def test_every_tab_has_its_name_in_view_on_a_narrow_screen(runs: Path) -> None:
    async with running(runs, (80, 24)) as (_app, pilot):
        text = await screen_after(pilot, "C")
    assert "Compare" in text and "Logs" in text


async def test_findings_are_reached_and_read_whole_on_a_small_screen(runs: Path) -> None:
    async with running(runs, (80, 24)) as (app, pilot):
        screen = triage_screen(app)
        key = screen.attempt_key or ""
        finding = Finding("patch.odd", Severity.ERROR, LONG, file="engine/core.py", line=10)
        screen.triage.add_report(report(key, finding))
        screen.redrawing.now([key])
        await settled(pilot)
        assert "1 finding" in screen_text(app)
        text = await screen_after(pilot, "tab", "tab")
        words = " ".join(text.replace("│", " ").split())
        assert LONG in words and "criterion checks" in text
        await press(pilot, "G", *["k"] * 2, "enter")
        assert screen.attempt_pane.document_view.place == Place("engine/core.py", 10, Side.ATTEMPT)


async def test_a_note_alone_is_no_decision_of_the_person(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        key = screen.attempt_key or ""
        whole = Criteria(True, True, True, True, False)
        screen.triage.add_report(CheckReport(key, whole, ()))
        text = await screen_after(pilot, "e", *"hm", "ctrl+s")
        assert "true success  so far" in text and "reviewed 0/3" in text
        assert screen.triage.needs_decision(key)
        assert "reviewed 1/3" in await screen_after(pilot, "1")


# Moving


async def test_the_next_attempt_passes_none_by_however_fast_the_key_is(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        for _ in range(3):
            screen.lists.action_select_next(1)
        await settled(pilot)
        assert (screen.attempt_key or "").endswith("item-0000")
        assert screen.lists.commit_list.key == SHAS[1]
        screen.lists.action_select_next(-1)
        await settled(pilot)
        assert screen.lists.commit_list.key == SHAS[0]
        assert (screen.attempt_key or "").endswith("item-0002")


async def test_where_a_search_lists_no_attempt_no_key_decides_on_one(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        text = await screen_after(pilot, "slash", *"zzz", "enter", "1")
        assert "No attempt here matches" in text and "reviewed 0/3" in text
        assert "attempt 1 of 3" in await screen_after(pilot, "escape")
        assert screen.attempt_key is not None


async def test_matches_in_the_text_are_counted_and_line_numbers_are_none(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        text = await screen_after(pilot, "tab", "slash", *"value_1", "enter")
        assert "/value_1  1 of 5" in text
        assert "2 of 5" in await screen_after(pilot, "full_stop")
        view.search("10")
        row = next(r for r in range(len(view.document)) if "100" in view.document.text_of(r))
        drawn = view.draw(row, 100)
        marked = [s for s in drawn.spans if "reverse" in str(s.style)]
        assert marked and all(drawn.plain[s.start - 1] in "_ " for s in marked)
        assert all(s.start > drawn.plain.index("value") for s in marked)


# The comparison


async def test_a_fold_says_how_many_lines_it_hides_and_opens_on_enter(tmp_path: Path) -> None:
    wide = HUMAN.replace("value_30 = 30\n", "value_30 = 31\n")
    runs = one_commit(tmp_path / "runs", unified(BASE, wide, context=5))
    async with running(runs) as (app, pilot):
        assert "⋯ 4 unchanged lines" in screen_text(app)
        text = await screen_after(pilot, "z")
        assert "6 unchanged lines (z unfolds)" in text  # a gap of 4 and 2 lines of context
        await press(pilot, "tab", "j", "enter")
        assert "z unfolds" not in screen_text(app)


async def test_a_gap_alone_stays_a_gap_when_folded(tmp_path: Path) -> None:
    runs = one_commit(tmp_path / "runs", unified(BASE, HUMAN))
    async with running(runs) as (_app, pilot):
        text = await screen_after(pilot, "z")
    assert "⋯ 6 unchanged lines" in text and "z unfolds" not in text


async def test_a_changed_line_end_is_seen(tmp_path: Path) -> None:
    changed = BASE.replace("value_5 = 5\n", "value_5 = 5\r\n")
    runs = one_commit(tmp_path / "runs", unified(BASE, changed))
    async with running(runs) as (_app, pilot):
        assert "+ value_5 = 5␍" in await screen_after(pilot, "A")


async def test_a_patch_that_is_none_says_so_in_the_comparison(tmp_path: Path) -> None:
    runs = one_commit(tmp_path / "runs", "I could not do it, sorry.\n")
    async with running(runs) as (app, _pilot):
        assert "no readable change to a file" in screen_text(app)


async def test_a_long_remark_wraps_and_its_sign_is_on_its_own_side(tmp_path: Path) -> None:
    runs = one_commit(tmp_path / "runs", unified(BASE, BASE.replace("= 10\n", "= 11\n")))
    async with running(runs, (80, 24)) as (app, pilot):
        screen = triage_screen(app)
        key = screen.attempt_key or ""
        finding = Finding("patch.odd", Severity.ERROR, LONG, file="engine/core.py", line=10)
        screen.triage.add_report(report(key, finding))
        screen.attempt_pane.refresh_marks()
        text = await screen_after(pilot, "tab", "w", "o")
    lines = text.split("\n")
    assert "●" in next(line for line in lines if "value_10 = 11" in line)
    assert "●" not in next(line for line in lines if "value_10 = 100" in line)
    assert "".join(LONG.split()) in "".join(text.split())


async def test_the_layout_follows_the_width_again_after_choosing_back(runs: Path) -> None:
    async with running(runs) as (_app, pilot):
        await press(pilot, "v", "v")
    async with running(runs, (80, 24)) as (_app, pilot):
        text = await screen_after(pilot, "tab", "right_square_bracket")
        assert text.count("+ value_10 = 100") == 1


async def test_only_another_size_lays_the_screen_out_again(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        layouts, lists = record_layouts(app), triage_screen(app).lists
        before = lists.outer_size.width
        app.post_message(Resize(app.size, app.size))
        await settled(pilot)
        assert not layouts and lists.outer_size.width == before
        await pilot.resize_terminal(100, 30)
        await settled(pilot)
        assert layouts and lists.outer_size.width < before


async def test_the_cursor_stays_on_its_row_when_wrapped_lines_get_another_width(
    tmp_path: Path,
) -> None:
    long = "".join(f"value_{n} = {'x' * 150}\n" for n in range(1, 41))
    runs = one_commit(tmp_path / "runs", unified(BASE, long))
    async with running(runs) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        await press(pilot, "A", "tab", "w", "G")
        before = view.row
        for size in ((100, 30), (80, 24), (160, 48)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert view.row == before == len(view.document) - 1


async def test_a_patch_of_very_many_lines_wraps_once_it_is_measured(tmp_path: Path) -> None:
    many = "".join(f"value_{n} = {'x' * 300}\n" for n in range(2_500))
    runs = one_commit(tmp_path / "runs", unified("", many))
    async with running(runs) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        await press(pilot, "A", "tab", "w", "G")
        assert view.line_count() > 2 * len(view.document)
        assert view.row == len(view.document) - 1


def test_every_row_is_found_again_whatever_stands_between_rows() -> None:
    base = BASE.replace("value_20 = 20\n", "")
    patches = parse_patch(unified(BASE, HUMAN)), parse_patch(unified(BASE, base, context=8))
    colours = (PatchColours(patches[0]), PatchColours(patches[1]))
    marks = [
        Mark(Place("engine/core.py", line, Side.ATTEMPT), "●", "", "odd")
        for line in (9, 9, 10, 15, 25)
    ]
    for stacked in (False, True):
        for folded in (False, True):
            view = View(stacked, folded, base_lines={(0, 0): ["one", "two", "three"]})
            document = CompareDocument(align(*patches), colours, marks, view)
            for row in range(len(document)):
                place = document.place(row)
                if place is not None:
                    again = document.row_of(*document.place_of(row))
                    assert document.place(again) == place or stacked, (stacked, folded, row)
            assert all("●" in document.draw(row, 100, 0).plain for row in document.marks)
            assert len(document.marks) == 4
