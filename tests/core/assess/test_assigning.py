"""Plans: who is asked about what, drawn by a seed, the same again for the same plan."""

from __future__ import annotations

from collections import Counter

import pytest

from core.assess.assigning import (
    AssignmentPlan,
    ReviewerLoad,
    draw_plan,
    loads,
    open_assignments,
    standing,
    withdrawals,
)
from core.assess.outcome import assess
from core.errors import InputError
from core.models import Assignment, Origin
from core.records import replace
from tests.core.assess.verdict_samples import NOON, TRUE, attempt, verdict

MANY = [assess(attempt(f"run/{n}")) for n in range(31)]
PLAN = AssignmentPlan(("a", "b", "c"), each=2, seed=7)


def draw(plan: AssignmentPlan = PLAN, many: int = 31) -> list[Assignment]:
    return draw_plan(plan, MANY[:many], "lead", NOON)


def test_every_attempt_gets_as_many_reviewers_as_asked_and_each_reviewer_as_much() -> None:
    records = draw()
    assert set(Counter(r.attempt for r in records).values()) == {2}
    assert len({(r.attempt, r.reviewer) for r in records}) == len(records) == 62
    load = Counter(r.reviewer for r in records)
    assert max(load.values()) - min(load.values()) <= 1
    pairs = Counter(
        frozenset(r.reviewer for r in records if r.attempt == known.attempt.key) for known in MANY
    )
    assert len(pairs) == 3, "every pair of reviewers meets"


def test_a_plan_is_drawn_the_same_again_and_another_seed_draws_another() -> None:
    assert draw() == draw()
    assert {r.id for r in draw()} & {r.id for r in draw(replace(PLAN, seed=8))} == set()
    assert len({r.id for r in draw()}) == 62


def test_reviewers_go_through_their_attempts_in_orders_of_their_own() -> None:
    orders = {
        name: [r.attempt for r in sorted(draw(), key=lambda r: r.position) if r.reviewer == name]
        for name in PLAN.reviewers
    }
    a, b = orders["a"], orders["b"]
    shared = set(a) & set(b)
    assert [key for key in a if key in shared] != [key for key in b if key in shared]
    assert a != sorted(a)


def test_another_seed_gives_the_same_attempts_in_another_order() -> None:
    alone = AssignmentPlan(("a",), seed=1)
    one, two = (
        [r.attempt for r in sorted(draw(plan), key=lambda r: r.position)]
        for plan in (alone, replace(alone, seed=2))
    )
    assert sorted(one) == sorted(two)
    assert one != two


def test_a_sample_says_out_of_how_many_it_was_drawn() -> None:
    records = draw(replace(PLAN, sample=10, filter="patch:yes"))
    assert len({r.attempt for r in records}) == 10
    record = records[0]
    assert (record.population, record.drawn, record.filter) == (31, 10, "patch:yes")
    assert (record.each, record.seed, record.author, record.plan) == (
        2,
        7,
        "lead",
        records[-1].plan,
    )
    larger = draw(replace(PLAN, sample=20, filter="patch:yes"))
    assert {r.attempt for r in records} <= {r.attempt for r in larger}


def test_a_share_comes_back_to_the_same_reviewer_after_all_others() -> None:
    records = draw(AssignmentPlan(("a",), seed=1, again=0.2))
    first, again = [r for r in records if not r.again], [r for r in records if r.again]
    assert (len(first), len(again)) == (31, 7)
    assert min(r.position for r in again) > max(r.position for r in first)
    assert {r.attempt for r in again} <= {r.attempt for r in first}


@pytest.mark.parametrize(
    ("plan", "many", "told"),
    [
        (AssignmentPlan(("a", "a")), 3, "named twice"),
        (AssignmentPlan(("a", "")), 3, "has no name"),
        (AssignmentPlan(("a", "b"), each=3), 3, "assign 3 reviewers to each attempt"),
        (AssignmentPlan(("a",), each=0), 3, "assign 0 reviewers"),
        (AssignmentPlan((), each=1), 3, "assign 1 reviewers"),
        (AssignmentPlan(("a",), again=1.5), 3, "between 0 and 1"),
        (AssignmentPlan(("a",)), 0, "no attempt to assign"),
    ],
)
def test_what_cannot_be_drawn_is_said(plan: AssignmentPlan, many: int, told: str) -> None:
    with pytest.raises(InputError, match=told):
        draw(plan, many)


def test_what_was_withdrawn_is_not_asked() -> None:
    one, two = draw()[:2]
    back = Assignment("w", one.attempt, one.reviewer, NOON, one.plan, undoes=one.id)
    assert standing([one, two, back]) == {two.attempt: [two]}


FIRST = Assignment("1", "r/a", "ada", NOON, "p", position=3)
AGAIN = Assignment("2", "r/a", "ada", NOON, "p", position=9, again=True)
THEIRS = Assignment("3", "r/a", "bo", NOON, "p")


def waiting(*verdicts: object) -> list[str]:
    history = list(verdicts)
    known = assess(attempt(), history)  # type: ignore[arg-type]
    found = open_assignments([AGAIN, FIRST, THEIRS], "ada", known, history)  # type: ignore[arg-type]
    return [a.id for a in found]


def test_an_assignment_is_open_until_its_reviewer_decides() -> None:
    assert waiting() == ["1"], "what comes back waits for the first answer"
    assert waiting(verdict("x", "bo", outcome=TRUE)) == ["1"]
    assert waiting(verdict("x", note="hm")) == ["1"]
    assert waiting(verdict("x", cannot_tell="")) == ["2"]


def test_what_comes_back_is_answered_by_a_verdict_that_names_it() -> None:
    decided = verdict("x", outcome=TRUE)
    again = verdict("y", minute=1, outcome=TRUE, origin=Origin(assignment="2", again=True))
    assert waiting(decided, again) == []
    noted = verdict("z", minute=2, outcome=TRUE, note="later")
    assert waiting(decided, again, noted) == [], "a note does not ask again"
    undone = verdict("u", minute=3, undoes="y")
    assert waiting(decided, again, undone) == ["2"]


def test_only_what_is_open_of_the_plan_that_is_named_is_taken_back() -> None:
    other = replace(THEIRS, id="4", plan="q")
    gone = replace(FIRST, id="5", attempt="gone")
    history = [verdict("x", outcome=TRUE)]
    given = {"r/a": [FIRST, AGAIN, THEIRS, other], "gone": [gone]}
    records = withdrawals(given, {"r/a": assess(attempt(), history)}, {"r/a": history}, "p", NOON)
    assert [(r.undoes, r.attempt, r.reviewer) for r in records] == [
        ("2", "r/a", "ada"),
        ("3", "r/a", "bo"),
        ("5", "gone", "ada"),
    ]
    assert standing([FIRST, AGAIN, THEIRS, other, gone, *records]) == {"r/a": [FIRST, other]}
    assert not withdrawals(given, {}, {}, "nothing", NOON)


def test_loads_say_how_far_everybody_is() -> None:
    history = [verdict("x", outcome=TRUE)]
    given = {"r/a": [FIRST, AGAIN, THEIRS], "gone": [replace(FIRST, id="9")]}
    found = loads(given, {"r/a": assess(attempt(), history)}, {"r/a": history})
    assert found == [ReviewerLoad("ada", 2, 1), ReviewerLoad("bo", 1, 1)]
