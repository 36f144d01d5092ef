"""Who settles a criterion, and which outcome follows: pure functions of what is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.assess.opinions import majority, standing_votes
from core.models import (
    CRITERIA,
    Assessment,
    Attempt,
    CheckReport,
    Criteria,
    Judgement,
    Outcome,
    PatchState,
    Verdict,
)


def outcome_of(
    criteria: Criteria, *, has_patch: bool | None, marked_success: bool | None
) -> Outcome:
    """The outcome that criteria imply (design, section 3).

    `has_patch` is False when there is certainly no patch, None when it cannot be read.
    """
    logic = criteria.optimization_logic_match
    if has_patch is False or logic is False:
        return Outcome.FALSE_POSITIVE if marked_success else Outcome.FAILURE
    good = [
        criteria.syntax_correct,
        criteria.files_match,
        logic,
        criteria.is_complete,
        None if criteria.is_template_code is None else not criteria.is_template_code,
    ]
    if all(good):
        return Outcome.TRUE_SUCCESS
    if logic and False in good:
        return Outcome.PARTIAL_SUCCESS
    return Outcome.UNDECIDED


def current_verdict(history: Iterable[Verdict]) -> Verdict | None:
    """The newest verdict that was not taken back; None when nobody has decided."""
    verdicts = list(history)
    undone = {v.undoes for v in verdicts if v.undoes}
    standing = [v for v in verdicts if v.undoes is None and v.id not in undone]
    return max(reversed(standing), key=lambda v: v.created, default=None)


def assess(
    attempt: Attempt,
    verdicts: Iterable[Verdict] = (),
    judgements: Iterable[Judgement] = (),
    report: CheckReport | None = None,
) -> Assessment:
    """Everything known of one attempt: the person first, then certain checks, then the judge."""
    verdict = current_verdict(verdicts)
    all_judgements = tuple(judgements)
    opinions = [j.criteria for j in standing_votes(all_judgements)]
    settled: dict[str, bool | None] = {}
    settled_by: dict[str, str] = {}
    conflicts: list[str] = []
    for name in CRITERIA:
        person: bool | None = getattr(verdict.criteria, name) if verdict else None
        check: bool | None = getattr(report.criteria, name) if report else None
        judge = majority([getattr(opinion, name) for opinion in opinions])
        voices = (("person", person), ("check", check), ("judge", judge))
        source, settled[name] = next((v for v in voices if v[1] is not None), ("", None))
        if source:
            settled_by[name] = source
        if judge is not None and (not judge) in (person, check):
            conflicts.append(name)
    criteria = Criteria(**settled, quality_score=_quality(verdict, opinions))
    outcome = verdict.outcome if verdict else Outcome.UNDECIDED
    if outcome is Outcome.UNDECIDED:
        outcome = outcome_of(
            criteria, has_patch=has_patch(attempt), marked_success=attempt.marked_success
        )
    return Assessment(
        attempt, criteria, settled_by, outcome, verdict, report, all_judgements, tuple(conflicts)
    )


def is_decided(known: Assessment) -> bool:
    """Did a person decide something, rather than only note, tag or comment?"""
    verdict = known.verdict
    return verdict is not None and (
        verdict.outcome is not Outcome.UNDECIDED or "person" in known.settled_by.values()
    )


def has_patch(attempt: Attempt) -> bool | None:
    """Is there a patch? None when there is one that cannot be read."""
    if attempt.patch.state is PatchState.UNREADABLE:
        return None
    return attempt.patch.has_text


def _quality(verdict: Verdict | None, opinions: Sequence[Criteria]) -> float | None:
    if verdict and verdict.criteria.quality_score is not None:
        return verdict.criteria.quality_score
    scores = sorted(o.quality_score for o in opinions if o.quality_score is not None)
    return scores[len(scores) // 2] if scores else None
