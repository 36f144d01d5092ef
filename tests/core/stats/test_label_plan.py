"""What the next labels are expected to bring, and that they bring about that."""

from __future__ import annotations

from core.assess.queues import QueueContext
from core.assess.queues.label_next import next_labels
from core.stats.label_plan import LabelPlan, plan_labels
from core.stats.sampled_design import SAMPLED, sampled_design
from core.stats.samples import find_samples
from tests.core.stats.made_sets import decided, made_set

SAYS = [True] * 40 + [False] * 80


def width(interval: tuple[float, float] | None) -> float:
    assert interval is not None
    return interval[1] - interval[0]


def test_the_plan_says_how_much_it_narrows_and_that_comes_true() -> None:
    """A judge that is right nine times of ten; the verdicts that follow are counted as drawn."""
    known = made_set(120, SAYS)
    truths = {f"a{n}": SAYS[n] is not (n % 10 == 0) for n in range(120)}
    context = QueueContext(seed=4, sample=30)
    plans: list[LabelPlan] = []
    for _ in range(2):
        plan = plan_labels(known, context)
        plans.append(plan)
        assert plan.take == 30 and width(plan.then) < width(plan.now)
        origins = dict(zip(plan.attempts, next_labels(known, context).origins, strict=True))
        known = [
            decided(one, truths[one.attempt.key], origins[one.attempt.key])
            if one.attempt.key in origins
            else one
            for one in known
        ]
    assert plans[0].now == (0.0, 1.0), "nothing was known"
    assert abs(width(plans[1].now) - width(plans[0].then)) < 0.15
    found = sampled_design(known, find_samples(known)).corrected[0]
    assert found.kind == SAMPLED and found.this_set is not None
    assert found.this_set[0] <= sum(truths.values()) / 120 <= found.this_set[1]


def test_where_everything_is_known_nothing_is_left() -> None:
    known = [decided(one, True) for one in made_set(5)]
    plan = plan_labels(known, QueueContext())
    assert (plan.take, plan.attempts, plan.now, plan.then) == (0, (), (1.0, 1.0), (1.0, 1.0))
    assert plan_labels([], QueueContext()).now is None
