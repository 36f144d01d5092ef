"""Blind review: which parts of an attempt are sealed until the reviewer has decided on it.

Sealed are the judge's opinion, the pipeline's claims, colleagues' decisions, and the outcome that
follows from any of these. Facts stay. Lists, panes, marks, filters, queues and statistics show what
they are given, which is the sealed assessment.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.assess.decisions import Decision, decision_of, decision_of_outcome
from core.assess.opinions import majority, standing_votes
from core.assess.outcome import assess, outcome_of
from core.models import (
    CRITERIA,
    Assessment,
    Assignment,
    Attempt,
    CheckReport,
    Criteria,
    InView,
    Verdict,
)
from core.records import replace

CLAIM_RULES = frozenset(
    {"run.no-patch-marked", "run.nonzero-return", "run.null-error", "speed.claim"}
)
"""Rules whose findings reveal what a pipeline or a table claims."""

_CLAIM_MEASURES = frozenset({"run.failure"})

SEALED = "sealed"
"""The status shown for an attempt whose claim is sealed."""


def is_sealed(known: Assessment, reviewer: str, waiting: Sequence[Assignment] = ()) -> bool:
    """Does this reviewer still have to decide? Also true when the attempt came back to them.

    `waiting` are their open assignments on it.
    """
    if any(assignment.again for assignment in waiting):
        return True
    return not any(v.reviewer == reviewer and v.is_decision for v in known.verdicts)


def sealed(known: Assessment, reviewer: str, waiting: Sequence[Assignment] = ()) -> Assessment:
    """The attempt as a reviewer may see it before their decision: facts, and their own record.

    Their earlier decision is sealed too when the attempt came back to them.
    """
    returned = any(assignment.again for assignment in waiting)
    own = [] if returned else [v for v in known.verdicts if v.reviewer == reviewer]
    outdated = tuple(v for v in known.outdated if v.reviewer == reviewer)
    attempt = replace(known.attempt, marked_success=None, status=SEALED)
    shown = assess(attempt, own, (), _without_claims(known.report))
    return replace(shown, outdated=() if returned else outdated)


def without_others(
    known: Assessment, reviewer: str, waiting: Sequence[Assignment] = ()
) -> Assessment:
    """The attempt as somebody may see it who was asked about it and has not answered.

    What colleagues decided is left out, and what the reviewer said before if it came back to them.
    """
    returned = any(assignment.again for assignment in waiting)
    own = [] if returned else [v for v in known.verdicts if v.reviewer == reviewer]
    outdated = tuple(v for v in known.outdated if v.reviewer == reviewer and not returned)
    shown = assess(known.attempt, own, known.judgements, known.report)
    return replace(shown, outdated=outdated)


def has_sealed_claim(attempt: Attempt) -> bool:
    """Is the pipeline's claim hidden, rather than not recorded?"""
    return attempt.status == SEALED and attempt.marked_success is None


def seen(known: Assessment, reviewer: str) -> tuple[InView, ...]:
    """What of an attempt is in view when nothing is sealed."""
    opinions = any(not judgement.canary for judgement in known.judgements)
    others = any(v.reviewer != reviewer for v in (*known.verdicts, *known.outdated))
    claim = known.attempt.marked_success is not None or known.attempt.status is not None
    there = ((InView.JUDGE, opinions), (InView.VERDICTS, others), (InView.CLAIM, claim))
    return tuple(view for view, is_there in there if is_there)


def own_history(
    history: Sequence[Verdict], reviewer: str, waiting: Sequence[Assignment] = ()
) -> tuple[Verdict, ...]:
    """How much of a sealed attempt's history may be shown: nothing if it came back."""
    if any(assignment.again for assignment in waiting):
        return ()
    return tuple(verdict for verdict in history if verdict.reviewer == reviewer)


def others_say(known: Assessment, reviewer: str) -> dict[str, Decision]:
    """What the judge and each colleague decide on an attempt, if anything; "judge" comes first.

    The judge's is what follows from its votes alone.
    """
    votes = [judgement.criteria for judgement in standing_votes(known.judgements)]
    held = {name: majority([getattr(vote, name) for vote in votes]) for name in CRITERIA}
    outcome = outcome_of(Criteria(**held), has_patch=None, marked_success=None)
    said = {"judge": decision_of_outcome(outcome)}
    said |= {v.reviewer: decision_of(v) for v in known.verdicts if v.reviewer != reviewer}
    return {who: decision for who, decision in said.items() if decision is not None}


def _without_claims(report: CheckReport | None) -> CheckReport | None:
    if report is None:
        return None
    findings = tuple(f for f in report.findings if f.rule not in CLAIM_RULES)
    measures = {n: v for n, v in report.measures.items() if n not in _CLAIM_MEASURES}
    return replace(report, findings=findings, measures=measures)
