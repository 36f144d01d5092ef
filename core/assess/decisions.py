"""Which verdicts stand, which decide, and where reviewers differ: nobody speaks for another.

A reviewer's say is the newest of their own verdicts that was not taken back and still holds. Where
reviewers differ, nothing is decided until one verdict adjudicates theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from core.assess.basis import what_changed
from core.models import Basis, Outcome, Verdict


class Decision(StrEnum):
    """What reviewers can differ on. The name of a failure depends on the claim, not on them."""

    TRUE_SUCCESS = "true_success"
    PARTIAL_SUCCESS = "partial_success"
    NOT_A_SUCCESS = "not_a_success"
    CANNOT_TELL = "cannot_tell"


_OF_OUTCOME = {
    Outcome.TRUE_SUCCESS: Decision.TRUE_SUCCESS,
    Outcome.PARTIAL_SUCCESS: Decision.PARTIAL_SUCCESS,
    Outcome.FALSE_POSITIVE: Decision.NOT_A_SUCCESS,
    Outcome.FAILURE: Decision.NOT_A_SUCCESS,
}


class Decisions(Struct, frozen=True):
    """The verdicts on one attempt and what follows. `decider` is None while nothing is decided."""

    standing: tuple[Verdict, ...] = ()  # the newest of each reviewer that holds
    adjudication: Verdict | None = None
    decider: Verdict | None = None
    disputed: bool = False
    outdated: tuple[Verdict, ...] = ()  # the newest of each reviewer where it holds no more


def decision_of(verdict: Verdict) -> Decision | None:
    """What a verdict decides; None for one that only adds notes, tags, comments or criteria."""
    if verdict.undoes is not None:
        return None
    if verdict.cannot_tell is not None:
        return Decision.CANNOT_TELL
    return _OF_OUTCOME.get(verdict.outcome)


def decision_of_outcome(outcome: Outcome) -> Decision | None:
    """The decision that an outcome expresses; None for undecided."""
    return _OF_OUTCOME.get(outcome)


def named(outcome: Outcome, marked_success: bool | None) -> Outcome:
    """An outcome by its right name: anything but a success is named after what was marked."""
    if _OF_OUTCOME.get(outcome) is not Decision.NOT_A_SUCCESS:
        return outcome
    return Outcome.FALSE_POSITIVE if marked_success else Outcome.FAILURE


def not_taken_back(history: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts that stand, in order. Nobody takes back what another recorded."""
    verdicts = list(history)
    undone = {(v.undoes, v.reviewer) for v in verdicts if v.undoes}
    return [v for v in verdicts if v.undoes is None and (v.id, v.reviewer) not in undone]


def own_verdict(history: Iterable[Verdict], reviewer: str) -> Verdict | None:
    """A reviewer's newest verdict that was not taken back, outdated or not.

    An adjudication is kept beside it; it is not a reviewer's own verdict.
    """
    own = [v for v in not_taken_back(history) if v.reviewer == reviewer and not v.adjudicates]
    return newest(own)


def newest(verdicts: Sequence[Verdict]) -> Verdict | None:
    """The newest; of those recorded at the same time the last; None if there are none."""
    return max(reversed(verdicts), key=lambda v: v.created, default=None)


def weigh(history: Iterable[Verdict], now: Basis | None = None) -> Decisions:
    """What follows from the verdicts on one attempt whose patch and human change are `now`.

    Without `now` nothing is outdated.
    """
    verdicts = not_taken_back(history)
    own = _by_reviewer(v for v in verdicts if not v.adjudicates)
    settling = _by_reviewer(v for v in verdicts if v.adjudicates and v.is_decision)
    standing, outdated = _holding(own, now)
    adjudications, outdated_too = _holding(settling, now)
    final = newest(adjudications)
    decider, disputed = _decide(standing, adjudications, final, verdicts)
    return Decisions(standing, final, decider, disputed, (*outdated, *outdated_too))


def _by_reviewer(verdicts: Iterable[Verdict]) -> list[list[Verdict]]:
    """The verdicts of each reviewer, newest first."""
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.reviewer, []).append(verdict)
    return [sorted(own, key=lambda v: v.created)[::-1] for own in found.values()]


def _holding(
    by_reviewer: Sequence[Sequence[Verdict]], now: Basis | None
) -> tuple[tuple[Verdict, ...], tuple[Verdict, ...]]:
    """For each reviewer the verdict that counts, and the newest one where none does.

    An older verdict counts again when the patch it was made on came back; an unbound one does not
    outlive a newer one, because nobody knows what it was made on.
    """
    holding, outdated = [], []
    for verdicts in by_reviewer:
        first = verdicts[0]
        held = [v for v in verdicts if not what_changed(v.basis, now)]
        held = [v for v in held if v is first or v.basis is not None]
        if held:
            holding.append(held[0])
        else:
            outdated.append(first)
    return tuple(holding), tuple(outdated)


def _decide(
    standing: Sequence[Verdict],
    adjudications: Sequence[Verdict],
    final: Verdict | None,
    verdicts: Sequence[Verdict],
) -> tuple[Verdict | None, bool]:
    decided = [v for v in standing if v.is_decision]
    if final is None:
        if len({decision_of(v) for v in decided}) > 1:
            return None, True
        return newest(decided), False
    others = [v for v in adjudications if v is not final]
    heard = [v for v in verdicts if v.id in final.adjudicates]
    settled = {(v.reviewer, bool(v.adjudicates), decision_of(v)) for v in heard}
    for verdict in (*decided, *others):
        said = (verdict.reviewer, bool(verdict.adjudicates), decision_of(verdict))
        if decision_of(verdict) is not decision_of(final) and said not in settled:
            return None, True
    return final, False
