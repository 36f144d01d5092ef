"""Judges that missed the canary bar, each by its own canaries: what they say settles nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from core.assess.barred import MISSED, Judges, without_barred
from core.assess.canary_scores import HUMAN
from core.assess.opinions import tally
from core.assess.outcome import assess, is_judged
from core.models import FAKE_ORIGIN, OWN_ORIGIN, Attempt, Call, Criteria, Judgement, JudgementState
from core.records import replace

LOGIC = "optimization_logic_match"


def said(
    attempt: str,
    model: str,
    yes: bool,
    *,
    canary: str = "",
    origin: str = OWN_ORIGIN,
    models: int = 1,
    cached: bool = False,
) -> Judgement:
    """What a model said of an attempt; another snapshot of it answered than was asked."""
    call = Call(f"{attempt}-{model}", model, datetime.now(UTC), 1.0, "")
    return Judgement(
        f"{attempt}-{model}-{canary}-{origin}",
        attempt,
        JudgementState.VERDICT,
        Criteria(optimization_logic_match=yes, is_complete=yes),
        model=f"{model}-2026-01-01",
        origin=origin,
        question=f"{attempt}-{model}",
        panel="together" if models > 1 else "",
        of_models=models,
        canary=canary,
        calls=() if cached else (call,),
        cached="another" if cached else "",
    )


GOOD = [said(f"canary/human/{n}", "good", True, canary=HUMAN) for n in range(10)]
BAD = [said(f"canary/human/{n}", "bad", False, canary=HUMAN) for n in range(10)]


def test_each_model_has_a_bar_of_its_own() -> None:
    results = Judges([*GOOD, *BAD], 0.9).results
    assert {name: (r.right, r.answered, r.missed) for name, r in results.items()} == {
        "bad": (0, 10, True),
        "good": (10, 10, False),
    }


def test_only_the_opinions_of_the_judge_that_missed_it_are_set_aside() -> None:
    one, other = said("a", "good", True), said("b", "bad", True)
    known = [assess(Attempt(j.attempt, "sha"), judgements=[j]) for j in (one, other)]
    first, second = without_barred(known, Judges([*GOOD, *BAD], 0.9))
    assert is_judged(first) and not is_judged(second)
    assert first.criteria.optimization_logic_match is True
    assert second.criteria.optimization_logic_match is None
    assert second.settled_by == {}
    assert second.judgements[0].set_aside == f"{MISSED}: 0 of 10 canaries right, 90% asked for"


def test_a_repeated_answer_is_of_the_judge_that_gave_it() -> None:
    repeated = said("b", "bad", True, cached=True)
    judges = Judges([*BAD, repeated], 0.9)
    assert judges.weigh([repeated], judges.barred)[0].set_aside


@pytest.mark.parametrize("origin", [FAKE_ORIGIN, "gpt5_evaluations.json"])
def test_canaries_speak_for_no_other_origin(origin: str) -> None:
    theirs = said("b", "bad", True, origin=origin)
    judges = Judges([*BAD, theirs], 0.9)
    assert judges.weigh([theirs], judges.barred) == (theirs,)
    made_up = [replace(j, origin=origin) for j in BAD]
    mine = said("b", "bad", True)
    judges = Judges([*made_up, mine], 0.9)
    assert judges.barred.keys() == {f"bad from {origin}"}
    assert judges.weigh([mine], judges.barred) == (mine,)


@pytest.mark.parametrize(
    ("canaries", "bar"), [(GOOD, 0.9), (BAD, 0.0), ([], 0.9)], ids=["passed", "no bar", "unasked"]
)
def test_nothing_is_set_aside_unless_the_bar_is_missed(
    canaries: Sequence[Judgement], bar: float
) -> None:
    known = [assess(Attempt("b", "sha"), judgements=[said("b", "bad", True)])]
    assert without_barred(known, Judges(canaries, bar)) == known


def test_where_models_voted_together_those_that_passed_decide() -> None:
    votes = [said("a", "good", True, models=2), said("a", "bad", False, models=2)]
    assert tally(votes)[LOGIC].decided is None
    judges = Judges([*GOOD, *BAD, *votes], 0.9)
    weighed = tally(judges.weigh(votes, judges.barred))[LOGIC]
    assert (weighed.decided, weighed.voices) == (True, (True,))
    third = said("a", "third", False, models=2)
    votes = [replace(j, of_models=3) for j in (*votes, third)]
    assert tally(judges.weigh(votes, judges.barred))[LOGIC].voices == (True, False)


def test_a_model_that_failed_is_still_asked_and_says_nothing() -> None:
    assert tally([said("a", "good", True, models=2)])[LOGIC].decided is None
