"""Queues: for each an attempt that is in it and one that is not, and an order that makes sense."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from core.assess.outcome import assess
from core.assess.queues import QUEUES, QueueContext, queue_named
from core.assess.random_order import in_random_order
from core.assess.strata import JUDGED_NOT, JUDGED_TRUE
from core.errors import InputError
from core.models import (
    UNKNOWN,
    Assessment,
    Assignment,
    CheckReport,
    Criteria,
    Execution,
    Finding,
    Flag,
    Judgement,
    JudgementState,
    PatchState,
    Severity,
)
from core.records import replace
from tests.core.assess.verdict_samples import (
    FAILURE,
    GOOD,
    NOON,
    ONE,
    OTHER,
    TRUE,
    attempt,
    judged,
    verdict,
)
from tests.core.stats.made_sets import decided, made_set


def _report(key: str, *rules: str, criteria: Criteria = UNKNOWN) -> CheckReport:
    found = tuple(Finding(rule, Severity.WARNING, "m") for rule in rules)
    return CheckReport(key, criteria, found)


def _call(state: JudgementState) -> Judgement:
    return Judgement(f"j-{state}", "k", state)


def _known(name: str) -> Assessment:
    """One attempt for each thing that can be the matter with it, named after it."""
    one = attempt(name)
    votes = [
        judged(Criteria(True), "a", vote=1, question="q"),
        judged(Criteria(False), "b", vote=2, question="q"),
    ]
    made = {
        "open": assess(one),
        "decided": assess(one, [verdict("v", outcome=TRUE, basis=ONE)], basis=ONE),
        "empty": assess(attempt(name, PatchState.EMPTY)),
        "disputed": assess(one, [verdict("a", outcome=TRUE), verdict("b", "bo", outcome=FAILURE)]),
        "conflict": assess(one, [verdict("a", outcome=FAILURE)], [judged(GOOD)]),
        "against": assess(one, [verdict("a", outcome=TRUE)], report=_report(name, criteria=BAD)),
        "itself": assess(one, [verdict("a", outcome=TRUE, flags=(Flag.AGAINST_OWN_CRITERIA,))]),
        "outdated": assess(one, [verdict("v", outcome=TRUE, basis=ONE)], basis=OTHER),
        "split": assess(one, judgements=votes),
        "incomplete": assess(one, judgements=[_call(JudgementState.INCOMPLETE)]),
        "refused": assess(one, judgements=[_call(JudgementState.REFUSED)]),
        "unparseable": assess(one, judgements=[_call(JudgementState.UNPARSEABLE)]),
        "error": assess(one, judgements=[_call(JudgementState.ERROR)]),
        "suspicious": assess(one, report=_report(name, "run.too-fast")),
        "wrong-base": assess(one, report=_report(name, "base.other-task")),
        "copy": assess(one, report=_report(name, "copies.attempt")),
        "nonzero": assess(attempt(name, execution=Execution(returncode=1))),
    }
    return made[name]


BAD = Criteria(syntax_correct=False)
NAMES = (
    "open", "decided", "empty", "disputed", "conflict", "against", "itself", "outdated", "split",
    "incomplete", "refused", "unparseable", "error", "suspicious", "wrong-base", "copy", "nonzero",
)  # fmt: skip
ALL = [_known(name) for name in NAMES]


def _keys(name: str, context: QueueContext = QueueContext()) -> list[str]:  # noqa: B008 - frozen
    return [known.attempt.key for known in queue_named(name).select(ALL, context)]


@pytest.mark.parametrize(
    ("queue", "inside"),
    [
        ("all", set(NAMES)),
        ("disputes", {"disputed"}),
        ("conflicts", {"conflict", "against"}),
        ("flagged", {"against", "itself"}),
        ("outdated", {"outdated"}),
        ("split", {"split"}),
        ("failed", {"incomplete", "refused", "unparseable", "error"}),
        ("suspicious", {"suspicious", "nonzero"}),
        ("wrong-base", {"wrong-base"}),
        ("duplicates", {"copy"}),
        ("verdict", {"conflict", "split"}),
        ("incomplete", {"incomplete"}),
        ("refused", {"refused"}),
        ("unparseable", {"unparseable"}),
        ("error", {"error"}),
    ],
)
def test_what_is_in_a_queue(queue: str, inside: set[str]) -> None:
    assert set(_keys(queue)) == inside


def test_undecided_leaves_out_what_is_decided_disputed_or_without_a_patch() -> None:
    left_out = {"decided", "empty", "disputed", "conflict", "against", "itself"}
    assert set(_keys("undecided")) == set(NAMES) - left_out
    assert set(_keys("never")) >= {"open", "decided"}
    assert "error" not in _keys("never")


def test_a_sample_is_drawn_by_its_seed_alone() -> None:
    context = QueueContext(seed=7, sample=5)
    drawn = _keys("random", context)
    assert len(drawn) == 5 and "empty" not in drawn
    assert drawn == _keys("random", context)
    assert drawn != _keys("random", replace(context, seed=8))
    assert _keys("random", replace(context, sample=9))[:5] == drawn, "a larger one holds a smaller"
    fewer = [known for known in ALL if known.attempt.key != drawn[0]]
    order = [known.attempt.key for known in in_random_order(fewer, 7)]
    assert [key for key in order if key in drawn] == drawn[1:], "what is left out moves no other"


def test_a_drawn_attempt_says_with_what_chance() -> None:
    context = QueueContext(seed=7, sample=5)
    origins = queue_named("random").origins(ALL, context)
    assert list(origins) == _keys("random", context)
    first = next(iter(origins.values()))
    assert (first.queue, first.order) == ("random", "random")
    assert (first.queue, first.seed, first.sample, first.population) == ("random", 7, 5, 16)
    assert first.inclusion == pytest.approx(5 / 16, abs=1e-4)
    assert queue_named("disputes").origins(ALL, context) == {}


def test_label_next_takes_more_of_what_is_large_and_mixed_and_nothing_that_is_settled() -> None:
    says = [True] * 40 + [False] * 60
    known = made_set(100, says, [BAD] * 3)
    context = QueueContext(seed=1, sample=20)
    found = queue_named("label-next").select(known, context)
    origins = queue_named("label-next").origins(known, context)
    assert [one.attempt.key for one in found] == list(origins)
    by_stratum = Counter(origin.stratum for origin in origins.values())
    assert by_stratum[JUDGED_TRUE] > 20 * 37 / 97 > 0 and by_stratum[JUDGED_NOT] >= 5
    assert not {one.attempt.key for one in found} & {"a0", "a1", "a2"}, "a fact says it"
    for origin in origins.values():
        size = {JUDGED_TRUE: 37, JUDGED_NOT: 60}[origin.stratum]
        assert (origin.population, origin.sample) == (size, by_stratum[origin.stratum])
        assert origin.inclusion == pytest.approx(by_stratum[origin.stratum] / size, abs=1e-4)
    done = [
        decided(one, True, origins[one.attempt.key]) if one.attempt.key in origins else one
        for one in known
    ]
    more = queue_named("label-next").origins(done, context)
    assert not more.keys() & origins.keys()
    assert all((one.sample or 0) > by_stratum[one.stratum] for one in more.values())


def test_label_next_is_drawn_by_what_is_sealed_and_shows_nothing_of_it() -> None:
    known = made_set(20, [True] * 10 + [False] * 10)
    sealed = [replace(one, judgements=()) for one in known]
    by_key = {one.attempt.key: one for one in known}
    context = QueueContext(sample=6, unsealed=by_key.__getitem__)
    found = queue_named("label-next").select(sealed, context)
    assert all(one.judgements == () for one in found)
    strata = {one.stratum for one in queue_named("label-next").origins(sealed, context).values()}
    assert strata == {JUDGED_TRUE, JUDGED_NOT}


def test_conflicts_come_with_the_worst_first() -> None:
    twice = assess(
        attempt("twice"),
        [verdict("a", outcome=FAILURE, criteria=Criteria(False))],
        [judged(GOOD)],
    )
    found = queue_named("conflicts").select([_known("conflict"), twice], QueueContext())
    assert [known.attempt.key for known in found] == ["twice", "conflict"]


def test_what_is_assigned_comes_in_its_order_and_what_comes_back_last() -> None:
    known = [assess(attempt(key)) for key in ("x", "y", "z", "other")]
    waiting = {
        "x": [Assignment("1", "x", "ada", NOON, "p", position=1)],
        "y": [Assignment("2", "y", "ada", NOON, "p", position=0)],
        "z": [Assignment("3", "z", "ada", NOON, "p", position=0, again=True)],
        "other": [],
    }
    found = queue_named("assigned").select(known, QueueContext(waiting=waiting))
    assert [one.attempt.key for one in found] == ["y", "x", "z"]


def test_names_and_letters_are_one_each_and_every_queue_has_its_row_in_the_docs() -> None:
    names = [queue.name for queue in QUEUES]
    assert len(set(names)) == len({queue.letter for queue in QUEUES}) == len(names)
    page = (Path(__file__).parents[3] / "docs/queues.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| `(\w)` \|", page, re.M)
    assert rows == [(queue.name, queue.letter) for queue in QUEUES]
    with pytest.raises(InputError, match="no queue"):
        queue_named("nothing")
