"""Whether an attempt is a true success and who says so, and the strata a sample is divided by.

A fact alone can answer it (a missed file rules out a true success), a person may, and the judge has
an opinion. The strata are the judge's opinions; who looked at what never changes them.
"""

from __future__ import annotations

from core.assess.opinions import majority, standing_votes
from core.assess.outcome import has_patch, is_any_bad, outcome_of
from core.models import CRITERIA, Assessment, Criteria, Outcome

JUDGED_TRUE = "judge: true success"
JUDGED_NOT = "judge: no true success"
NO_OPINION = "no opinion of the judge"
STRATA = (JUDGED_TRUE, JUDGED_NOT, NO_OPINION)

PRIOR = {JUDGED_TRUE: 0.5, JUDGED_NOT: 0.1, NO_OPINION: 0.3}
"""The guessed share of true successes in each stratum before anything is known of it."""

# read off the class once: a member takes ten times as long there, and every attempt is asked
_UNDECIDED, _TRUE_SUCCESS = Outcome.UNDECIDED, Outcome.TRUE_SUCCESS


def has_outcome(outcome: Outcome, known: Assessment) -> bool | None:
    """Does an attempt have this outcome? None while it is undecided."""
    return None if known.outcome is _UNDECIDED else known.outcome is outcome


def judge_outcome(known: Assessment) -> Outcome:
    """The outcome by the judge's opinion alone; undecided when none follows from it."""
    if not known.judgements:
        return _UNDECIDED
    opinions = [judgement.criteria for judgement in standing_votes(known.judgements)]
    votes = {name: majority([getattr(o, name) for o in opinions]) for name in CRITERIA}
    attempt = known.attempt
    return outcome_of(
        Criteria(**votes), has_patch=has_patch(attempt), marked_success=attempt.marked_success
    )


def judge_says_true(known: Assessment) -> bool | None:
    """Is it a true success by the judge's opinion alone? None when none follows from it."""
    outcome = judge_outcome(known)
    return None if outcome is _UNDECIDED else outcome is _TRUE_SUCCESS


def person_says_true(known: Assessment) -> bool | None:
    """Is it a true success by people's decisions? None if they have not decided or cannot tell."""
    return has_outcome(_TRUE_SUCCESS, known) if known.verdict else None


def fact_says_true(known: Assessment) -> bool | None:
    """Is it a true success by certain facts? One bad criterion says no, all five good say yes."""
    if known.report is None:
        return None
    facts = known.report.criteria
    if is_any_bad(facts):
        return False
    return None if any(getattr(facts, name) is None for name in CRITERIA) else True


def truth_of(known: Assessment) -> bool | None:
    """Is it a true success, by people, else by certain facts? Unknown while in dispute."""
    if known.verdict is not None or known.disputed:
        return person_says_true(known)
    return fact_says_true(known)


def is_true_success(known: Assessment) -> bool | None:
    """Is it a true success, whoever settles that? One bad criterion is enough for no.

    None while nothing says so: undecided without a bad criterion, in dispute, or "cannot tell".
    """
    if known.outcome is not _UNDECIDED:
        return known.outcome is _TRUE_SUCCESS
    if known.verdict is not None or known.disputed:
        return None
    return False if is_any_bad(known.criteria) else None


def stratum_of(known: Assessment) -> str:
    """The stratum that the judge's opinion places an attempt in."""
    if not known.judgements:
        return NO_OPINION
    said = judge_says_true(known)
    return NO_OPINION if said is None else JUDGED_TRUE if said else JUDGED_NOT
