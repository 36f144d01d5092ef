"""Why an outcome is what it is, or would be, in a few words: shown before a key is pressed."""

from __future__ import annotations

from core.assess.outcome import has_patch, is_bad, is_cannot_tell, outcome_of
from core.models import CRITERIA, Assessment, Attempt, Criteria, Outcome

_BAD = {
    "syntax_correct": "syntax is bad",
    "files_match": "other files",
    "optimization_logic_match": "another logic",
    "is_complete": "incomplete",
    "is_template_code": "template code",
}
_UNKNOWN = {
    "syntax_correct": "syntax",
    "files_match": "files",
    "optimization_logic_match": "logic",
    "is_complete": "completeness",
    "is_template_code": "template code",
}


def reason_of(attempt: Attempt, criteria: Criteria) -> str:
    """The outcome that follows from criteria, and why, such as "partial success: syntax is bad"."""
    patch = has_patch(attempt)
    outcome = outcome_of(criteria, has_patch=patch, marked_success=attempt.marked_success)
    name = outcome.value.replace("_", " ")
    if patch is False:
        return f"{name}: there is no patch"
    if outcome is Outcome.TRUE_SUCCESS:
        return f"{name}: all five criteria are good"
    if outcome is Outcome.UNDECIDED:
        unknown = [_UNKNOWN[c] for c in CRITERIA if getattr(criteria, c) is None]
        return f"{name}: {' and '.join(unknown)} unknown"
    if criteria.optimization_logic_match is False:
        return f"{name}: {_BAD['optimization_logic_match']}"
    bad = [_BAD[c] for c in CRITERIA if is_bad(criteria, c)]
    return f"{name}: {', '.join(bad)}"


def explain(known: Assessment) -> str:
    """Why an attempt has its current outcome."""
    if known.disputed:
        return "undecided: reviewers differ"
    if is_cannot_tell(known):
        reason = known.verdict.cannot_tell if known.verdict else ""
        return f"undecided: cannot tell ({reason})" if reason else "undecided: cannot tell"
    if known.verdict is not None:
        how = "adjudicated by" if known.verdict.adjudicates else "decided by"
        return f"{known.outcome.value.replace('_', ' ')}: {how} {known.verdict.reviewer}"
    return reason_of(known.attempt, known.criteria)
