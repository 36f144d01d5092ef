"""Verdicts weighed: nobody speaks for another, and a dispute is decided by adjudication alone."""

from __future__ import annotations

from typing import Any

import pytest

from core.assess.decisions import Decision, decision_of, named, not_taken_back, own_verdict, weigh
from core.models import Criteria, Outcome, Verdict
from tests.core.assess.verdict_samples import (
    FAILURE,
    FALSE_POSITIVE,
    ONE,
    OTHER,
    PARTIAL,
    TRUE,
    UNDECIDED,
    verdict,
)


@pytest.mark.parametrize(
    ("outcome", "marked", "name"),
    [
        (FAILURE, True, FALSE_POSITIVE),
        (FALSE_POSITIVE, False, FAILURE),
        (FALSE_POSITIVE, None, FAILURE),
        (TRUE, False, TRUE),
        (PARTIAL, True, PARTIAL),
        (UNDECIDED, True, UNDECIDED),
    ],
)
def test_what_is_not_a_success_is_named_by_the_claim(
    outcome: Outcome, marked: bool | None, name: Outcome
) -> None:
    assert named(outcome, marked) is name


@pytest.mark.parametrize(
    "fields",
    [
        {"criteria": Criteria(True, True, True, True, False)},
        {"tags": ("over-optimization",)},
        {"note": "look again"},
    ],
)
def test_criteria_tags_and_notes_are_no_decision(fields: dict[str, Any]) -> None:
    only = verdict("v", **fields)
    assert decision_of(only) is None
    weighed = weigh([only])
    assert (weighed.decider, weighed.standing) == (None, (only,))


def test_a_false_positive_and_a_failure_are_one_decision() -> None:
    weighed = weigh([verdict("a", outcome=FAILURE), verdict("b", "bo", 1, outcome=FALSE_POSITIVE)])
    assert (weighed.disputed, weighed.decider and weighed.decider.id) == (False, "b")


def test_cannot_tell_is_a_decision_and_differs_from_every_other() -> None:
    unsure = verdict("a", cannot_tell="the patch is cut")
    assert weigh([unsure]).decider is unsure
    assert weigh([unsure, verdict("b", "bo", outcome=PARTIAL)]).disputed
    assert not weigh([unsure, verdict("b", "bo", cannot_tell="")]).disputed


def test_a_reviewer_who_changes_their_mind_is_in_no_dispute_with_themselves() -> None:
    first, second = verdict("a", outcome=TRUE), verdict("b", minute=1, outcome=FAILURE)
    assert weigh([second, first]).decider is second


def test_reviewers_who_differ_decide_nothing() -> None:
    weighed = weigh([verdict("a", outcome=TRUE), verdict("b", "bo", 1, outcome=PARTIAL)])
    assert (weighed.disputed, weighed.decider) == (True, None)
    assert {v.id for v in weighed.standing} == {"a", "b"}


def test_a_note_beside_anothers_decision_disputes_nothing() -> None:
    weighed = weigh([verdict("a", outcome=TRUE), verdict("b", "bo", 1, note="why?")])
    assert (weighed.disputed, weighed.decider and weighed.decider.id) == (False, "a")


def _dispute() -> list[Verdict]:
    return [verdict("a", outcome=TRUE), verdict("b", "bo", 1, outcome=FAILURE)]


def test_an_adjudication_settles_what_it_heard() -> None:
    final = verdict("c", "cy", 2, outcome=PARTIAL, adjudicates=("a", "b"))
    weighed = weigh([*_dispute(), final])
    assert (weighed.disputed, weighed.decider) == (False, final)
    assert {v.id for v in weighed.standing} == {"a", "b"}, "it is a record of its own"


def test_a_verdict_that_was_not_heard_opens_the_dispute_again() -> None:
    final = verdict("c", "cy", 2, outcome=TRUE, adjudicates=("a", "b"))
    late = verdict("d", "dee", 0, outcome=PARTIAL)
    assert weigh([*_dispute(), late, final]).disputed
    agreeing = verdict("d", "dee", 0, outcome=TRUE)
    assert weigh([*_dispute(), agreeing, final]).decider is final


def test_a_reviewer_who_was_heard_may_write_a_note_and_not_a_third_opinion() -> None:
    final = verdict("c", "cy", 2, outcome=TRUE, adjudicates=("a", "b"))
    noted = verdict("e", "bo", 3, outcome=FAILURE, note="I still think so")
    assert weigh([*_dispute(), final, noted]).decider is final
    third = verdict("e", "bo", 3, outcome=PARTIAL)
    assert weigh([*_dispute(), final, third]).disputed


def test_two_adjudications_that_did_not_know_of_each_other_are_a_dispute() -> None:
    one = verdict("c", "cy", 2, outcome=TRUE, adjudicates=("a", "b"))
    two = verdict("d", "dee", 3, outcome=FAILURE, adjudicates=("a", "b"))
    assert weigh([*_dispute(), one, two]).disputed
    knowing = verdict("d", "dee", 3, outcome=FAILURE, adjudicates=("a", "b", "c"))
    assert weigh([*_dispute(), one, knowing]).decider is knowing


def test_an_adjudicators_own_verdict_stays_their_own() -> None:
    final = verdict("c", "ada", 2, outcome=FAILURE, adjudicates=("a", "b"))
    history = [*_dispute(), final]
    own = own_verdict(history, "ada")
    assert own is not None and own.id == "a"
    assert weigh(history).decider is final


def test_an_adjudication_that_was_taken_back_leaves_the_dispute() -> None:
    final = verdict("c", "cy", 2, outcome=TRUE, adjudicates=("a", "b"))
    assert weigh([*_dispute(), final, verdict("u", "cy", 3, undoes="c")]).disputed


def test_nobody_takes_back_what_another_recorded() -> None:
    theirs = verdict("a", outcome=TRUE)
    foreign, own = verdict("u", "bo", 1, undoes="a"), verdict("u", "ada", 1, undoes="a")
    assert not_taken_back([theirs, foreign]) == [theirs]
    assert weigh([theirs, foreign]).decider is theirs
    assert not_taken_back([theirs, own]) == []


def test_own_verdict_is_nobody_elses() -> None:
    history = [verdict("a", outcome=TRUE), verdict("b", "bo", 1, note="mine")]
    assert [
        v.id if v else None for v in (own_verdict(history, n) for n in ("ada", "bo", "cy"))
    ] == [
        "a",
        "b",
        None,
    ]


def test_a_verdict_on_another_patch_is_outdated_and_decides_nothing() -> None:
    old = verdict("a", outcome=TRUE, basis=ONE)
    weighed = weigh([old], OTHER)
    assert (weighed.decider, weighed.standing, weighed.outdated) == (None, (), (old,))
    assert weigh([old], ONE).decider is old
    assert weigh([old]).decider is old, "nothing to compare with"


def test_an_outdated_verdict_is_in_no_dispute() -> None:
    old, new = (
        verdict("a", outcome=TRUE, basis=ONE),
        verdict("b", "bo", outcome=FAILURE, basis=OTHER),
    )
    weighed = weigh([old, new], OTHER)
    assert (weighed.disputed, weighed.decider, weighed.outdated) == (False, new, (old,))


def test_a_verdict_counts_again_when_its_patch_comes_back() -> None:
    old = verdict("a", outcome=TRUE, basis=ONE)
    newer = verdict("b", minute=1, outcome=FAILURE, basis=OTHER)
    assert weigh([old, newer], ONE).decider is old
    assert weigh([old, newer], OTHER).decider is newer


def test_an_unbound_verdict_does_not_come_back_behind_a_newer_one() -> None:
    unbound = verdict("a", outcome=TRUE)
    newer = verdict("b", minute=1, outcome=FAILURE, basis=ONE)
    assert weigh([unbound], OTHER).decider is unbound
    weighed = weigh([unbound, newer], OTHER)
    assert (weighed.decider, weighed.outdated) == (None, (newer,))


def test_decisions_have_one_name_each() -> None:
    assert [decision_of(verdict("v", outcome=o)) for o in Outcome] == [
        Decision.TRUE_SUCCESS,
        Decision.PARTIAL_SUCCESS,
        Decision.NOT_A_SUCCESS,
        Decision.NOT_A_SUCCESS,
        None,
    ]
    assert decision_of(verdict("v", outcome=TRUE, undoes="w")) is None
