"""Sheets that one writes on: what is recorded of them, whose they are, what is sealed."""

from __future__ import annotations

from core.assess.assigning import AssignmentPlan, draw_plan
from core.models import AnalysisScope
from core.triage.sheets import Sheets
from tests.core.assess.verdict_samples import NOON, SHA, TRUE
from tests.core.triage.test_triage import KEY, OTHER, Opened, opened  # noqa: F401 - a fixture

ATTEMPT, COMMIT, WHOLE = AnalysisScope.ATTEMPT, AnalysisScope.COMMIT, AnalysisScope.WHOLE


def test_only_what_changed_is_recorded_and_each_where_it_belongs(opened: Opened) -> None:  # noqa: F811
    triage = opened()
    sheets = Sheets(triage)
    sheet = sheets.sheet(ATTEMPT, KEY)
    texts = {"note": "slow", "tags": "odd, , odd, new ", "right": "the idea", "errors": ""}
    assert sheets.record(sheet, texts, seconds=3.0) == ["Note", "Tags", "What is right"]
    own, written = triage.own(KEY), triage.analyses.own(ATTEMPT, KEY)
    assert own is not None and (own.note, own.tags, own.seconds) == ("slow", ("odd", "new"), 3.0)
    assert written is not None and dict(written.texts) == {"right": "the idea"}
    assert written.basis == triage.basis(KEY)
    again = sheets.sheet(ATTEMPT, KEY)
    assert again.texts == {"right": "the idea", "note": "slow", "tags": "odd, new"}
    assert sheets.record(again, again.texts) == [], "nothing changed, nothing is recorded"
    assert len(triage.history(KEY)) == 1


def test_colleagues_texts_stand_below_until_they_would_tell_what_is_sealed(opened: Opened) -> None:  # noqa: F811
    bo = opened("bo")
    for scope, about, name in (
        (ATTEMPT, KEY, "right"),
        (COMMIT, SHA, "change"),
        (WHOLE, "", "findings"),
    ):
        bo.analyses.write(scope, about, {name: "all false"})
    bo.save()
    ada = opened("ada")
    sheets = Sheets(ada)
    assert sheets.sheet(ATTEMPT, KEY).others == {"right": "bo: all false"}
    assert sheets.sheet(WHOLE).others == {"findings": "bo: all false"}
    ada.view.blind = True
    for scope, about in ((ATTEMPT, KEY), (COMMIT, SHA), (WHOLE, "")):
        assert sheets.sheet(scope, about).others == {}
    ada.decide(KEY, outcome=TRUE)
    assert sheets.sheet(ATTEMPT, KEY).others and not sheets.sheet(COMMIT, SHA).others
    ada.decide(OTHER, outcome=TRUE)
    assert sheets.sheet(COMMIT, SHA).others == {"change": "bo: all false"}


def test_what_came_back_is_closed_until_one_has_decided_again(opened: Opened) -> None:  # noqa: F811
    lead = opened("lead")
    plan = AssignmentPlan(("ada",), seed=3, again=1.0)
    lead.assign(draw_plan(plan, lead.assessments(), "lead", NOON))
    ada = opened("ada")
    sheets = Sheets(ada)
    sheets.record(sheets.sheet(ATTEMPT, KEY), {"note": "mine", "right": "much"})
    ada.decide(KEY, outcome=TRUE)
    sheet = sheets.sheet(ATTEMPT, KEY)
    assert sheet.closed and sheet.texts == {}
    ada.decide(KEY, outcome=TRUE)
    assert not sheets.sheet(ATTEMPT, KEY).closed
    assert sheets.sheet(ATTEMPT, KEY).texts["right"] == "much"
