"""Rates: what each is over, who answers, and what they say about this set and about others."""

from __future__ import annotations

import pytest

from core.assess.outcome import assess
from core.export.stats_text import format_rate, rate_label
from core.models import (
    Assessment,
    Attempt,
    CheckReport,
    Criteria,
    Outcome,
    PatchEvidence,
    PatchState,
    Verdict,
)
from core.stats.patch_facts import PatchFact
from core.stats.rates import ALL, DECISIONS, FACTS, OPINIONS, Question, Rate, Universe, all_rates
from tests.core.patch.results import GOOD, NOON, judgement

WHOLE = PatchEvidence(PatchState.WHOLE)


def attempt(number: int, commit: str = "", run: str = "", **more: object) -> Attempt:
    values: dict[str, object] = {"marked_success": True, "patch": WHOLE, **more}
    return Attempt(f"a{number}", commit or f"c{number}", run=run, **values)  # type: ignore[arg-type]


def over(answers: list[bool | None], **more: object) -> Rate:
    attempts = [attempt(n) for n in range(len(answers))]
    return asked_of(attempts, answers, **more)


def asked_of(attempts: list[Attempt], answers: list[bool | None], **more: object) -> Rate:
    about = Universe([assess(one) for one in attempts])
    return Question("true success", ALL, about, answers, "judged", "patches", **more).rate()  # type: ignore[arg-type]


def test_a_rate_says_how_much_is_known_and_what_the_rest_may_make_of_it() -> None:
    rate = over([True] * 12 + [False] * 17 + [None] * 114)
    assert rate.this_set == pytest.approx((12 / 143, 126 / 143))
    assert format_rate(rate) == (
        "12 of 29 judged (29 of 143 patches), 41 %; this set 8 to 88 %; "
        "attempts like these 25 to 60 % if the known ones are like the rest "
        "(29 commits, design effect 1.0)"
    )


def test_a_set_that_is_known_whole_has_no_bounds() -> None:
    rate = over([True, False] * 20)
    assert rate.this_set == (0.5, 0.5)
    assert "this set 50 %, all known; attempts like these" in format_rate(rate)


def test_a_rate_over_nothing_is_unknown_and_not_zero() -> None:
    rate = over([None, None])
    assert (rate.share, rate.like_these, rate.this_set) == (None, None, (0, 1))
    assert format_rate(rate) == "0 of 0 judged (0 of 2 patches), unknown; this set 0 to 100 %"
    assert over([]).this_set is None


def test_what_can_be_answered_one_way_only_has_no_share() -> None:
    rate = over([False] * 3 + [None] * 7, one_sided=True)
    assert rate.share is None and rate.like_these is None
    assert format_rate(rate) == "0 of 3 judged (3 of 10 patches); this set 0 to 70 %"


def test_the_wider_of_commits_and_runs_is_shown() -> None:
    runs = [attempt(n, f"c{n}", f"r{n // 10}") for n in range(100)]
    rate = asked_of(runs, [n // 10 % 2 == 0 for n in range(100)])
    assert rate.clustered_by == "run" and rate.like_these and rate.like_these.clusters == 10
    assert "10 runs, too few to trust" in format_rate(rate)
    by_commit: list[bool | None] = [n % 10 < 5 for n in range(100)]
    commits = [attempt(n, f"c{n % 10}", f"r{n}") for n in range(100)]
    assert asked_of(commits, by_commit).clustered_by == "commit"
    one_run = [attempt(n, f"c{n % 10}", "r") for n in range(100)]
    assert asked_of(one_run, by_commit).clustered_by == "commit"


def rates(assessments: list[Assessment], facts: dict[str, PatchFact]) -> dict[str, Rate]:
    return {rate_label(rate): rate for rate in all_rates(assessments, facts)}


def test_facts_opinions_and_decisions_have_lines_of_their_own() -> None:
    fact = CheckReport("a0", Criteria(syntax_correct=False, is_complete=False))
    known = [
        assess(attempt(0), report=fact),
        assess(attempt(1), judgements=[judgement("j", "a1", GOOD)]),
        assess(attempt(2), [Verdict("v", "a2", "ada", NOON, Outcome.TRUE_SUCCESS, GOOD)]),
        assess(attempt(3)),
    ]
    found = rates(known, {})
    counts = {
        voice: (found[f"syntax correct ({voice})"].count, found[f"syntax correct ({voice})"].of)
        for voice in (FACTS, OPINIONS, DECISIONS)
    }
    assert counts == {FACTS: (0, 1), OPINIONS: (1, 1), DECISIONS: (1, 1)}
    complete = found[f"is complete ({FACTS})"]
    assert (complete.of, complete.share, complete.one_sided) == (1, None, True)
    assert found[f"true success ({DECISIONS})"].of == 1
    everybody = found[f"true success ({ALL})"]
    assert (everybody.count, everybody.of) == (2, 3), "one bad criterion is enough for no"


def test_a_cut_patch_may_hold_its_own_diff() -> None:
    known = [assess(attempt(n)) for n in range(3)]
    facts = {"a0": PatchFact("x", True), "a1": PatchFact("y", False), "a2": PatchFact("z", None)}
    rate = rates(known, facts)[f"holds model_patch.diff ({FACTS})"]
    assert (rate.count, rate.of, rate.total) == (1, 2, 3)


def test_not_a_true_success_stands_beside_false_positive() -> None:
    outcomes = (Outcome.PARTIAL_SUCCESS, Outcome.FALSE_POSITIVE, Outcome.TRUE_SUCCESS)
    known = [
        assess(attempt(n), [Verdict(f"v{n}", f"a{n}", "ada", NOON, outcome)])
        for n, outcome in enumerate(outcomes)
    ]
    found = rates(known, {})
    assert found[f"false positive of marked ({ALL})"].count == 1
    rate = found[f"not a true success, of marked ({ALL})"]
    assert (rate.count, rate.of, rate.total) == (2, 3, 3)
    known.append(assess(attempt(3)))
    for label in ("true success", "true success of marked", "not a true success, of marked"):
        rate = rates(known, {})[f"{label} ({ALL})"]
        assert (rate.of, rate.total, rate.population) == (3, 4, "known"), "one is not known"
        assert rate.universe == ("patches" if label == "true success" else "marked patches")
