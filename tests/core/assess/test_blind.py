"""Blind review: nothing that is sealed can be told from what is shown."""

from __future__ import annotations

from itertools import product

import pytest

from core.assess.blind import is_sealed, others_say, own_history, sealed, seen
from core.assess.decisions import Decision
from core.assess.filters import FIELDS
from core.assess.outcome import assess
from core.models import (
    Assessment,
    Assignment,
    CheckReport,
    Criteria,
    Finding,
    InView,
    PatchState,
    Severity,
)
from core.records import replace
from tests.core.assess.verdict_samples import (
    FAILURE,
    GOOD,
    NOON,
    TRUE,
    UNDECIDED,
    attempt,
    judged,
    verdict,
)

AGAIN = Assignment("2", "r/a", "ada", NOON, "p", again=True)


def _report(*rules: str) -> CheckReport:
    findings = tuple(Finding(rule, Severity.ERROR, "m") for rule in rules)
    return CheckReport("r/a", Criteria(syntax_correct=False), findings)


@pytest.mark.parametrize("name", FIELDS)
def test_no_field_tells_claim_opinion_or_a_colleagues_verdict(name: str) -> None:
    """Whatever others say, what is sealed looks the same."""
    views = set()
    for marked, opinion, theirs in product(
        (True, False, None), (None, GOOD, Criteria(False)), (None, TRUE, FAILURE)
    ):
        one = attempt(marked=marked, status={True: "success", False: "error", None: None}[marked])
        people = [verdict("v", "bo", outcome=theirs, tags=("x",), note="n")] if theirs else []
        opinions = [judged(opinion)] if opinion else []
        claim_rules = ("run.nonzero-return",) if marked else ()
        known = assess(one, people, opinions, _report("syntax.parse-error", *claim_rules))
        views.add(repr(FIELDS[name].read(sealed(known, "ada"), None)))
    assert len(views) == 1


def test_facts_and_ones_own_record_stay() -> None:
    own = verdict("v", note="hm", criteria=Criteria(files_match=True), tags=("mine",))
    known = sealed(assess(attempt(), [own], [judged(GOOD)], _report("syntax.parse-error")), "ada")
    assert known.criteria == Criteria(syntax_correct=False, files_match=True)
    assert known.settled_by == {"syntax_correct": "check", "files_match": "person"}
    assert known.report is not None
    assert [f.rule for f in known.report.findings] == ["syntax.parse-error"]
    assert (known.outcome, known.judgements, known.verdicts) == (UNDECIDED, (), (own,))


def test_what_follows_from_facts_and_ones_own_word_tells_no_claim() -> None:
    own = verdict("v", criteria=Criteria(optimization_logic_match=False))
    outcomes = {
        sealed(assess(attempt(marked=marked), [own], [judged(GOOD)]), "ada").outcome
        for marked in (True, False, None)
    }
    assert outcomes == {FAILURE}


def test_what_others_say_is_told_by_decision_not_by_name() -> None:
    """A failure and a false positive are one decision; who only notes says nothing."""
    others = [verdict("w", "bo", outcome=FAILURE), verdict("x", "cy", note="hm")]
    known = assess(attempt(), [verdict("v", outcome=TRUE), *others], [judged(GOOD)])
    assert others_say(known, "ada") == {
        "judge": Decision.TRUE_SUCCESS,
        "bo": Decision.NOT_A_SUCCESS,
    }


def test_that_there_is_no_patch_is_shown_and_not_what_was_claimed() -> None:
    outcomes = {
        sealed(assess(attempt(state=PatchState.EMPTY, marked=marked)), "ada").outcome
        for marked in (True, False, None)
    }
    assert outcomes == {FAILURE}


def _known(*verdicts: object) -> Assessment:
    return assess(attempt(), verdicts, [judged(GOOD)])  # type: ignore[arg-type]


def test_an_attempt_is_sealed_until_one_decides_oneself() -> None:
    own, theirs = verdict("v", outcome=TRUE), verdict("w", "bo", outcome=TRUE)
    assert is_sealed(_known(theirs), "ada")
    assert is_sealed(_known(replace(own, outcome=UNDECIDED, note="hm")), "ada")
    assert not is_sealed(_known(own, theirs), "ada")
    assert not is_sealed(_known(verdict("v", cannot_tell="")), "ada")
    assert is_sealed(_known(own), "ada", [AGAIN]), "it came back"


def test_what_came_back_hides_what_one_decided_before() -> None:
    known = sealed(_known(verdict("v", outcome=TRUE, tags=("x",))), "ada", [AGAIN])
    assert (known.verdicts, known.verdict, known.outcome) == ((), None, UNDECIDED)


def test_what_is_in_view_is_what_there_is_to_see() -> None:
    nothing = assess(attempt(marked=None))
    assert seen(nothing, "ada") == ()
    assert seen(assess(attempt(marked=False)), "ada") == (InView.CLAIM,)
    full = _known(verdict("v"), verdict("w", "bo"))
    assert seen(full, "ada") == (InView.JUDGE, InView.VERDICTS, InView.CLAIM)
    assert seen(_known(verdict("v")), "ada") == (InView.JUDGE, InView.CLAIM), "ones own is no other"


def test_history_shows_only_ones_own() -> None:
    own, theirs = verdict("v"), verdict("w", "bo")
    assert own_history([theirs, own], "ada") == (own,)
