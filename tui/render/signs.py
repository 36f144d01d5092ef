"""What outcomes, criteria and judgements look like: one sign and one colour each."""

from __future__ import annotations

from core.assess.blind import has_sealed_claim
from core.assess.outcome import is_cannot_tell, is_reviewed
from core.models import CRITERIA, Assessment, Attempt, JudgementState, Outcome

OUTCOME_SIGNS: dict[Outcome, tuple[str, str]] = {
    Outcome.TRUE_SUCCESS: ("✔", "$good"),
    Outcome.PARTIAL_SUCCESS: ("◐", "$middling"),
    Outcome.FALSE_POSITIVE: ("✘", "$bad"),
    Outcome.FAILURE: ("–", "$bad"),
    Outcome.UNDECIDED: ("·", "$dim"),
}
OUTCOME_NAMES: dict[Outcome, str] = {
    outcome: outcome.value.replace("_", " ") for outcome in Outcome
}
NOT_A_SUCCESS = "not a success"
"""What false positives and failures have in common; only the claim distinguishes them."""

CRITERION_NAMES: dict[str, str] = {
    "syntax_correct": "syntax",
    "files_match": "files",
    "optimization_logic_match": "logic",
    "is_complete": "complete",
    "is_template_code": "template",
}
CRITERION_KEYS: dict[str, str] = dict(zip(CRITERIA, "sflmt", strict=True))

JUDGEMENT_SIGNS: dict[JudgementState, tuple[str, str]] = {
    JudgementState.VERDICT: ("◆", "$accent-text"),
    JudgementState.INCOMPLETE: ("◇", "$middling"),
    JudgementState.REFUSED: ("⊘", "$refused"),
    JudgementState.UNPARSEABLE: ("≈", "$unparseable"),
    JudgementState.ERROR: ("⚠", "$bad"),
}


DISPUTE_SIGN = ("≠", "$middling")
CANNOT_TELL_SIGN = ("?", "$middling")


def standing_sign(known: Assessment) -> tuple[str, str]:
    """The sign and style of an attempt's state: its outcome, a dispute, or "cannot tell"."""
    if known.disputed:
        return DISPUTE_SIGN
    if is_cannot_tell(known):
        return CANNOT_TELL_SIGN
    sign, style = OUTCOME_SIGNS[known.outcome]
    return sign, style if is_reviewed(known) else "$dim"


def claim_sign(attempt: Attempt) -> str:
    """What the pipeline marked an attempt, in one cell."""
    if has_sealed_claim(attempt):
        return "~"
    return {True: "✓", False: " ", None: "?"}[attempt.marked_success]


def outcome_name(known: Assessment) -> str:
    """An outcome's name; kinds of non-success are not distinguished while the claim is sealed."""
    if known.outcome is Outcome.FAILURE and has_sealed_claim(known.attempt):
        return NOT_A_SUCCESS
    return OUTCOME_NAMES[known.outcome]


def answer(criterion: str, value: bool | None) -> tuple[str, str]:
    """The sign and style of one criterion's value: good, bad or unknown."""
    if value is None:
        return "·", "$dim"
    good = value is not (criterion == "is_template_code")
    return ("✔", "$good") if good else ("✘", "$bad")
