"""The evidence panel: findings rule by rule, the judge within reach, what follows and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.models import CheckReport, Criteria, Finding, Judgement, JudgementState, Severity
from tests.support.runs import build_runs
from tests.support.screen import press, running, screen_after, screen_text, settled, triage_screen

FIRST = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


async def test_many_findings_of_one_rule_stand_in_one_line_until_they_are_opened(
    runs: Path,
) -> None:
    names = [
        Finding("names.undefined", Severity.WARNING, f"name_{n}", file="a.py", line=n + 1)
        for n in range(79)
    ]
    odd = Finding("patch.odd", Severity.ERROR, "once")
    opinion = Judgement("j", FIRST, JudgementState.VERDICT, reasoning="because of that")
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        screen.triage.add_report(CheckReport(FIRST, Criteria(), (*names, odd)))
        screen.triage.add_judgement(opinion)
        screen.redrawing.now([FIRST])
        await settled(pilot)
        text = screen_text(app)
        assert "names.undefined  79 findings  first: a.py:1: name_0" in text
        assert "80 findings" in text  # how many there are in all
        await press(pilot, "tab", "tab", "G")
        assert "because of that" in screen_text(app)
        panel = screen.attempt_pane.evidence
        while "79 findings" not in panel.draw(panel.cursor, 100).plain:
            panel.action_cursor_move(-1)
        lines = panel.line_count()
        text = await screen_after(pilot, "enter")
        assert panel.line_count() == lines + 10 and "1 to 10  (Enter: the next)" in text
        text = await screen_after(pilot, *["enter"] * 7)
        assert panel.line_count() == lines + 9 and "71 to 79  (Enter: folds them)" in text
        await press(pilot, "enter")
        assert panel.line_count() == lines


async def test_what_the_outcome_would_be_is_said_with_the_reason(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        triage_screen(app).triage.add_report(CheckReport(FIRST, Criteria(syntax_correct=False)))
        text = await screen_after(pilot, "l")
        assert "partial success  so far: syntax is bad" in text
