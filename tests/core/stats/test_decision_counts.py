"""The state of people's decisions, counted: each attempt where it belongs."""

from __future__ import annotations

from pathlib import Path

from core.assess.outcome import assess
from core.export.stats_page import format_statistics
from core.models import Attempt, Criteria, PatchEvidence, PatchState, RunSet
from core.stats.decision_counts import DecisionCounts
from core.stats.figures import Statistics, summarise
from tests.core.assess.verdict_samples import (
    FAILURE,
    ONE,
    OTHER,
    PARTIAL,
    SHA,
    TRUE,
    report,
    verdict,
)

HISTORIES = {
    "agreed": [verdict("1", "ada", outcome=TRUE, basis=ONE), verdict("2", "bo", outcome=TRUE)],
    "unsure": [verdict("3", cannot_tell="cut", basis=ONE)],
    "disputed": [verdict("4", outcome=TRUE), verdict("5", "bo", outcome=FAILURE)],
    "settled": [
        verdict("6", outcome=TRUE),
        verdict("7", "bo", outcome=FAILURE),
        verdict("8", "cy", 1, outcome=PARTIAL, adjudicates=("6", "7"), basis=ONE),
    ],
    "outdated": [verdict("9", outcome=TRUE, basis=OTHER)],
    "against": [verdict("10", outcome=TRUE)],
    "noted": [verdict("11", note="hm", criteria=Criteria(True))],
    "nothing": [],
}
STRAYS = {"gone": [verdict("12", outcome=TRUE), verdict("13", note="x"), verdict("u", undoes="13")]}


def statistics() -> Statistics:
    patch = PatchEvidence(PatchState.WHOLE)
    assessments = [
        assess(
            Attempt(key, SHA, patch=patch),
            history,
            report=report(Criteria(False)) if key == "against" else None,
            basis=ONE,
        )
        for key, history in HISTORIES.items()
    ]
    run_set = RunSet(Path("runs"), tuple(a.attempt for a in assessments), {})
    return summarise(run_set, assessments, {}, strays=STRAYS)


def test_each_attempt_is_counted_where_it_belongs() -> None:
    stats = statistics()
    assert stats.decisions == DecisionCounts(
        reviewed=4,
        cannot_tell=1,
        adjudicated=1,
        disputed=1,
        outdated=1,
        unbound=2,
        against_fact=1,
        stray_verdicts=1,
        by_reviewer={"ada": 5, "bo": 3},
    )
    assert stats.reviewed == 4


def test_what_is_undecided_says_why_and_counts_in_no_rate() -> None:
    stats = statistics()
    assert stats.outcomes["undecided"] == {"nobody": 3, "cannot_tell": 1, "disputed": 1}
    assert sum(sum(by.values()) for by in stats.outcomes.values()) == len(HISTORIES)
    (rate,) = [r for r in stats.rates if (r.label, r.voice) == ("true success", "all voices")]
    assert (rate.count, rate.of, rate.total) == (2, 3, 8)


def test_the_page_names_disputes_strays_and_what_is_outdated() -> None:
    page = format_statistics(statistics())
    for words in (
        "reviewed                   4  attempts decided by people: 5 by ada, 3 by bo",
        "in dispute                 1  reviewers differ: undecided until adjudicated",
        "outdated verdicts          1  ",
        "stray verdicts             1  ",
        "cannot tell                1  ",
    ):
        assert words.split("  ")[0] in page
        assert " ".join(words.split()) in " ".join(page.split()), words


def test_a_page_without_decisions_does_not_list_what_is_not_there() -> None:
    run_set = RunSet(Path("runs"), (Attempt("a", SHA),), {})
    page = format_statistics(summarise(run_set, [assess(run_set.attempts[0])], {}))
    assert "dispute" not in page.partition("Outcomes")[0]
    assert "stray" not in page
