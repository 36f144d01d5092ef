"""What a person's decision says about a criterion: what was ticked, else what the outcome implies.

Most verdicts are one key, and an outcome is a statement about criteria (design, section 3): a true
success means that all five are good, a partial one that the logic is right, any other patch that it
is not. Nothing is recorded in anybody's name: this reading is made when figures are computed.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.models import CRITERIA, Assessment, Outcome

LOGIC = "optimization_logic_match"

_IMPLIED: Mapping[Outcome, Mapping[str, bool]] = {
    Outcome.TRUE_SUCCESS: {name: name != "is_template_code" for name in CRITERIA},
    Outcome.PARTIAL_SUCCESS: {LOGIC: True},
    Outcome.FALSE_POSITIVE: {LOGIC: False},
    Outcome.FAILURE: {LOGIC: False},
    Outcome.UNDECIDED: {},
}


def person_says(known: Assessment, name: str) -> bool | None:
    """A criterion by the decision that counts; None if there is none, or people differ on it.

    An attempt without a patch has no criteria, whatever its outcome.
    """
    if known.verdict is None or not known.attempt.patch.has_text:
        return None
    if any(getattr(v.criteria, name) is not None for v in (known.verdict, *known.verdicts)):
        settled: bool | None = getattr(known.criteria, name)
        return settled if known.settled_by.get(name) == "person" else None
    return _IMPLIED[known.verdict.outcome].get(name)


def settled_criterion(known: Assessment, name: str) -> bool | None:
    """A criterion by whoever settles it: people (tick or outcome), else a check, else the judge."""
    said = person_says(known, name)
    settled: bool | None = getattr(known.criteria, name)
    return settled if said is None else said
