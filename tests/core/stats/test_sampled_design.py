"""Samples, and the rates of this set that rest on them: what is drawn, and what that says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from core.assess.assigning import AssignmentPlan, draw_plan, standing, withdrawals
from core.assess.random_order import in_random_order
from core.assess.strata import JUDGED_NOT, JUDGED_TRUE, stratum_of
from core.models import CRITERIA, Assessment, Assignment, Criteria, Origin
from core.records import replace
from core.stats.finite_population import Stratum, hypergeometric_interval, stratified_interval
from core.stats.sampled_design import BOUNDED, KNOWN, SAMPLED, CorrectedRate, sampled_design
from core.stats.sampled_questions import JUDGE_NO, JUDGE_YES
from core.stats.samples import Sample, find_samples
from tests.core.stats.made_sets import NOON, decided, decision, made_set

RANDOM = Origin("random", sample=30, population=60, seed=7, inclusion=0.5)


def rate(known: Sequence[Assessment], given: Iterable[Assignment] = ()) -> CorrectedRate:
    return sampled_design(known, find_samples(known, given)).corrected[0]


def look_at(
    known: list[Assessment], count: int, origin: Origin = RANDOM, *, right: int = 10**9
) -> list[Assessment]:
    """Decide the first `count` of the random order; the first `right` of those are successes."""
    order = [one.attempt.key for one in in_random_order(known, origin.seed or 0)][:count]
    truths = {key: place < right for place, key in enumerate(order)}
    return [
        decided(one, truths[one.attempt.key], origin) if one.attempt.key in truths else one
        for one in known
    ]


def test_a_judge_that_missed_the_bar_has_no_rate_of_its_own_and_still_makes_the_strata() -> None:
    known = look_at(made_set(60, [True, False] * 30), 30)
    heard, unheard = (
        sampled_design(known, find_samples(known), judge_may_speak=speaks).corrected[0]
        for speaks in (True, False)
    )
    assert (unheard.judge.yes, unheard.judge.no, unheard.judge.unknown) == (0, 0, 60)
    assert heard.judge.yes > 0
    assert unheard.this_set == heard.this_set


def test_where_all_is_known_there_is_no_sampling_error() -> None:
    known = [decided(one, number < 4) for number, one in enumerate(made_set(12))]
    found = rate(known)
    assert (found.kind, found.estimate, found.this_set) == (KNOWN, 4 / 12, (4 / 12, 4 / 12))


def test_what_was_chosen_has_bounds_and_no_interval() -> None:
    """Twenty of sixty picked by somebody say nothing about the other forty."""
    known = [decided(one, True) if n < 20 else one for n, one in enumerate(made_set(60))]
    found = rate(known)
    assert (found.kind, found.estimate, found.this_set) == (BOUNDED, None, (20 / 60, 1.0))
    assert found.strata == ()
    assert find_samples(known) == []


def test_a_random_sample_has_the_exact_interval() -> None:
    known = look_at(made_set(60), 30, right=12)
    assert find_samples(known)[0].sample == Sample("random", 7, 60, 30)
    found = rate(known)
    low, high = hypergeometric_interval(Stratum(60, 30, 12))
    assert (found.kind, found.estimate) == (SAMPLED, 0.4)
    assert found.this_set == (low / 60, high / 60)


def test_it_is_stratified_by_the_judge_however_wrong_the_judge_is() -> None:
    says = [n % 3 == 0 for n in range(60)]
    known = look_at(made_set(60, says), 30, right=12)
    found = rate(known)
    by_name = {one.name: one for one in found.strata}
    strata = [Stratum(s.size, s.drawn, s.positives) for s in by_name.values()]
    assert {name: one.size for name, one in by_name.items()} == {JUDGED_TRUE: 20, JUDGED_NOT: 40}
    assert sum(s.drawn for s in strata) == 30 and sum(s.positives for s in strata) == 12
    low, high = stratified_interval(strata)
    assert found.this_set == pytest.approx((low / 60, high / 60))
    assert (found.judge.yes, found.judge.known) == (20, 60), "the judge's own stands beside it"


def test_what_was_passed_over_may_be_either() -> None:
    """The sample reaches as far as its last decision; "cannot tell" and gaps are not left out."""
    order = [one.attempt.key for one in in_random_order(made_set(60), 7)]
    passed_over, nobody_can_tell = order[3], order[8]
    known = [
        one
        if one.attempt.key == passed_over
        else replace(decided(one, None, RANDOM))
        if one.attempt.key == nobody_can_tell
        else decided(one, True, RANDOM)
        if one.attempt.key in order[:20]
        else one
        for one in made_set(60)
    ]
    found = rate(known)
    (stratum,) = found.strata
    assert (stratum.drawn, stratum.positives, stratum.unanswered) == (20, 18, 2)
    low = hypergeometric_interval(Stratum(60, 20, 18))[0]
    high = hypergeometric_interval(Stratum(60, 20, 20))[1]
    assert found.this_set == (low / 60, high / 60)
    assert found.estimate == 1.0


def test_a_decision_that_came_about_otherwise_draws_nothing_and_still_bounds() -> None:
    known = look_at(made_set(60), 10, right=0)
    rest = [n for n, one in enumerate(known) if one.verdict is None][:25]
    known = [decided(one, True) if n in rest else one for n, one in enumerate(known)]
    found = rate(known)
    (stratum,) = found.strata
    assert (stratum.drawn, stratum.positives) == (10, 0)
    assert found.this_set is not None and found.this_set[0] == 25 / 60, "25 are known to be right"


def test_a_verdict_given_along_to_equal_patches_draws_nothing() -> None:
    known = made_set(60)
    order = in_random_order(known, 7)
    far = order[50].attempt.key
    twin = [decision(far, True, RANDOM, derived_from="v1")]
    known = [
        replace(one, verdicts=tuple(twin), verdict=twin[0]) if one.attempt.key == far else one
        for one in look_at(known, 5)
    ]
    assert find_samples(known)[0].sample.reached == 5


def test_two_samples_are_one_larger_one() -> None:
    known = look_at(look_at(made_set(90), 20), 20, Origin("random", seed=8))
    found = rate(known)
    assert found.strata[0].drawn == sum(one.verdict is not None for one in known) > 20


def test_facts_are_known_for_all_and_sampled_for_none() -> None:
    """Ten attempts miss a file: no success, whoever looks; the sample speaks of the others."""
    facts = [Criteria(files_match=False)] * 10
    found = rate(look_at(made_set(60, facts=facts), 30, right=0))
    assert found.by_facts > 0
    (stratum,) = found.strata
    assert stratum.size == 50


def test_label_next_is_drawn_within_each_stratum_as_it_was_then() -> None:
    says = [n % 2 == 0 for n in range(60)]
    known = made_set(60, says)
    taken = {JUDGED_TRUE: 12, JUDGED_NOT: 4}
    chosen: dict[str, Origin] = {}
    for name, count in taken.items():
        part = [one for one in known if stratum_of(one) == name]
        origin = Origin("label-next", seed=3, stratum=name, inclusion=count / len(part))
        chosen |= {one.attempt.key: origin for one in in_random_order(part, 3)[:count]}
    known = [
        decided(one, n % 4 == 0, chosen[one.attempt.key]) if one.attempt.key in chosen else one
        for n, one in enumerate(known)
    ]
    found = rate(known)
    assert {one.name: one.drawn for one in found.strata} == taken
    assert found.kind == SAMPLED and found.estimate is not None


@pytest.mark.parametrize("each", [1, 2])
def test_a_plan_is_a_sample_as_far_as_its_reviewers_came(each: int) -> None:
    known = made_set(60)
    plan = AssignmentPlan(("ada", "bo"), each, seed=5, sample=40)
    given = draw_plan(plan, known, "ada", NOON)
    mine = sorted((a for a in given if a.reviewer == "ada"), key=lambda a: a.position)[:10]
    origins = {a.attempt: Origin(assignment=a.id) for a in mine}
    known = [
        decided(one, True, origins[one.attempt.key]) if one.attempt.key in origins else one
        for one in known
    ]
    found = rate(known, given)
    assert (found.kind, found.strata[0].drawn, found.strata[0].size) == (SAMPLED, 10, 60)


def test_what_was_decided_at_the_moment_of_the_drawing_counts() -> None:
    known = made_set(60)
    when = decision("a0", True).created
    given = draw_plan(AssignmentPlan(("ada",), seed=5, sample=20), known, "ada", when)
    first = min(given, key=lambda a: a.position).attempt
    known = [decided(one, True) if one.attempt.key == first else one for one in known]
    assert find_samples(known, given)[0].sample.reached == 1


def test_what_was_withdrawn_was_drawn_all_the_same() -> None:
    """Whoever withdraws the hard ones at the end does not make a random sample of the rest."""
    known = made_set(60)
    given = draw_plan(AssignmentPlan(("ada",), seed=5, sample=20), known, "ada", NOON)
    order = [a.attempt for a in sorted(given, key=lambda a: a.position)]
    left = set(order[:5])
    known = [
        decided(one, True) if one.attempt.key in order and one.attempt.key not in left else one
        for one in known
    ]
    by_key = {one.attempt.key: one for one in known}
    back = withdrawals(standing(given), by_key, {}, given[0].plan, NOON)
    assert {one.attempt for one in back} >= left
    found = rate(known, [*given, *back])
    assert (found.strata[0].drawn, found.strata[0].unanswered) == (20, 5)


def test_a_plan_whose_attempts_cannot_be_told_is_no_sample() -> None:
    given = draw_plan(AssignmentPlan(("ada",), sample=20), made_set(60), "ada", NOON)
    known = [decided(one, True) for one in made_set(70)][:65]
    (drawn,) = find_samples(known, given)
    assert "drawn from 60 attempts, and 65 match now" in drawn.sample.problem
    assert (drawn.sample.population, drawn.sample.reached) == (60, 0)
    filtered = [replace(one, filter="nonsense:1") for one in given]
    assert "filter cannot be read" in find_samples(known, filtered)[0].sample.problem


def test_of_a_filtered_plan_the_rest_is_bounds() -> None:
    known = made_set(60)
    codex = [
        replace(one, attempt=replace(one.attempt, agent="codex")) if n < 30 else one
        for n, one in enumerate(known)
    ]
    plan = AssignmentPlan(("ada",), seed=5, filter="agent:codex", sample=20)
    given = draw_plan(plan, codex[:30], "ada", NOON)
    keys = {a.attempt for a in given}
    known = [decided(one, False) if one.attempt.key in keys else one for one in codex]
    found = rate(known, given)
    assert found.kind == SAMPLED and found.estimate is None
    low, high = hypergeometric_interval(Stratum(30, 20, 0))
    assert found.this_set == (low / 60, (high + 30) / 60)


def test_each_criterion_has_the_exact_interval_of_its_own_strata() -> None:
    """The judge's word on a criterion divides the sample, and facts are drawn for nobody."""
    says = [n % 3 == 0 for n in range(60)]
    facts = [Criteria(syntax_correct=True)] * 5
    known = look_at(made_set(60, says, facts), 30, right=12)
    design = sampled_design(known, find_samples(known))
    by_label = {one.label: one for one in design.corrected}
    assert [*by_label] == [
        "true success", "true success of marked", "false positive of marked", *CRITERIA,
    ]  # fmt: skip
    logic = by_label["optimization_logic_match"]
    assert [(s.name, s.size) for s in logic.strata] == [(JUDGE_YES, 20), (JUDGE_NO, 40)]
    strata = [Stratum(s.size, s.drawn, s.positives) for s in logic.strata]
    low, high = stratified_interval(strata)
    assert logic.this_set == pytest.approx((low / 60, high / 60))
    assert sum(s.positives for s in strata) == 12, "a true success is right in its logic"
    syntax = by_label["syntax_correct"]
    assert (syntax.by_facts, sum(s.size for s in syntax.strata)) == (5 - _decided(known[:5]), 55)
    assert logic.estimate is not None
    assert syntax.estimate is None, "failures leave the syntax open: what is answered leans"
    wrong = by_label["false positive of marked"]
    assert (wrong.counts.yes, wrong.counts.no) == (18, 12), "a marked failure is one"


def _decided(known: Sequence[Assessment]) -> int:
    return sum(one.verdict is not None for one in known)


def test_criteria_have_no_interval_where_nothing_was_drawn() -> None:
    known = [decided(one, True) if n < 20 else one for n, one in enumerate(made_set(60))]
    assert [one.label for one in sampled_design(known, find_samples(known)).corrected] == [
        "true success",
        "true success of marked",
    ]


def test_who_was_looked_at_stands_beside_who_was_not() -> None:
    known = made_set(10, [True] * 4)
    large = replace(known[0].attempt.patch, held_bytes=9000)
    known[0] = replace(known[0], attempt=replace(known[0].attempt, patch=large, agent="codex"))
    judged, decided_ones = sampled_design(known, []).coverage
    assert (judged.voice, judged.spoken_of.attempts, judged.others.attempts) == ("judged", 4, 6)
    assert judged.spoken_of.by_agent == {"codex": 1, "trae": 3}
    assert judged.spoken_of.median_bytes == 100.0
    assert judged.spoken_of.returned_zero.yes == 4
    assert decided_ones.spoken_of.attempts == 0
