"""Sheets that one writes on: what is recorded of them, whose they are, what is sealed."""

from __future__ import annotations

from core.assess.assigning import AssignmentPlan, draw_plan
from core.models import AnalysisScope
from core.triage.desk import Desk
from tests.core.assess.verdict_samples import NOON, SHA, TRUE
from tests.core.triage.test_triage import KEY, OTHER, Opened, opened  # noqa: F401 - a fixture

ATTEMPT, COMMIT, WHOLE = AnalysisScope.ATTEMPT, AnalysisScope.COMMIT, AnalysisScope.WHOLE


def test_only_what_changed_is_recorded_and_each_where_it_belongs(opened: Opened) -> None:  # noqa: F811
    triage = opened()
    desk = Desk(triage)
    sheet = desk.sheet(ATTEMPT, KEY)
    texts = {"note": "slow", "tags": "odd, , odd, new ", "right": "the idea", "errors": ""}
    assert desk.record(sheet, texts, seconds=3.0) == ["Note", "Tags", "What is right"]
    own, written = triage.own(KEY), triage.analyses.own(ATTEMPT, KEY)
    assert own is not None and (own.note, own.tags, own.seconds) == ("slow", ("odd", "new"), 3.0)
    assert written is not None and dict(written.texts) == {"right": "the idea"}
    assert written.basis == triage.basis(KEY)
    again = desk.sheet(ATTEMPT, KEY)
    assert again.texts == {"right": "the idea", "note": "slow", "tags": "odd, new"}
    assert desk.record(again, again.texts) == [], "nothing changed, nothing is recorded"
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
    desk = Desk(ada)
    assert desk.sheet(ATTEMPT, KEY).others == {"right": "bo: all false"}
    assert desk.sheet(WHOLE).others == {"findings": "bo: all false"}
    ada.view.blind = True
    for scope, about in ((ATTEMPT, KEY), (COMMIT, SHA), (WHOLE, "")):
        assert desk.sheet(scope, about).others == {}
    ada.decide(KEY, outcome=TRUE)
    assert desk.sheet(ATTEMPT, KEY).others and not desk.sheet(COMMIT, SHA).others
    ada.decide(OTHER, outcome=TRUE)
    assert desk.sheet(COMMIT, SHA).others == {"change": "bo: all false"}


def test_what_came_back_is_closed_until_one_has_decided_again(opened: Opened) -> None:  # noqa: F811
    lead = opened("lead")
    plan = AssignmentPlan(("ada",), seed=3, again=1.0)
    lead.assign(draw_plan(plan, lead.assessments(), "lead", NOON))
    ada = opened("ada")
    desk = Desk(ada)
    desk.record(desk.sheet(ATTEMPT, KEY), {"note": "mine", "right": "much"})
    ada.decide(KEY, outcome=TRUE)
    sheet = desk.sheet(ATTEMPT, KEY)
    assert sheet.closed and sheet.texts == {}
    ada.decide(KEY, outcome=TRUE)
    assert not desk.sheet(ATTEMPT, KEY).closed
    assert desk.sheet(ATTEMPT, KEY).texts["right"] == "much"
