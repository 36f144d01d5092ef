"""Who settles a criterion, which outcome follows, and what counts as reviewed and judged."""

from __future__ import annotations

from itertools import product

import pytest

from core.assess.outcome import (
    assess,
    contradicts_fact,
    is_any_bad,
    is_bad,
    is_cannot_tell,
    is_judged,
    is_open,
    is_reviewed,
    is_unbound,
    outcome_of,
    outcome_settled_by,
)
from core.models import CRITERIA, UNKNOWN, Criteria, Judgement, JudgementState, Outcome, PatchState
from tests.core.assess.verdict_samples import (
    FAILURE,
    FALSE_POSITIVE,
    GOOD,
    ONE,
    OTHER,
    PARTIAL,
    TRUE,
    UNDECIDED,
    attempt,
    judged,
    report,
    verdict,
)


@pytest.mark.parametrize(
    ("criteria", "patch", "marked", "outcome"),
    [
        (GOOD, True, True, TRUE),
        (GOOD, None, None, TRUE),
        (GOOD, False, True, FALSE_POSITIVE),
        (GOOD, False, False, FAILURE),
        (Criteria(True, True, False, True, False), True, True, FALSE_POSITIVE),
        (Criteria(optimization_logic_match=False), True, None, FAILURE),
        (Criteria(True, True, True, True, True), True, True, PARTIAL),
        (Criteria(False, None, True), True, True, PARTIAL),
        (Criteria(True, True, True, True, None), True, True, UNDECIDED),
        (Criteria(False, False, None, False, True), True, True, UNDECIDED),
        (UNKNOWN, None, True, UNDECIDED),
    ],
)
def test_outcome_of(
    criteria: Criteria, patch: bool | None, marked: bool | None, outcome: Outcome
) -> None:
    assert outcome_of(criteria, has_patch=patch, marked_success=marked) is outcome


def test_one_criterion_that_speaks_against_an_attempt_is_enough() -> None:
    for answers in product((None, True, False), repeat=len(CRITERIA)):
        criteria = Criteria(*answers)
        assert is_any_bad(criteria) is any(is_bad(criteria, name) for name in CRITERIA)


def test_people_come_before_checks_and_checks_before_the_judge() -> None:
    known = assess(
        attempt(),
        [verdict("v", criteria=Criteria(syntax_correct=True))],
        [judged(Criteria(False, False, False))],
        report(Criteria(False, True)),
    )
    assert known.criteria == Criteria(True, True, False)
    assert known.settled_by == {
        "syntax_correct": "person",
        "files_match": "check",
        "optimization_logic_match": "judge",
    }


def test_criteria_alone_leave_the_attempt_open() -> None:
    known = assess(attempt(), [verdict("v", criteria=GOOD)])
    assert (known.outcome, known.verdict) == (TRUE, None)
    assert (is_reviewed(known), is_open(known)) == (False, True)
    assert outcome_settled_by(known) == "person"


def test_one_criterion_and_the_judges_rest_are_the_judges_outcome() -> None:
    known = assess(attempt(), [verdict("v", criteria=Criteria(True))], [judged(GOOD)])
    assert (known.outcome, outcome_settled_by(known), is_reviewed(known)) == (TRUE, "judge", False)


def test_cannot_tell_is_reviewed_and_counts_as_unknown() -> None:
    known = assess(attempt(), [verdict("v", cannot_tell="cut")], [judged(GOOD)])
    assert (known.outcome, is_reviewed(known), is_open(known)) == (UNDECIDED, True, False)
    assert (is_cannot_tell(known), outcome_settled_by(known)) == (True, None)


def test_a_dispute_is_undecided_whatever_judge_and_checks_say() -> None:
    known = assess(
        attempt(),
        [verdict("a", outcome=TRUE), verdict("b", "bo", outcome=FAILURE)],
        [judged(GOOD)],
        report(GOOD),
    )
    assert (known.outcome, known.verdict, known.disputed) == (UNDECIDED, None, True)
    assert (is_reviewed(known), is_open(known), outcome_settled_by(known)) == (False, False, None)


def test_reviewers_who_agree_settle_a_criterion_that_only_one_answered() -> None:
    known = assess(
        attempt(),
        [
            verdict("a", outcome=PARTIAL, criteria=Criteria(True, None, True)),
            verdict("b", "bo", 1, outcome=PARTIAL, criteria=Criteria(None, False, True)),
        ],
    )
    assert known.criteria == Criteria(True, False, True)
    assert set(known.settled_by.values()) == {"person"}


def test_the_adjudicated_criteria_come_first_and_the_rest_stays_with_the_reviewers() -> None:
    known = assess(
        attempt(),
        [
            verdict("a", outcome=TRUE, criteria=Criteria(True, True)),
            verdict("b", "bo", outcome=FAILURE, criteria=Criteria(False, True)),
            verdict(
                "c", "cy", 1, outcome=PARTIAL, criteria=Criteria(False), adjudicates=("a", "b")
            ),
        ],
    )
    assert (known.outcome, known.criteria) == (PARTIAL, Criteria(False, True))


def test_an_outdated_verdict_is_shown_and_not_counted() -> None:
    old = verdict("v", outcome=TRUE, criteria=GOOD, basis=ONE)
    known = assess(attempt(), [old], basis=OTHER)
    assert (known.outcome, known.criteria, known.verdict) == (UNDECIDED, UNKNOWN, None)
    assert (known.outdated, is_open(known)) == ((old,), True)


def test_a_verdict_without_hashes_is_unbound_and_counts() -> None:
    unbound = assess(attempt(), [verdict("v", outcome=TRUE)], basis=ONE)
    bound = assess(attempt(), [verdict("v", outcome=TRUE, basis=ONE)], basis=ONE)
    assert (unbound.outcome, is_unbound(unbound), is_unbound(bound)) == (TRUE, True, False)
    assert not is_unbound(assess(attempt()))


def test_the_name_of_a_failure_follows_the_claim_not_the_key_that_was_pressed() -> None:
    for marked, name in ((True, FALSE_POSITIVE), (False, FAILURE), (None, FAILURE)):
        for pressed in (FAILURE, FALSE_POSITIVE):
            assert assess(attempt(marked=marked), [verdict("v", outcome=pressed)]).outcome is name


@pytest.mark.parametrize(
    ("scores", "middle"),
    [([0.25], 0.25), ([0.75, 0.0, 0.5], 0.5), ([0.0, 1.0], 0.5), ([0.0, 0.25, 0.75, 1.0], 0.5)],
)
def test_quality_is_the_median_of_the_votes(scores: list[float], middle: float) -> None:
    votes = [
        judged(Criteria(True, quality_score=score), str(n), vote=n, question="q")
        for n, score in enumerate(scores)
    ]
    assert assess(attempt(), judgements=votes).criteria.quality_score == middle


def test_a_persons_quality_comes_before_the_judges() -> None:
    known = assess(
        attempt(),
        [verdict("v", criteria=Criteria(quality_score=0.0))],
        [judged(Criteria(quality_score=1.0))],
    )
    assert known.criteria.quality_score == 0.0


def test_only_an_opinion_is_a_judgement() -> None:
    failed = Judgement("f", "r/a", JudgementState.ERROR)
    assert not is_judged(assess(attempt(), judgements=[failed]))
    assert not is_judged(assess(attempt(), judgements=[judged(GOOD, canary="human")]))
    assert is_judged(assess(attempt(), judgements=[failed, judged(GOOD)]))


def test_an_attempt_without_a_patch_needs_nobody_and_an_unreadable_one_does() -> None:
    assert not is_open(assess(attempt(state=PatchState.MISSING)))
    assert not is_open(assess(attempt(state=PatchState.EMPTY)))
    assert is_open(assess(attempt(state=PatchState.UNREADABLE)))
    assert is_open(assess(attempt(state=PatchState.CUT)))


def test_a_person_against_a_fact_is_found() -> None:
    against = assess(attempt(), [verdict("v", outcome=TRUE)], report=report(Criteria(False)))
    assert contradicts_fact(against)
    assert not contradicts_fact(
        assess(attempt(), [verdict("v", outcome=TRUE)], [judged(Criteria(False))])
    )
