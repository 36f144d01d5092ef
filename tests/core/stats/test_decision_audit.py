"""What bears on the trust in decisions, and what reviewers said twice."""

from __future__ import annotations

from core.assess.decisions import Decision
from core.assess.outcome import assess
from core.models import Criteria, Flag, InView, Origin, Severity
from core.stats.decision_audit import PEOPLE, audit_decisions
from core.stats.decision_counts import count_decisions
from core.stats.self_agreement import RepeatedDecision, repeated_decisions
from tests.core.assess.verdict_samples import (
    FAILURE,
    GOOD,
    ONE,
    OTHER,
    PARTIAL,
    TRUE,
    attempt,
    judged,
    report,
    verdict,
)

AGAIN = Origin(assignment="x", again=True)


def test_each_finding_names_its_attempts() -> None:
    made = {
        "fine": [verdict("1", outcome=TRUE, basis=ONE, in_view=())],
        "outdated": [verdict("2", outcome=TRUE, basis=OTHER)],
        "disputed": [verdict("3", outcome=TRUE), verdict("4", "bo", outcome=FAILURE)],
        "unbound": [verdict("5", outcome=TRUE)],
        "against": [verdict("6", outcome=TRUE, basis=ONE)],
        "itself": [
            verdict("7", outcome=TRUE, basis=ONE, flags=(Flag.AGAINST_OWN_CRITERIA,)),
        ],
        "influenced": [
            verdict("8", outcome=TRUE, basis=ONE, in_view=(InView.JUDGE, InView.VERDICTS))
        ],
        "noted": [verdict("9", note="hm", in_view=(InView.JUDGE,))],
    }
    assessments = [
        assess(
            attempt(key),
            history,
            report=report(Criteria(False)) if key == "against" else None,
            basis=ONE,
        )
        for key, history in made.items()
    ]
    found = audit_decisions(assessments, {"gone": [verdict("10", outcome=TRUE)]})
    assert found is not None and found.origin == PEOPLE
    rows = {f.rule: (f.severity, f.attempts, f.count, f.total) for f in found.findings}
    assert rows == {
        "verdict.outdated": (Severity.ERROR, ("outdated",), 1, 7),
        "verdict.disputed": (Severity.ERROR, ("disputed",), 1, 7),
        "verdict.against-fact": (Severity.WARNING, ("against",), 1, 7),
        "verdict.against-itself": (Severity.WARNING, ("itself",), 1, 7),
        "verdict.unbound": (Severity.WARNING, ("unbound",), 1, 7),
        "verdict.judge-in-view": (Severity.INFO, ("influenced",), 1, 7),
        "verdict.others-in-view": (Severity.INFO, ("influenced",), 1, 7),
        "verdict.stray": (Severity.WARNING, ("gone",), 1, 9),
    }


def test_where_nobody_decided_there_is_nothing_to_audit() -> None:
    assert audit_decisions([assess(attempt(), judgements=[judged(GOOD)])], {}) is None


def test_what_was_said_twice_is_compared_with_what_was_said_before() -> None:
    history = [
        verdict("1", outcome=TRUE),
        verdict("2", "bo", 1, outcome=FAILURE),
        verdict("3", minute=2, outcome=PARTIAL),
        verdict("4", minute=3, note="hm", outcome=PARTIAL),
        verdict("5", minute=4, outcome=TRUE, origin=AGAIN),
    ]
    assert list(repeated_decisions([history])) == [
        RepeatedDecision("r/a", "ada", Decision.PARTIAL_SUCCESS, Decision.TRUE_SUCCESS)
    ]
    assert list(repeated_decisions([history[::-1]])) == list(repeated_decisions([history])), (
        "in any order"
    )
    assert not list(repeated_decisions([history[1:2], [history[-1]]])), "nothing was said before"
    undone = [*history, verdict("u", minute=5, undoes="5")]
    assert not list(repeated_decisions([undone]))
    same = [history[0], verdict("6", minute=4, outcome=TRUE, origin=AGAIN)]
    known = [assess(attempt(), same)]
    counts = count_decisions(known, {}, {"r/a": same, "elsewhere": history})
    assert (counts.said_twice, counts.said_same) == (1, 1)
