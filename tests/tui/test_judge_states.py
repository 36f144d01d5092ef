"""How the judge's calls ended, as the screen shows it: signs, queues, evidence, asking again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.widgets import TextArea

from core.judge.books.ledger import read_totals
from core.judge.fake_server import FakeOpenAI
from core.models import (
    Answer,
    Call,
    Criteria,
    Finding,
    Issue,
    Judgement,
    JudgementState,
    Severity,
)
from core.places import state_folder
from core.records import replace
from core.store import Store
from tests.support.runs import SHAS, build_runs
from tests.support.screen import (
    ask_judge,
    judge_over,
    press,
    running,
    screen_after,
    screen_text,
    settled,
    triage_screen,
    until,
)
from tests.support.textual_private import has_left, notices
from tui.cli import main
from tui.render.signs import JUDGEMENT_SIGNS
from tui.screens.triage import TriageScreen
from tui.screens.trust_dialog import TrustScreen
from tui.themes import THEMES
from tui.widgets.evidence import Evidence

pytestmark = pytest.mark.usefixtures("quick_judge")

VERDICT, INCOMPLETE, REFUSED, UNPARSEABLE, ERROR = JudgementState
ITEM = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-"
FIRST, SECOND, EMPTY = (f"{ITEM}{number:04}" for number in range(3))
NOW = datetime(2026, 5, 1, tzinfo=UTC)
GOOD = Criteria(True, True, True, True, False)


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


def opinion(
    number: int, attempt: str = FIRST, state: JudgementState = VERDICT, **more: object
) -> Judgement:
    """A judgement of the newest question."""
    judgement = Judgement(
        f"j{number}",
        attempt,
        state,
        Criteria() if state is not VERDICT else GOOD,
        vote=number,
        question="q",
        created=NOW,
        model="gpt-5",
    )
    return replace(judgement, **more)  # type: ignore[arg-type]


def keep(runs: Path, *judgements: Judgement) -> None:
    Store(runs / ".patchjury").add_judgements(SHAS[0], judgements)


def test_every_state_has_a_sign_and_a_colour_of_its_own_in_every_theme() -> None:
    assert set(JUDGEMENT_SIGNS) == set(JudgementState)
    signs, styles = zip(*JUDGEMENT_SIGNS.values(), strict=True)
    assert len(set(signs)) == len(set(styles)) == len(JudgementState)
    for theme in THEMES:
        colours = [theme.variables[style.removeprefix("$")] for style in styles]
        assert len(set(colours)) == len(colours), theme.name


@pytest.mark.parametrize("state", JudgementState)
async def test_a_state_is_seen_in_the_list_and_found_by_queue_and_search(
    runs: Path, state: JudgementState
) -> None:
    keep(runs, opinion(1, SECOND, state, error="" if state is VERDICT else "no luck"))
    letter = {VERDICT: "v", INCOMPLETE: "i", REFUSED: "r", UNPARSEABLE: "p", ERROR: "e"}[state]
    sign = JUDGEMENT_SIGNS[state][0]
    async with running(runs) as (app, pilot):
        row = next(line for line in screen_text(app).split("\n") if "/0001" in line[:60])
        assert sign in row[:48]
        text = await screen_after(pilot, "Q")
        assert next(x for x in text.split("\n") if f"judge: {state}" in x).split()[-2] != "0"
        text = await screen_after(pilot, letter)
        screen = triage_screen(app)
        assert f"Commits · judge: {state}" in text
        assert (screen.lists.listed, screen.attempt_key) == ([SECOND], SECOND)
        assert screen.lists.commit_list.keys == [SHAS[0]]
        await press(pilot, "Q", "a")
        assert len(screen.lists.listed) == 5
        screen.lists.attempt_list.filter_rows(f"judge:{state}")
        assert screen.lists.attempt_list.keys == [SECOND]


async def test_an_empty_queue_is_said_and_changes_nothing(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await press(pilot, "Q", "c")
        assert app.screen is not triage_screen(app)
        await press(pilot, "escape")
        assert len(triage_screen(app).lists.listed) == 5


async def test_next_stays_within_the_queue_and_undo_leaves_it(runs: Path) -> None:
    keep(runs, opinion(1, FIRST, REFUSED), opinion(2, SECOND, REFUSED))
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "N", "1")  # decides on an attempt that is not refused
        decided = next(
            a.key for a in screen.triage.run_set.attempts if screen.triage.history(a.key)
        )
        await press(pilot, "Q", "r")
        assert screen.attempt_key == FIRST
        await press(pilot, "n")
        assert screen.attempt_key == SECOND
        await press(pilot, "n")
        assert screen.attempt_key == FIRST
        await press(pilot, "u")
        assert (screen.attempt_key, screen.lists.queue) == (decided, None)


# The evidence panel


async def test_the_panel_says_how_votes_divide(runs: Path) -> None:
    no = replace(GOOD, optimization_logic_match=False, is_complete=None)
    keep(
        runs,
        opinion(1),
        opinion(2, criteria=no),
        opinion(3, state=REFUSED, error="declined", code="refusal"),
    )
    async with running(runs) as (app, _pilot):
        lines = screen_text(app).split("\n")
    letters = {"syntax": "s", "logic": "l", "complete": "m", "template": "t"}
    rows = {
        name: next(line for line in lines if f" {letter} {name} " in line)
        for name, letter in letters.items()
    }
    assert "✔ 2:0 ?1" in rows["syntax"]
    assert "± 1:1 ?1" in rows["logic"]
    assert "± 1:0 ?2" in rows["complete"]
    assert "✔ 0:2 ?1" in rows["template"]


async def test_the_panel_tells_all_that_bears_on_an_opinion(runs: Path) -> None:
    call = Call("c", "gpt-5", NOW, 1.0, "hash", fake=True)
    told = (
        Answer("syntax_correct", "yes", "it parses", ("value_10 = 100",)),
        Answer("is_complete", "no", "one is missing", counted=False),
        Answer("optimization_logic_match", "cannot_assess", "who knows"),
    )
    tripwire = Finding(
        "injection.patch", Severity.WARNING, "asks for a certain answer", file="x.py", line=1
    )
    keep(
        runs,
        opinion(
            1,
            SECOND,
            calls=(call,),
            answers=told,
            cached="j0",
            reasoning="all is well",
            facts_given=True,
            missing_evidence=("attempt: 1 of 3 files left out for size (big.py)",),
            tripwires=(tripwire,),
            issues=(Issue("slow loop", Severity.WARNING, "engine/core.py", 20),),
        ),
        opinion(2, FIRST, without_reference=True),
    )
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        assert "judged without a reference" in everything(screen)
        await press(pilot, "down")
        text = everything(screen)
        for wanted in (
            "◆ verdict  gpt-5, cached, made up by a test server  all is well",
            "evidence incomplete: attempt: 1 of 3 files left out for size (big.py)",
            "the judge was given what the checks found",
            "aimed at the judge: x.py:1: asks for a certain answer",
            "engine/core.py:20: slow loop",
            "✔ syntax yes  it parses",
            "│ value_10 = 100",
            "· complete no (does not count: evidence is missing)  one is missing",
            "· logic cannot assess  who knows",
        ):
            assert wanted in text, wanted


def everything(screen: TriageScreen) -> str:
    """All rows of the evidence panel."""
    panel = screen.query_one(Evidence)
    lines = [panel.draw(index, 400).plain for index in range(panel.line_count())]
    return "\n".join(lines)


async def test_an_opinion_that_is_told_again_is_one_opinion(runs: Path, server: FakeOpenAI) -> None:
    async with running(runs) as (app, pilot):
        for _ in range(3):
            await ask_judge(pilot)
            await press(pilot, "enter")
            await judge_over(app, pilot)
        assert "judge: 1 verdict" in everything(triage_screen(app))
        held = triage_screen(app).triage.assessment(FIRST).judgements
    assert len(held) == 1
    assert server.paid == 2


# Asking again, stopping, leaving


async def test_one_key_asks_again_where_the_judge_failed(runs: Path, server: FakeOpenAI) -> None:
    server.orders = ["", "refusal", "html"]
    async with running(runs) as (app, pilot):
        await ask_judge(pilot, "c")
        await press(pilot, "enter")
        await judge_over(app, pilot)
        text = await screen_after(pilot, "r")
        assert "▸ f  failed ones again (2, and" in text and "The previous run:" in text
        await press(pilot, "enter")
        await judge_over(app, pilot)
        assert "judged 2/3" in screen_text(app)
    stored = Store(runs / ".patchjury").load().judgements
    assert [[j.state for j in found][-1] for found in stored.values()] == [VERDICT, VERDICT]


async def test_a_rubric_that_fails_is_told_and_asked_for_again(
    runs: Path, server: FakeOpenAI
) -> None:
    server.orders = ["bad_request"]
    async with running(runs) as (app, pilot):
        await ask_judge(pilot)
        await press(pilot, "enter")
        await judge_over(app, pilot)
        said = notices(app)
        assert any("1 rubric failed: HTTP 400" in text for text in said)
        text = await screen_after(pilot, "r")
        assert "3 calls (1 for rubrics" in text
        await press(pilot, "enter")
        await judge_over(app, pilot)
    assert len(Store(runs / ".patchjury").load().judgements) == 2


async def test_without_a_key_the_dialog_says_so_and_does_not_start(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PATCHJURY_BASE_URL", raising=False)
    monkeypatch.setenv("PATCHJURY_MODEL", "gpt-5")
    async with running(runs) as (app, pilot):
        text = await ask_judge(pilot)
        assert "There is no API key. Set OPENAI_API_KEY" in text
        assert "gpt-5 w" in text and "shut down on 2026-12-11" in text
        await press(pilot, "enter")
        assert app.screen is not triage_screen(app)
        await press(pilot, "escape", "greater_than_sign", "greater_than_sign")
        text = await ask_judge(pilot)
        assert "nothing to ask about these attempts: it has no patch" in text


async def test_the_palette_has_every_scope(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        commands = {c.title: c for c in app.get_system_commands(app.screen)}
        for words in ("this attempt", "this commit", "the listed", "undecided", "failed attempts"):
            assert any("judge" in title and words in title for title in commands), words
        commands["Ask the judge about this commit"].callback()
        await until(pilot, lambda: "▸ c  this commit" in screen_text(app), screen_text(app))


async def test_the_list_stays_alive_while_the_judge_works(runs: Path, server: FakeOpenAI) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await ask_judge(pilot, "u")
        server.hold.begin()
        await pilot.press("enter")
        await until(pilot, lambda: "judging" in screen_text(app), "the judge did not begin")
        await press(pilot, "down", "3", "slash", *"0000", "escape")
        assert screen.judging.is_at_work  # the search was left, not the judge
        assert "judging" in screen_text(app)
        assert "reviewed 1/3" in screen_text(app)
        await press(pilot, "tab", "escape")  # back from the diff to the list
        server.hold.end()
        await judge_over(app, pilot)
        assert "judged 3/3" in screen_text(app)
    assert server.paid == 5


async def test_leaving_waits_for_what_is_paid(runs: Path, server: FakeOpenAI) -> None:
    async with running(runs) as (app, pilot):
        await ask_judge(pilot, "u")
        server.hold.begin()
        await pilot.press("enter")
        await until(pilot, lambda: server.paid, "no call was made")
        await pilot.press("q")
        assert "waits for its calls in flight" in notices(app)[-1] and not has_left(app)
        server.hold.end()
        await until(pilot, lambda: has_left(app), "the app did not end after the calls in flight")
    totals = read_totals(runs / ".patchjury")
    assert (totals.calls, totals.cut_off) == (server.paid, 0)
    assert server.paid < 5


async def test_a_rubric_that_cannot_be_used_is_not_lost_by_one_key(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await press(pilot, "E", "ctrl+home", "ctrl+k", *"mine", "ctrl+s")
        text = await screen_after(pilot, "escape")
        assert "esc again discards the change" in text
        assert app.screen.query_one(TextArea).text.startswith("mine")


async def test_a_run_can_be_stopped_as_soon_as_it_is_started(
    runs: Path, server: FakeOpenAI
) -> None:
    async with running(runs, (80, 24)) as (app, pilot):
        await ask_judge(pilot, "u")
        await pilot.press("enter", "escape")
        await judge_over(app, pilot)
        assert not triage_screen(app).judging.is_at_work
        await ask_judge(pilot, "u")
        assert app.screen is not triage_screen(app)


async def test_a_small_screen_shows_the_work_under_way(tmp_path: Path, server: FakeOpenAI) -> None:
    runs = build_runs(tmp_path / "a folder with a rather long name for its runs")
    for number in range(3):
        (runs / "state" / f"{number}").mkdir()
        (runs / "state" / f"{number}" / "journal.json").write_text("{", encoding="utf-8")
    async with running(runs, (80, 24)) as (app, pilot):
        await ask_judge(pilot, "u")
        server.hold.begin()
        await pilot.press("enter")
        await until(
            pilot, lambda: "judging 0/3" in screen_text(app).split("\n")[0], "no work is shown"
        )
        server.hold.end()
        await judge_over(app, pilot)


async def test_without_a_model_the_dialog_offers_one_and_remembers_the_choice(
    runs: Path, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PATCHJURY_MODEL")
    server.model_list = [{"id": "gpt-5"}, {"id": "gpt-5-mini"}]
    async with running(runs) as (app, pilot):
        text = await screen_after(pilot, "J")
        assert "No model has been chosen yet" in text
        assert "m gpt-5 (proposed)" in text
        assert "1  gpt-5 ($1.25 in and $10.00 out per million tokens)" in text
        assert "2  gpt-5-mini" in text and "Enter starts" not in text
        await press(pilot, "enter")
        assert app.screen is not triage_screen(app)  # nothing starts
        assert "gpt-5 at http://127.0.0.1" in await screen_after(pilot, "m")
        text = await screen_after(pilot, "escape", "J")
        assert "gpt-5 at http://127.0.0.1" in text
        assert "gpt-5-mini at http://127.0.0.1" in await screen_after(pilot, "m", "2")
    assert server.paid == 0


async def test_another_model_and_a_limit_are_typed_into_the_dialog(
    runs: Path, server: FakeOpenAI
) -> None:
    async with running(runs) as (app, pilot):
        await ask_judge(pilot)
        await press(pilot, "m", "o", *"qwen-9")  # q is a letter there
        text = await screen_after(pilot, "enter")
        assert "qwen-9 at http://127.0.0.1" in text and "at an unknown cost" in text
        text = await screen_after(pilot, "$", *"x", "enter")
        assert "'x' is not an amount" in text
        await press(pilot, "m", "1", "$", *"0.1")
        assert "the limit of $0.1 allows 0 calls at once" in await screen_after(pilot, "enter")
        await press(pilot, "$", "escape")
        assert app.screen is not triage_screen(app)  # only the field was put away
        await press(pilot, "enter")
        await judge_over(app, pilot)
        assert "The cost limit of $0.1 is reached" in " ".join(notices(app))
    assert server.paid == 0


async def test_whether_opinions_of_others_count_is_asked_once(
    runs: Path, server: FakeOpenAI
) -> None:
    assert main(["judge", str(runs)]) == 0
    (state_folder() / "seal.key").unlink()  # as another user has it
    for _ in range(2):  # left open it is asked again
        async with running(runs) as (app, pilot):
            screen = triage_screen(app)
            assert screen.triage.assessment(FIRST).settled_by == {}
            asked = lambda: "set aside for good" in screen_text(app)  # noqa: E731
            await until(pilot, asked, "nobody asked about foreign opinions")
            await press(pilot, "n", "1", "escape")  # what is pressed on the way answers nothing
            assert "judge: 1 set aside" in screen_text(app)
            assert "set aside: it is in a store of yours" in screen_text(app)
            assert screen.session.awaiting_trust
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        asked = lambda: "set aside for good" in screen_text(app)  # noqa: E731
        await until(pilot, asked, "nobody asked about foreign opinions")
        await settled(pilot)
        app.pressed_at = 0.0  # a key that was typed before the question appeared
        question = app.screen
        assert isinstance(question, TrustScreen)
        question.action_answer(True)
        assert app.screen is question and screen.session.awaiting_trust
        await press(pilot, "A")
        counts = lambda: "judged 3/3" in screen_text(app)  # noqa: E731
        await until(pilot, counts, "what was accepted does not count")
        assert screen.triage.assessment(FIRST).settled_by
    async with running(runs) as (app, pilot):
        assert not triage_screen(app).session.awaiting_trust
        assert "judged 3/3" in screen_text(app)
