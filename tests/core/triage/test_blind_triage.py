"""Blind sessions, assignments and analyses of several reviewers, through the store."""

from __future__ import annotations

import pytest

from core.assess.assigning import AssignmentPlan, draw_plan
from core.assess.queues import queue_named
from core.errors import InputError
from core.models import AnalysisScope, CheckReport, Criteria, InView, Judgement, JudgementState
from core.triage import Triage
from tests.core.assess.verdict_samples import FAILURE, GOOD, NOON, PARTIAL, SHA, TRUE, UNDECIDED
from tests.core.triage.test_triage import KEY, OTHER, Opened, opened  # noqa: F401 - a fixture


def judged(triage: Triage) -> None:
    triage.add_judgement(Judgement("j", KEY, JudgementState.VERDICT, GOOD))


def test_a_blind_session_shows_nothing_until_one_has_decided(opened: Opened) -> None:  # noqa: F811
    bo = opened("bo")
    bo.decide(KEY, outcome=FAILURE)
    bo.save()
    ada = opened("ada")
    ada.view.blind = True
    judged(ada)
    known = ada.assessment(KEY)
    assert (known.outcome, known.judgements, known.verdicts) == (UNDECIDED, (), ())
    assert known.attempt.marked_success is None
    assert ada.attempt(KEY).marked_success is None
    assert [a.marked_success for a in ada.attempts_of(SHA)] == [None, None]
    assert ada.commit_progress(SHA).marked == 0
    assert (ada.history(KEY), ada.is_reviewed(KEY), ada.needs_decision(KEY)) == ((), False, True)
    assert (ada.progress().reviewed, ada.progress().judged) == (0, 0)
    verdict = ada.decide(KEY, outcome=TRUE)
    assert (verdict.in_view, verdict.blind) == ((), True)
    assert ada.assessment(KEY).disputed, "now it is shown, with agreement or not"
    assert ada.attempt(KEY).marked_success is True
    assert [a.marked_success for a in ada.attempts_of(SHA)] == [True, None]
    assert len(ada.history(KEY)) == 2
    later = ada.decide(KEY, note="after the fact")
    assert set(later.in_view or ()) == {InView.JUDGE, InView.VERDICTS, InView.CLAIM}


def test_an_open_session_records_what_could_be_seen(opened: Opened) -> None:  # noqa: F811
    triage = opened()
    assert triage.decide(OTHER, outcome=TRUE).in_view == (InView.CLAIM,)
    judged(triage)
    assert triage.decide(KEY, outcome=TRUE).in_view == (InView.JUDGE, InView.CLAIM)
    assert triage.decide(KEY, outcome=TRUE, in_view=()).blind is True, "the screen knows better"


def test_undoing_seals_again(opened: Opened) -> None:  # noqa: F811
    triage = opened()
    triage.view.blind = True
    judged(triage)
    triage.decide(KEY, outcome=TRUE)
    assert not triage.view.is_sealed(KEY)
    triage.undo(KEY)
    assert triage.view.is_sealed(KEY)
    triage.view.blind = False
    assert triage.assessment(KEY).judgements


def test_facts_that_come_in_are_seen_while_sealed(opened: Opened) -> None:  # noqa: F811
    triage = opened()
    triage.view.blind = True
    assert triage.assessment(KEY).report is None
    triage.add_report(CheckReport(KEY, Criteria(syntax_correct=False)))
    assert triage.assessment(KEY).criteria.syntax_correct is False


def test_an_assignment_is_stored_fulfilled_and_named(opened: Opened) -> None:  # noqa: F811
    lead = opened("lead")
    plan = AssignmentPlan(("ada", "bo"), each=1, seed=3)
    records = draw_plan(plan, lead.assessments(), "lead", NOON)
    assert (lead.assign(records), lead.assign(records)) == (2, 0), "twice is once"
    (mine,) = [a for a in records if a.reviewer == "ada"]
    ada = opened("ada")
    queue = queue_named("assigned").select(ada.assessments(), ada.queue_context())
    assert [known.attempt.key for known in queue] == [mine.attempt]
    verdict = ada.decide(mine.attempt, outcome=TRUE)
    assert verdict.origin is not None and verdict.origin.assignment == mine.id
    assert not queue_named("assigned").select(ada.assessments(), ada.queue_context())


def test_who_was_asked_sees_no_colleagues_verdict_before_their_own(opened: Opened) -> None:  # noqa: F811
    """Blind or not: the judge and the claim are open, what others say is not."""
    lead = opened("lead")
    lead.assign(
        draw_plan(AssignmentPlan(("ada", "bo"), each=2, seed=3), lead.assessments(), "", NOON)
    )
    bo = opened("bo")
    bo.decide(KEY, outcome=FAILURE, note="no")
    bo.save()
    ada, guest = opened("ada"), opened("guest")
    for triage in (ada, guest):
        triage.view.keeps_apart = True
        judged(triage)
    known = ada.view.look(KEY)
    assert (known.verdicts, known.outcome, ada.history(KEY)) == ((), TRUE, ()), "as the judge"
    assert known.judgements and known.attempt.marked_success
    assert guest.assessment(KEY).verdicts, "who was not asked may look"
    assert {k.attempt.key for k in ada.assessments() if not k.verdicts} == {KEY, OTHER}
    verdict = ada.decide(KEY, outcome=TRUE)
    assert verdict.in_view == (InView.JUDGE, InView.CLAIM)
    assert ada.assessment(KEY).disputed and len(ada.history(KEY)) == 2
    assert InView.VERDICTS in (ada.decide(KEY, outcome=PARTIAL).in_view or ())


def test_what_comes_back_starts_afresh_and_counts_as_said_again(opened: Opened) -> None:  # noqa: F811
    lead = opened("lead")
    plan = AssignmentPlan(("ada",), seed=3, again=1.0)
    lead.assign(draw_plan(plan, lead.assessments(), "lead", NOON))
    ada = opened("ada")
    ada.view.blind = True
    ada.decide(KEY, outcome=TRUE, criteria=Criteria(True), tags=("x",))
    assert ada.own(KEY) is None, "it came back at once: one starts afresh"
    assert ada.assessment(KEY).verdicts == ()
    assert ada.needs_decision(KEY)
    again = ada.decide(KEY, outcome=PARTIAL)
    assert (again.criteria, again.tags) == (Criteria(), ())
    assert again.origin is not None and again.origin.again
    assert (ada.needs_decision(KEY), ada.assessment(KEY).outcome) == (False, PARTIAL)
    ada.save()
    assert not opened("ada").view.waiting(KEY)


def test_one_verdict_for_all_attempts_with_the_same_patch(opened: Opened) -> None:  # noqa: F811
    triage = opened()
    assert triage.same_patch(KEY) == [OTHER]
    verdict = triage.decide(KEY, outcome=FAILURE, tags=("x",), criteria=Criteria(True), seconds=9.0)
    (derived,) = triage.decide_alike(verdict, triage.same_patch(KEY))
    assert (derived.attempt, derived.outcome, derived.tags) == (OTHER, verdict.outcome, ("x",))
    assert (derived.derived_from, derived.criteria) == (verdict.id, Criteria(True))
    assert derived.seconds is None, "nobody spent the time twice"
    unsure = triage.decide(KEY, cannot_tell="cut")
    (derived,) = triage.decide_alike(unsure, [OTHER])
    assert (derived.cannot_tell, derived.outcome) == ("cut", UNDECIDED)


def test_analyses_are_each_reviewers_own_and_saved_with_the_verdicts(opened: Opened) -> None:  # noqa: F811
    ada = opened("ada")
    ada.analyses.write(AnalysisScope.ATTEMPT, KEY, {"right": "The idea", "errors": "One"})
    ada.analyses.write(AnalysisScope.ATTEMPT, KEY, {"errors": "", "story": "It ran"})
    ada.analyses.write(AnalysisScope.COMMIT, SHA, {"change": "Caches"})
    ada.analyses.write(AnalysisScope.WHOLE, "", {"key_finding": "None is real"})
    assert (ada.progress().unsaved, ada.save(), ada.progress().unsaved) == (4, 4, 0)
    bo = opened("bo")
    assert bo.analyses.own(AnalysisScope.ATTEMPT, KEY) is None
    theirs = bo.analyses.of(AnalysisScope.ATTEMPT, KEY)["ada"]
    assert dict(theirs.texts) == {"right": "The idea", "story": "It ran"}
    bo.analyses.write(AnalysisScope.WHOLE, "", {"findings": "Many"})
    assert set(bo.analyses.of(AnalysisScope.WHOLE)) == {"ada", "bo"}
    assert len(bo.analyses.everything()) == 4
    with pytest.raises(InputError, match="no heading 'errors'"):
        bo.analyses.write(AnalysisScope.WHOLE, "", {"errors": "x"})


def test_a_colleagues_analysis_is_taken_in(opened: Opened) -> None:  # noqa: F811
    ada, bo = opened("ada"), opened("bo")
    bo.analyses.write(AnalysisScope.COMMIT, SHA, {"conclusion": "Fine"})
    bo.save()
    ada.take_in(ada.store.load())
    ada.take_in(ada.store.load())
    assert [a.reviewer for a in ada.analyses.everything()] == ["bo"]


def test_what_was_looked_at_before_it_was_sealed_was_in_view(opened: Opened) -> None:  # noqa: F811
    triage = opened()
    judged(triage)
    triage.view.look(KEY)
    triage.view.blind = True
    triage.view.look(OTHER)
    assert triage.decide(OTHER, outcome=TRUE).in_view == ()
    assert triage.decide(KEY, outcome=TRUE).in_view == (InView.JUDGE, InView.CLAIM)


def test_taking_back_seals_and_does_not_make_unseen(opened: Opened) -> None:  # noqa: F811
    """In another session as well: the records tell that it was open."""
    triage = opened()
    triage.view.blind = True
    judged(triage)
    triage.decide(KEY, outcome=TRUE)
    triage.undo(KEY)
    triage.save()
    later = opened()
    later.view.blind = True
    judged(later)
    assert later.view.is_sealed(KEY) and later.assessment(KEY).judgements == ()
    assert later.decide(KEY, outcome=TRUE).in_view == (InView.JUDGE, InView.CLAIM)


def test_what_came_back_hides_even_ones_own_history(opened: Opened) -> None:  # noqa: F811
    lead = opened("lead")
    lead.assign(draw_plan(AssignmentPlan(("ada",), again=1.0), lead.assessments(), "lead", NOON))
    ada = opened("ada")
    ada.view.blind = True
    ada.decide(KEY, outcome=FAILURE, note="mine")
    assert ada.view.is_sealed(KEY) and ada.history(KEY) == ()
    ada.decide(KEY, outcome=TRUE)
    assert len(ada.history(KEY)) == 2
