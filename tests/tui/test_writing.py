"""Writing beside the diff: headings, drafts, what is recorded and when, at every size."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.models import AnalysisScope, CheckReport, CommentKind, Criteria, Finding, Severity, Side
from core.session import open_session
from core.store import Store
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
from tests.support.textual_private import notices, record_layouts, record_pictures
from tui.documents.document import Place
from tui.widgets.writing_pane import WritingPane

FIRST = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


def written(
    runs: Path, scope: AnalysisScope = AnalysisScope.ATTEMPT, about: str = FIRST
) -> dict[str, str]:
    own = open_session(runs, reviewer="ann").triage.analyses.own(scope, about)
    return dict(own.texts) if own else {}


async def test_a_full_analysis_takes_at_most_twelve_keys_beside_its_text(runs: Path) -> None:
    """Five headings, a tag, a comment on two lines, two criteria and the outcome."""
    async with running(runs) as (app, pilot):
        keys = 0

        async def keyed(*pressed: str) -> None:
            nonlocal keys
            keys += len(pressed)
            await press(pilot, *pressed)

        screen = triage_screen(app)
        screen.attempt_pane.document_view.focus()
        screen.attempt_pane.document_view.action_jump("change", 1)
        await keyed("c")
        await press(pilot, *"why")
        await keyed("ctrl+s", "a")
        for text in ("The idea", "None", "None here", "Same", "It ran"):
            await press(pilot, *text)
            if text != "It ran":
                await keyed("tab")
        await keyed("escape", "l", "m", "1")
        own = screen.triage.own(FIRST)
        assert own is not None and own.outcome.value == "true_success"
        assert own.criteria == Criteria(optimization_logic_match=True, is_complete=True)
        assert [c.text for c in own.comments] == ["why"]
        assert keys <= 12, keys
        assert screen.attempt_key != FIRST and not screen.deciding.writing.is_open
    assert written(runs) == {
        "right": "The idea",
        "errors": "None",
        "over_optimization": "None here",
        "logic": "Same",
        "story": "It ran",
    }


async def test_it_stands_beside_the_diff_and_turns_to_the_commit_and_the_whole(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await pilot.press("a")
        text = await screen_after(pilot, *"good")
        assert "a1a1a1a1 codex 01-02 03:04/0000" in text, "the attempt is named"
        diff = next(line for line in text.split("\n") if "value_11" in line)
        assert "│" in diff and "What is right" in text and "Logic difference" in text
        layouts, pictures = record_layouts(app), record_pictures(app)
        await press(pilot, "!")
        assert not layouts, "a letter moves nothing"
        assert "good!" in "".join(pictures)
        assert "What is right" not in "".join(pictures), "only its field is painted"
        await press(pilot, "backspace")
        text = await screen_after(pilot, "ctrl+t")
        assert "human commit a1a1a1a1" in text and "What it does and why" in text
        assert "recorded What is right" in text
        await press(pilot, *"Makes ten larger", "ctrl+s")
        text = await screen_after(pilot, "a", "ctrl+t", "ctrl+t", *"None is real")
        assert "the whole run" in text and "Recommendations" in text
        await press(pilot, "ctrl+s")
    assert written(runs) == {"right": "good"}
    assert written(runs, AnalysisScope.COMMIT, SHAS[0]) == {"change": "Makes ten larger"}
    assert written(runs, AnalysisScope.WHOLE, "") == {"key_finding": "None is real"}


async def test_with_both_texts_on_the_human_commit_it_takes_no_more_keys(runs: Path) -> None:
    """A comment on a line, three headings, both texts on the human commit, and the verdict."""
    comment = ("right_square_bracket", "c", "why ten", "ctrl+s")
    attempt = ("a", "clean", "tab", "part only", "tab", "tab", "loads lazily")
    commit = ("ctrl+t", "shards experts", "tab", "half of it is cleaning up", "ctrl+s")
    typed = (*comment, *attempt, *commit, "2")
    keys = [one for one in typed if " " not in one and one != "clean"]
    assert len(keys) == 11
    async with running(runs) as (app, pilot):
        await press(pilot, *(k for one in typed for k in ([one] if one in keys else one)))
        own = triage_screen(app).triage.own(FIRST)
        assert own is not None and own.outcome == "partial_success"
        assert [one.text for one in own.comments] == ["why ten"]
    texts = {"right": "clean", "errors": "part only", "logic": "loads lazily"}
    assert written(runs) == texts
    on_commit = {"change": "shards experts", "conclusion": "half of it is cleaning up"}
    assert written(runs, AnalysisScope.COMMIT, SHAS[0]) == on_commit


async def test_what_is_not_recorded_stays_a_draft_of_its_attempt_and_is_offered(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await press(pilot, "a", *"half", "escape")
        screen = triage_screen(app)
        assert (
            screen.deciding.writing.is_open and not screen.query_one(WritingPane).has_focus_within
        )
        text = await screen_after(pilot, "greater_than_sign")
        assert "03:04/0000: your text is kept as a draft" in text
        assert "03:04/0001" in str(screen.query_one(WritingPane).border_title), "it follows"
        assert "half" not in text.split("What is right")[1]
        await press(pilot, "less_than_sign")
        assert "Your unfinished draft was restored" in screen_text(app)
        await press(pilot, "escape")
        assert not screen.deciding.writing.is_open and not screen.triage.analyses.everything()
        await press(pilot, "q")
    async with running(runs) as (app, pilot):
        offered = lambda: [said for said in notices(app) if "Unrecorded drafts" in said]  # noqa: E731
        await until(pilot, offered, "the draft is not offered")
        assert "03:04/0000" in offered()[0]
        text = await screen_after(pilot, "a")
        assert "half" in text and "unfinished draft" in text
        text = await screen_after(pilot, "ctrl+r")
        assert "^r again" in text
        await press(pilot, "ctrl+r", "escape", "escape")
    assert not Store(runs / ".patchjury").drafts.of("ann") and written(runs) == {}


async def test_in_the_attempts_own_patch_the_next_change_is_a_line_to_comment_on(
    runs: Path,
) -> None:
    async with running(runs) as (app, pilot):
        await press(pilot, "A", "right_square_bracket", "c", *"zero must be zero", "ctrl+s")
        own = triage_screen(app).triage.own(FIRST)
        assert own is not None and [(c.line, c.text) for c in own.comments] == [
            (10, "zero must be zero")
        ]


async def test_the_draft_of_a_comment_keeps_its_kind_and_its_lines(runs: Path) -> None:
    """Each key that changes them saves the draft again, so that kill -9 loses nothing."""
    drafts = Store(runs / ".patchjury").drafts

    def kept() -> list[tuple[str, int | None]]:
        return [(draft.kind, draft.last_line) for draft in drafts.of("ann")]

    async with running(runs) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        view.focus()
        view.action_jump("change", 1)
        await press(pilot, "c", *"why two")
        await until(pilot, lambda: len(kept()) == 1, "a draft is kept")
        await press(pilot, "ctrl+t", "ctrl+down")
        await until(pilot, lambda: kept() == [("error", 11)], "with its kind and lines")
    async with running(runs) as (app, pilot):
        await until(pilot, lambda: any("engine/core.py:10" in n for n in notices(app)), "offered")
        view = triage_screen(app).attempt_pane.document_view
        view.focus()
        view.action_jump("change", 1)
        text = await screen_after(pilot, "c")
        assert "[error]" in text and "engine/core.py:10-11" in text and "why two" in text
        text = await screen_after(pilot, "ctrl+r", "ctrl+r")
        assert "[note]" in text and "engine/core.py:10 " in text and "why two" not in text
        assert not kept()


async def test_what_was_written_is_taken_back_and_recorded_again(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await press(
            pilot, "a", *"good", "ctrl+s", "a", "tab", *"bad", "ctrl+s", "greater_than_sign"
        )
        text = await screen_after(pilot, "u")
        assert triage_screen(app).attempt_key == FIRST
        assert "analysis taken back; now What is right" in text
        assert "analysis taken back; now none" in await screen_after(pilot, "u")
        await press(pilot, "U")
        text = await screen_after(pilot, "U")
        assert "analysis recorded again; now What is right, Critical errors" in text
        text = await screen_after(pilot, "a")
        assert "good" in text and "bad" in text
        text = await screen_after(pilot, "escape", "u")
        assert "bad" not in text.split("What is right")[1], "the pane shows what stands"
        text = await screen_after(pilot, "escape", "y")
        assert "ann  analysis: What is right, Critical errors" in text
        assert text.count("takes the analysis back") == 3
    assert written(runs) == {"right": "good"}


async def test_the_pane_follows_a_verdict_that_is_taken_back(runs: Path) -> None:
    """It is replaced twice at once: by the attempt's page, then by what is recorded there now."""
    async with running(runs) as (app, pilot):
        await press(pilot, "1", "a", "escape", "u")
        screen = triage_screen(app)
        assert screen.attempt_key == FIRST
        (pane,) = screen.query(WritingPane)
        await press(pilot, "a", *"it was wrong")
        assert "it was wrong" in pane.texts.values()


async def test_findings_snippets_and_tags_complete_what_is_typed(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        finding = Finding("syntax.parse-error", Severity.ERROR, "no colon", file="a.py", line=3)
        triage_screen(app).triage.add_report(CheckReport(FIRST, Criteria(), (finding,)))
        await press(pilot, "a", "tab", *"Bad:", "ctrl+n", "enter")
        text = await screen_after(pilot, *";dup")
        assert "Tab: ;dup becomes “Duplicate keyword arguments" in text
        await press(pilot, "tab", "ctrl+s", "number_sign", *"over", "right", "ctrl+s")
        own = triage_screen(app).triage.own(FIRST)
        assert own is not None and own.tags == ("over-optimization",)
    assert written(runs)["errors"] == (
        "Bad:\n- a.py:3: no colon (syntax.parse-error)\n"
        "Duplicate keyword arguments: the file does not parse."
    )


async def test_a_comment_has_a_kind_and_a_range_and_is_changed_where_it_stands(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        view = screen.attempt_pane.document_view
        view.focus()
        view.action_jump("change", 1)
        text = await screen_after(
            pilot, "c", *"why two", "ctrl+t", "ctrl+down", "ctrl+down", "ctrl+up"
        )
        assert "[error]" in text and "engine/core.py:10-11" in text and "│ value_11 = 11" in text
        await press(pilot, "ctrl+s")
        (comment,) = screen.triage.own(FIRST).comments  # type: ignore[union-attr]
        assert (comment.kind, comment.line, comment.last_line) == (CommentKind.ERROR, 10, 11)
        text = await screen_after(pilot, "c", "ctrl+t", "ctrl+s")
        (comment,) = screen.triage.own(FIRST).comments  # type: ignore[union-attr]
        assert (comment.kind, comment.text) == (CommentKind.QUESTION, "why two")
        text = await screen_after(pilot, "K")
        assert "engine/core.py:10 (base)  ann (question): why two" in text
        assert "ann (question) resolved: why two" in await screen_after(pilot, "x")
        assert screen.triage.own(FIRST).comments[0].resolved  # type: ignore[union-attr]
        view.action_cursor_edge(-1)
        await press(pilot, "enter")
        assert app.screen is screen and view.place == Place("engine/core.py", 10, Side.BASE)
        await press(pilot, "c", "ctrl+a", "ctrl+k", "ctrl+s")
        assert screen.triage.own(FIRST).comments == ()  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [(80, 24), (240, 60)])
async def test_diff_criteria_and_writing_share_every_screen(
    runs: Path, size: tuple[int, int]
) -> None:
    async with running(runs, size=size) as (app, pilot):
        text = await screen_after(pilot, "a", *"good idea")
        assert "good idea" in text and "What is right" in text and "value_1" in text
        assert "syntax" in text and "template" in text, "the criteria never vanish"
        screen = triage_screen(app)
        assert screen.query_one("#writing-fields").size.height >= 4
        await press(pilot, "ctrl+s")
        await settled(pilot)
        assert not screen.query(WritingPane)


async def test_an_editor_that_is_not_there_or_cannot_be_reached_is_told(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with running(runs) as (app, pilot):
        await press(pilot, "a", *"good", "ctrl+g")
        assert any("no editor is set" in said for said in notices(app))
        monkeypatch.setenv("EDITOR", "true")
        text = await screen_after(pilot, "ctrl+g")
        assert "An editor cannot be started" in text and "good" in text
