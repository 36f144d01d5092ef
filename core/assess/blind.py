"""Blind review: what is sealed of an attempt until the reviewer has decided on it.

Sealed are the judge's opinion, what the pipeline claims, what colleagues decided, and the outcome
that follows from any of these. Facts stay. Lists, panes, marks, filters, queues and statistics
show what they are given: they are given the sealed assessment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.assess.outcome import assess, has_patch
from core.models import Assessment, Assignment, CheckReport, InView, Outcome, Verdict

CLAIM_RULES = frozenset({"run.no-patch-marked", "run.nonzero-return", "speed.claim"})
"""Rules whose findings tell what a pipeline or a table claims."""


def is_sealed(known: Assessment, reviewer: str, waiting: Sequence[Assignment] = ()) -> bool:
    """Has this reviewer still to decide? Also when the attempt came back to them.

    `waiting` are their open assignments on it.
    """
    if any(assignment.again for assignment in waiting):
        return True
    return not any(v.reviewer == reviewer and v.is_decision for v in known.verdicts)


def sealed(known: Assessment, reviewer: str, waiting: Sequence[Assignment] = ()) -> Assessment:
    """The attempt as a reviewer may see it before their decision: facts, and their own record.

    What they decided earlier is sealed too when the attempt came back to them.
    """
    returned = any(assignment.again for assignment in waiting)
    own = [] if returned else [v for v in known.verdicts if v.reviewer == reviewer]
    outdated = tuple(v for v in known.outdated if v.reviewer == reviewer)
    attempt = replace(known.attempt, marked_success=None, status=None)
    shown = assess(attempt, own, (), _without_claims(known.report))
    outcome = shown.outcome if has_patch(attempt) is False else Outcome.UNDECIDED
    return replace(shown, outcome=outcome, outdated=outdated)


def seen(known: Assessment, reviewer: str) -> tuple[InView, ...]:
    """What of an attempt is in view when nothing is sealed."""
    opinions = any(not judgement.canary for judgement in known.judgements)
    others = any(v.reviewer != reviewer for v in (*known.verdicts, *known.outdated))
    claim = known.attempt.marked_success is not None or known.attempt.status is not None
    there = ((InView.JUDGE, opinions), (InView.VERDICTS, others), (InView.CLAIM, claim))
    return tuple(view for view, is_there in there if is_there)


def own_history(history: Sequence[Verdict], reviewer: str) -> tuple[Verdict, ...]:
    """What of an attempt's history may be shown while it is sealed."""
    return tuple(verdict for verdict in history if verdict.reviewer == reviewer)


def _without_claims(report: CheckReport | None) -> CheckReport | None:
    if report is None:
        return None
    findings = tuple(f for f in report.findings if f.rule not in CLAIM_RULES)
    return replace(report, findings=findings)
