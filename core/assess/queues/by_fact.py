"""Queues of what checks found odd: untrustworthy runs, wrong bases, identical patches."""

from __future__ import annotations

from core.assess.queues.queue_record import Assessments, Queue, QueueContext, where
from core.models import Assessment, Severity


def _findings(known: Assessment, family: str) -> int:
    """Findings of a family that are more than remarks."""
    if known.report is None:
        return 0
    return sum(
        finding.rule.startswith(f"{family}.") and finding.severity is not Severity.INFO
        for finding in known.report.findings
    )


def _suspicions(known: Assessment) -> int:
    """Reasons not to trust a run; without a report, what the pipeline itself recorded."""
    if known.report is not None:
        return _findings(known, "run")
    run = known.attempt.execution
    return (known.attempt.marked_success is True and run.returncode not in (0, None)) + (
        run.error is not None
    )


SUSPICIOUS = Queue(
    "suspicious",
    "y",
    "suspicious runs",
    where(lambda known: _suspicions(known) > 0, lambda known: (-_suspicions(known),)),
)

WRONG_BASE = Queue(
    "wrong-base",
    "b",
    "made on another base",
    where(
        lambda known: _findings(known, "base") > 0,
        lambda known: (known.attempt.reference_sha,),
    ),
)

_COPIES = "copies.attempt"


def _duplicates(assessments: Assessments, _: QueueContext) -> list[Assessment]:
    """Attempts that share their patch with another, grouped by commit, most copies first."""
    groups: dict[str, list[Assessment]] = {}
    for known in assessments:
        found = known.report.findings if known.report else ()
        if any(finding.rule == _COPIES for finding in found):
            groups.setdefault(known.attempt.reference_sha, []).append(known)
    return [known for group in sorted(groups.values(), key=len, reverse=True) for known in group]


DUPLICATES = Queue("duplicates", "t", "the same patch as another", _duplicates)
