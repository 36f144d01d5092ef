"""Every contradiction is reported, and a verdict against facts or itself is flagged."""

from __future__ import annotations

import itertools

import pytest

from core.assess.contradictions import can_follow, flags_of
from core.assess.decisions import Decision, decision_of_outcome
from core.assess.outcome import assess, outcome_of
from core.models import CRITERIA, UNKNOWN, Contradiction, Criteria, Flag, PatchState
from tests.core.assess.verdict_samples import (
    FAILURE,
    GOOD,
    PARTIAL,
    TRUE,
    attempt,
    judged,
    report,
    verdict,
)

LOGIC = "optimization_logic_match"


def _known(*values: bool | None) -> Criteria:
    return Criteria(*values)


@pytest.mark.parametrize("values", list(itertools.product([True, False, None], repeat=5)))
def test_a_decision_can_follow_exactly_when_some_completion_gives_it(
    values: tuple[bool | None, ...],
) -> None:
    criteria = _known(*values)
    options = [[v] if v is not None else [True, False] for v in values]
    implied = {
        decision_of_outcome(outcome_of(_known(*full), has_patch=True, marked_success=None))
        for full in itertools.product(*options)
    }
    for decision in (Decision.TRUE_SUCCESS, Decision.PARTIAL_SUCCESS, Decision.NOT_A_SUCCESS):
        assert can_follow(decision, criteria) is (decision in implied), decision
    assert can_follow(Decision.CANNOT_TELL, criteria)


def test_without_a_patch_only_not_a_success_can_follow() -> None:
    possible = [d for d in Decision if can_follow(d, UNKNOWN, has_patch=False)]
    assert possible == [Decision.NOT_A_SUCCESS, Decision.CANNOT_TELL]


@pytest.mark.parametrize(
    ("decision", "own", "check", "flags"),
    [
        (Decision.TRUE_SUCCESS, UNKNOWN, Criteria(syntax_correct=False), [Flag.AGAINST_FACT]),
        (Decision.TRUE_SUCCESS, Criteria(is_complete=False), UNKNOWN, [Flag.AGAINST_OWN_CRITERIA]),
        (Decision.NOT_A_SUCCESS, UNKNOWN, GOOD, [Flag.AGAINST_FACT]),
        (
            Decision.PARTIAL_SUCCESS,
            Criteria(True, files_match=True),
            Criteria(False),
            [Flag.AGAINST_FACT],
        ),
        (Decision.PARTIAL_SUCCESS, GOOD, UNKNOWN, [Flag.AGAINST_OWN_CRITERIA]),
        (Decision.NOT_A_SUCCESS, UNKNOWN, Criteria(syntax_correct=False), []),
        (Decision.CANNOT_TELL, UNKNOWN, GOOD, []),
        (None, Criteria(syntax_correct=True), Criteria(syntax_correct=False), [Flag.AGAINST_FACT]),
        (None, Criteria(syntax_correct=True), Criteria(files_match=False), []),
    ],
)
def test_what_a_verdict_contradicts_is_flagged(
    decision: Decision | None, own: Criteria, check: Criteria, flags: list[Flag]
) -> None:
    assert list(flags_of(decision, own, check, has_patch=True)) == flags


def test_a_success_without_a_patch_is_against_a_fact() -> None:
    assert flags_of(Decision.TRUE_SUCCESS, UNKNOWN, UNKNOWN, False) == (Flag.AGAINST_FACT,)


def test_judge_against_check_is_told_and_the_check_settles() -> None:
    known = assess(
        attempt(),
        judgements=[judged(Criteria(True))],
        report=report(Criteria(False)),
    )
    assert known.contradictions == (Contradiction("syntax_correct", ("check", "judge")),)
    assert (known.criteria.syntax_correct, known.settled_by["syntax_correct"]) == (False, "check")


def test_voices_that_agree_or_are_silent_contradict_nothing() -> None:
    known = assess(
        attempt(),
        [verdict("v", criteria=Criteria(True), outcome=TRUE)],
        [judged(Criteria(True, True))],
        report(Criteria(True, None, True)),
    )
    assert known.contradictions == ()


def test_person_against_check_and_judge_are_two_contradictions() -> None:
    known = assess(
        attempt(),
        [verdict("v", criteria=Criteria(is_complete=True))],
        [judged(Criteria(is_complete=False))],
        report(Criteria(is_complete=False)),
    )
    assert [c.voices for c in known.contradictions] == [("check", "person"), ("judge", "person")]
    assert known.conflicts == ("is_complete",)


def test_people_against_each_other_on_a_criterion_leave_it_to_nobody() -> None:
    known = assess(
        attempt(),
        [
            verdict("a", outcome=PARTIAL, criteria=Criteria(is_template_code=True)),
            verdict("b", "bo", 1, outcome=PARTIAL, criteria=Criteria(is_template_code=False)),
        ],
        report=report(Criteria(is_template_code=False)),
    )
    assert Contradiction("is_template_code", ("person", "person")) in known.contradictions
    assert Contradiction("is_template_code", ("check", "person")) in known.contradictions
    assert known.criteria.is_template_code is None
    assert "is_template_code" not in known.settled_by
    assert (known.outcome, known.disputed) == (PARTIAL, False), "they agree on the outcome"


def test_a_decision_against_the_judges_outcome_is_told() -> None:
    known = assess(attempt(), [verdict("v", outcome=FAILURE)], [judged(GOOD)])
    assert known.contradictions == (Contradiction("outcome", ("judge", "person")),)
    agreeing = assess(attempt(), [verdict("v", outcome=TRUE)], [judged(GOOD)])
    assert agreeing.contradictions == ()
    unsure = assess(attempt(), [verdict("v", cannot_tell="cut")], [judged(GOOD)])
    assert unsure.contradictions == ()


def test_a_decision_against_a_fact_counts_and_is_told() -> None:
    known = assess(attempt(), [verdict("v", outcome=TRUE)], report=report(Criteria(False)))
    assert (known.outcome, known.contradictions) == (
        TRUE,
        (Contradiction("outcome", ("check", "person")),),
    )
    none = assess(attempt(state=PatchState.EMPTY), [verdict("v", outcome=PARTIAL)])
    assert none.contradictions == (Contradiction("outcome", ("check", "person")),)


def test_a_dispute_is_a_contradiction_between_people() -> None:
    known = assess(attempt(), [verdict("a", outcome=TRUE), verdict("b", "bo", outcome=FAILURE)])
    assert known.contradictions == (Contradiction("outcome", ("person", "person")),)


def test_what_was_adjudicated_is_no_contradiction_any_more() -> None:
    known = assess(
        attempt(),
        [
            verdict("a", outcome=TRUE, criteria=Criteria(True)),
            verdict("b", "bo", outcome=FAILURE, criteria=Criteria(False)),
            verdict("c", "cy", 1, outcome=TRUE, adjudicates=("a", "b")),
        ],
    )
    assert known.contradictions == ()
    assert set(CRITERIA) >= set(known.settled_by)
    assert known.criteria.syntax_correct is None, "the adjudicator left it open, and they differ"
