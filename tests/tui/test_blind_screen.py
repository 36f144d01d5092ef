"""Blind on the screen: nothing that is shown, asked or said tells what is sealed."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from core.models import CheckReport, Criteria, InView, Judgement, JudgementState, Outcome, Verdict
from core.settings import remember
from core.store import Store
from tests.support.runs import SHAS, build_runs
from tests.support.screen import press, running, screen_after, screen_text, settled, triage_screen
from tests.tui.test_deciding import FIRST, NOW, stored
from tui.app import PatchjuryApp

GOOD = Criteria(True, True, True, True, False)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


def say_it_all(app: PatchjuryApp) -> None:
    """The judge's word and a certain fact on the first attempt."""
    triage = triage_screen(app).triage
    triage.add_judgement(Judgement("j", FIRST, JudgementState.VERDICT, GOOD, reasoning="splendid"))
    triage.add_report(CheckReport(FIRST, Criteria(syntax_correct=False)))


async def every_picture(app: PatchjuryApp, pilot: Pilot[None]) -> str:
    """All that can be looked at of the attempt on the screen."""
    keys = [["O"], ["P"], ["C", "o"], ["o", "y"], ["escape", "K"], ["escape", "a", "ctrl+n"]]
    keys += [["tab", "ctrl+n"], ["ctrl+r", "ctrl+r"], ["escape", "escape"]]
    return "\n".join([screen_text(app), *[await screen_after(pilot, *some) for some in keys]])


TOLD = ("splendid", "bob", "nearly", "#odd", "marked", 'success"', "✔ true", "◐ partial", "false+")


async def test_claims_opinions_and_colleagues_stand_nowhere_until_one_has_decided(
    runs: Path,
) -> None:
    said = Verdict("v", FIRST, "bob", NOW, Outcome.PARTIAL_SUCCESS, note="nearly", tags=("odd",))
    Store(runs / ".patchjury").add_verdicts(SHAS[0], [said])
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "greater_than_sign", "b")  # only the row of the first was seen
        say_it_all(app)
        screen.lists.select(FIRST)
        await settled(pilot)
        text = await every_picture(app, pilot)
        assert [told for told in TOLD if told in text] == []
        assert "claim sealed" in text and "Sealed until you have decided" in text
        assert "3 not a success" in text
        lines = []
        for key in ("3", "4"):
            screen.lists.select(FIRST)
            await settled(pilot)
            lines.append((await screen_after(pilot, key)).split("\n")[-1])
            text = await screen_after(pilot, "u")
        assert lines[0] == lines[1], "one decision"
        assert "✘ false positive; judge says true success, bob says partial success" in lines[0]
        assert "judge says true success, bob agrees" in await screen_after(pilot, "2")
        screen.lists.select(FIRST)
        await settled(pilot)
        text = screen_text(app)
        assert [told for told in ("1 verdict", "marked success") if told not in text] == []
    records = stored(runs)[1:]
    assert [v.undoes is not None for v in records] == [False, True, False, True, False]
    assert records[-1].in_view == (InView.JUDGE, InView.VERDICTS, InView.CLAIM), "it was open"


async def test_questions_tell_nothing_of_the_claim(runs: Path) -> None:
    """The first was marked a success, the other an error."""
    other = "state/runs/repo/trae/gpt-5/2025-02-03_04-05-06/item-0000"
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "b")
        asked = []
        for key, number in ((FIRST, "3"), (other, "4")):
            screen.triage.add_report(CheckReport(key, Criteria(optimization_logic_match=True)))
            screen.lists.select(key)
            await settled(pilot)
            line = (await screen_after(pilot, number)).split("\n")[-1]
            asked.append(line.partition(": ")[2][:80])
            assert not screen.triage.history(key)
        assert asked[0] == asked[1] and "a certain check says otherwise" in asked[0]
        await press(pilot, "3")  # the other key of the same decision answers the question
        assert screen.triage.history(other)


async def test_a_blind_study_is_opened_only_when_asked_twice(runs: Path) -> None:
    remember(blind=True)
    async with running(runs) as (app, pilot):
        view = triage_screen(app).triage.view
        text = await screen_after(pilot, "b")
        assert "this study is blind" in text and view.blind
        await press(pilot, "b")
        assert not view.blind
        await press(pilot, "b")
        assert view.blind
        await press(pilot, "1")
    assert stored(runs)[-1].in_view == (InView.CLAIM,), "it was open for a moment"
