"""What bears on the trust in people's decisions: outdated, unbound, disputed, against facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.assess.decisions import not_taken_back
from core.assess.outcome import contradicts_fact, is_reviewed, is_unbound
from core.judge.audit import AuditFinding, OriginAudit
from core.models import Assessment, Flag, InView, Severity, Verdict

PEOPLE = "people"
"""The origin of findings about people's decisions."""


def _decided_in_view(known: Assessment) -> bool:
    return any(v.is_decision and v.blind is False for v in known.verdicts)


def _others_in_view(known: Assessment) -> bool:
    return any(v.is_decision and InView.VERDICTS in (v.in_view or ()) for v in known.verdicts)


def _against_itself(known: Assessment) -> bool:
    return any(Flag.AGAINST_OWN_CRITERIA in v.flags for v in known.verdicts)


_Test = Callable[[Assessment], bool]

_FINDINGS: Sequence[tuple[str, Severity, str, _Test]] = (
    (
        "verdict.outdated",
        Severity.ERROR,
        "made on another patch or human change: not counted",
        lambda known: bool(known.outdated),
    ),
    (
        "verdict.disputed",
        Severity.ERROR,
        "reviewers differ, nobody adjudicated: not counted",
        lambda known: known.disputed,
    ),
    (
        "verdict.against-fact",
        Severity.WARNING,
        "a person contradicts what is certain",
        contradicts_fact,
    ),
    (
        "verdict.against-itself",
        Severity.WARNING,
        "the outcome cannot follow from the verdict's own criteria",
        _against_itself,
    ),
    (
        "verdict.unbound",
        Severity.WARNING,
        "counted, though the patch it was made on was not noted",
        is_unbound,
    ),
    (
        "verdict.judge-in-view",
        Severity.INFO,
        "decided with the judge's opinion in view",
        _decided_in_view,
    ),
    (
        "verdict.others-in-view",
        Severity.INFO,
        "decided with a colleague's verdict in view",
        _others_in_view,
    ),
)


def audit_decisions(
    assessments: Sequence[Assessment], strays: Mapping[str, Sequence[Verdict]]
) -> OriginAudit | None:
    """What to know about the decisions; None when there are none.

    Counts are of attempts with a decision; `strays` are records on attempts that are gone.
    """
    touched = [a for a in assessments if a.verdicts or a.outdated]
    decided = [a for a in touched if is_reviewed(a) or a.disputed or a.outdated]
    findings = []
    for rule, severity, message, holds in _FINDINGS:
        keys = tuple(a.attempt.key for a in decided if holds(a))
        if keys:
            findings.append(AuditFinding(rule, severity, message, len(keys), len(decided), keys))
    lost = {key: len(not_taken_back(history)) for key, history in strays.items()}
    if sum(lost.values()):
        message = "records that belong to no attempt of these runs"
        total = sum(lost.values()) + sum(len(a.verdicts) for a in touched)
        stray = ("verdict.stray", Severity.WARNING, message)
        findings.append(AuditFinding(*stray, sum(lost.values()), total, tuple(lost)))
    if not decided and not findings:
        return None
    return OriginAudit(PEOPLE, 0, {}, tuple(findings), {})
