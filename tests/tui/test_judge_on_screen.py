"""The judge as a user meets it: a dialog with an estimate, a run in the background, the rubric."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import TextArea

from core.errors import InputError
from core.judge.books.ledger import read_totals
from core.judge.fake_server import FakeOpenAI
from core.models import JudgementState
from core.store import Store
from tests.support.runs import SHAS, build_runs
from tests.support.screen import (
    ask_judge,
    judge_over,
    press,
    running,
    screen_after,
    screen_text,
    triage_screen,
    until,
)
from tests.support.textual_private import notices
from tui.documents.rubric_document import parse_rubric_text, rubric_text

pytestmark = pytest.mark.usefixtures("quick_judge")

FIRST = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as fake:
        monkeypatch.setenv("PATCHJURY_BASE_URL", fake.base_url)
        monkeypatch.setenv("PATCHJURY_MODEL", "gpt-5")
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-of-the-user")
        yield fake


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


async def test_a_run_shows_its_price_first_and_its_opinions_after(
    runs: Path, server: FakeOpenAI
) -> None:
    async with running(runs) as (app, pilot):
        text = await ask_judge(pilot)
        assert "this attempt" in text and "2 calls (1 for rubrics" in text and "at most $" in text
        assert server.paid == 0
        await press(pilot, "enter")
        await judge_over(app, pilot)
        text = screen_text(app)
        assert "judged 1/3" in text and "$0." in text
    (judgement,) = Store(runs / ".patchjury").load().judgements[FIRST]
    assert judgement.state is JudgementState.VERDICT
    assert server.paid == read_totals(runs / ".patchjury").calls == 2


async def test_scopes_are_chosen_by_a_letter(runs: Path, server: FakeOpenAI) -> None:
    async with running(runs) as (app, pilot):
        text = await ask_judge(pilot, "u")
        assert "5 calls (2 for rubrics" in text
        text = await screen_after(pilot, "f")
        assert "nothing to ask" in text
        await press(pilot, "enter")
        assert app.screen is not triage_screen(app)
        await press(pilot, "escape")
        assert app.screen is triage_screen(app) and server.paid == 0


async def test_a_refused_key_is_one_clear_message_and_the_session_goes_on(
    runs: Path, server: FakeOpenAI
) -> None:
    server.shares = {"unauthorized": 1.0}
    async with running(runs) as (app, pilot):
        await ask_judge(pilot)
        await press(pilot, "enter")
        await judge_over(app, pilot)
        said = notices(app)
        refused = "The server does not accept the API key (HTTP 401: Incorrect API key provided"
        assert sum(text.startswith(refused) for text in said) == 1
        assert any("1 vote: none new" in text and "1 not run" in text for text in said)
        assert not any("sk-secret" in text for text in said)
        assert "reviewed 1/3" in await screen_after(pilot, "1")


async def test_esc_stops_the_judge_after_the_calls_in_flight(
    runs: Path, server: FakeOpenAI
) -> None:
    async with running(runs) as (app, pilot):
        await ask_judge(pilot, "u")
        server.hold.begin()
        await pilot.press("enter")
        await until(pilot, lambda: server.paid, "no call was made")
        await pilot.press("escape")
        server.hold.end()
        await judge_over(app, pilot)
        assert "2 load" not in screen_text(app)
    assert server.paid < 5
    assert server.paid == read_totals(runs / ".patchjury").calls


async def test_the_judge_yields_to_the_screen(runs: Path, server: FakeOpenAI) -> None:
    async with running(runs) as (app, pilot):
        await ask_judge(pilot, "u")
        server.hold.begin()
        await pilot.press("enter")
        await until(pilot, lambda: server.paid, "no call was made")
        run = triage_screen(app).judging._run
        assert run is not None and run._process._process is not None
        found = os.getpriority(os.PRIO_PROCESS, run._process._process.pid)
        server.hold.end()
        await judge_over(app, pilot)
    assert found > os.getpriority(os.PRIO_PROCESS, 0)


async def test_the_rubric_is_shown_edited_and_never_overwritten(
    runs: Path, server: FakeOpenAI
) -> None:
    async with running(runs) as (app, pilot):
        await ask_judge(pilot)
        await press(pilot, "enter")
        await judge_over(app, pilot)
        assert "a test server made it up" in await screen_after(pilot, "B")
        await press(pilot, "E")
        area = app.screen.query_one(TextArea)
        area.move_cursor(area.document.end)
        text = await screen_after(pilot, "enter", *"-no loop", "ctrl+s")
        assert "edited by ann" in text and "no loop" in text
    rubrics = Store(runs / ".patchjury").rubrics(SHAS[0])
    assert [rubric.edited for rubric in rubrics] == [False, True]


async def test_an_edit_that_cannot_be_used_is_not_lost(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        text = await screen_after(pilot, "E", "ctrl+home", "ctrl+k", *"mine", "ctrl+s")
        assert "mine" in text and app.screen is not triage_screen(app)
        assert Store(runs / ".patchjury").rubrics(SHAS[0]) == []


def test_a_rubric_text_is_read_as_it_was_written() -> None:
    text = "# Bottleneck\nslow\n\n# Essential change\ncache it\n\n# Must have\n- a\n- b\n  and c\n"
    texts = parse_rubric_text(f"{text}\n# Acceptable alternatives\n")
    assert texts == ("slow", "cache it", ("a", "b and c"), ())
    with pytest.raises(InputError, match="Acceptable alternatives"):
        parse_rubric_text(text)
    with pytest.raises(InputError, match="a rubric has no section"):
        parse_rubric_text("# Something else\n")
    with pytest.raises(InputError, match="missing"):
        parse_rubric_text("")
    assert parse_rubric_text(rubric_text(None)) == ("", "", (), ())
