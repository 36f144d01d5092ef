"""What an outcome that a person gave says of the criteria that they left open."""

from __future__ import annotations

import pytest

from core.assess.implied_criteria import LOGIC, person_says, settled_criterion
from core.assess.outcome import assess
from core.models import CRITERIA, CheckReport, Criteria, Outcome, PatchEvidence, PatchState
from core.records import replace
from core.stats.levels import count_levels
from core.stats.rates import DECISIONS, all_rates
from tests.core.stats.made_sets import attempt, decision, opinion

ONE = attempt("a1")


@pytest.mark.parametrize(
    ("outcome", "implied"),
    [
        (Outcome.TRUE_SUCCESS, {name: name != "is_template_code" for name in CRITERIA}),
        (Outcome.PARTIAL_SUCCESS, {LOGIC: True}),
        (Outcome.FALSE_POSITIVE, {LOGIC: False}),
        (Outcome.FAILURE, {LOGIC: False}),
    ],
)
def test_an_outcome_means_what_it_is_defined_as(outcome: Outcome, implied: dict[str, bool]) -> None:
    known = assess(ONE, [decision("a1", True, outcome=outcome)])
    assert {n: v for n in CRITERIA if (v := person_says(known, n)) is not None} == implied


def test_what_was_ticked_stands_before_what_is_implied() -> None:
    ticked = Criteria(files_match=False, optimization_logic_match=True)
    known = assess(ONE, [decision("a1", False, criteria=ticked)])
    assert (person_says(known, LOGIC), person_says(known, "files_match")) == (True, False)
    assert person_says(known, "syntax_correct") is None


def test_nobody_says_anything_in_dispute_unsure_or_without_a_patch() -> None:
    both = [decision("a1", True), decision("a1", False, id="w", reviewer="bo")]
    assert person_says(assess(ONE, both), LOGIC) is None
    assert person_says(assess(ONE, [decision("a1", None)]), LOGIC) is None
    empty = replace(ONE, patch=PatchEvidence(PatchState.EMPTY))
    assert person_says(assess(empty, [decision("a1", False)]), LOGIC) is None
    yes, no = (
        decision("a1", False, id=name, reviewer=name, criteria=Criteria(files_match=said))
        for name, said in (("ada", True), ("bo", False))
    )
    assert person_says(assess(ONE, [yes, no]), "files_match") is None, "they differ on it"


def test_levels_and_rates_take_it_before_the_judge_and_the_checks_before_nobody() -> None:
    facts = CheckReport(
        "a1", Criteria(syntax_correct=True, files_match=True), (), {"applies": True}
    )
    known = assess(ONE, [decision("a1", True)], [opinion("a1", False)], facts)
    assert known.criteria.optimization_logic_match is False, "the judge alone says it of the logic"
    assert settled_criterion(known, LOGIC) is True
    assert settled_criterion(known, "syntax_correct") is True
    assert [level.attempts.yes for level in count_levels([known])] == [1] * 10
    rates = {r.label: r.count for r in all_rates([known], {}) if r.voice == DECISIONS}
    assert rates == {**dict.fromkeys(CRITERIA, 0), LOGIC: 1, "true success": 1}, (
        "a share of what an outcome says one way only would lean"
    )
