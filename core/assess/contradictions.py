"""Every contradiction between certain facts, a judge's opinion and people's decisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from core.assess.decisions import Decision, decision_of, decision_of_outcome
from core.models import CRITERIA, UNKNOWN, Contradiction, Criteria, Flag, Outcome, Verdict

OUTCOME = "outcome"
"""What a contradiction is about when it is not about a single criterion."""


class Voices(Struct, frozen=True):
    """What each voice says of one attempt. `judge` is the majority of the votes that stand."""

    check: Criteria = UNKNOWN
    judge: Criteria = UNKNOWN
    judge_outcome: Outcome = Outcome.UNDECIDED  # what follows from the judge alone
    people: tuple[Verdict, ...] = ()  # the standing verdicts; only the adjudicated one if settled
    has_patch: bool | None = None


def can_follow(decision: Decision, criteria: Criteria, has_patch: bool | None = None) -> bool:
    """Can a decision be right, whatever the unknown criteria turn out to be?"""
    logic = criteria.optimization_logic_match
    template = criteria.is_template_code
    others = (
        criteria.syntax_correct,
        criteria.files_match,
        criteria.is_complete,
        None if template is None else not template,
    )
    match decision:
        case Decision.TRUE_SUCCESS:
            return has_patch is not False and False not in (logic, *others)
        case Decision.PARTIAL_SUCCESS:
            return has_patch is not False and logic is not False and not all(others)
        case Decision.NOT_A_SUCCESS:
            return has_patch is False or logic is not True
        case Decision.CANNOT_TELL:
            return True


def flags_of(
    decision: Decision | None, own: Criteria, check: Criteria, has_patch: bool | None = None
) -> tuple[Flag, ...]:
    """What a person's decision, or criteria alone, contradict; the person is asked only once."""
    against_fact = any(_opposed(own, check, name) for name in CRITERIA)
    if decision is None:
        return (Flag.AGAINST_FACT,) if against_fact else ()
    against_fact = against_fact or not can_follow(decision, check, has_patch)
    against_own = not can_follow(decision, own)
    flags = ((Flag.AGAINST_FACT, against_fact), (Flag.AGAINST_OWN_CRITERIA, against_own))
    return tuple(flag for flag, holds in flags if holds)


def contradictions(voices: Voices) -> tuple[Contradiction, ...]:
    """Every pair of voices that contradict each other, criterion by criterion, then the outcome."""
    found: list[Contradiction] = []
    for name in CRITERIA:
        check, judge = getattr(voices.check, name), getattr(voices.judge, name)
        people = {getattr(v.criteria, name) for v in voices.people} - {None}
        found += _pairs(name, _one(check), _one(judge), people)
    return (*found, *_on_outcome(voices))


def _on_outcome(voices: Voices) -> Iterable[Contradiction]:
    decisions = {d for v in voices.people if (d := decision_of(v)) is not None}
    judge = decision_of_outcome(voices.judge_outcome)
    opinions = decisions - {Decision.CANNOT_TELL}
    if any(not can_follow(d, voices.check, voices.has_patch) for d in decisions):
        yield Contradiction(OUTCOME, ("check", "person"))
    if judge is not None and opinions - {judge}:
        yield Contradiction(OUTCOME, ("judge", "person"))
    if len(decisions) > 1:
        yield Contradiction(OUTCOME, ("person", "person"))


def _pairs(
    name: str, check: Collection[bool], judge: Collection[bool], people: Collection[bool]
) -> Iterable[Contradiction]:
    sides: Sequence[tuple[str, Collection[bool]]] = (
        ("check", check),
        ("judge", judge),
        ("person", people),
    )
    for place, (first, ours) in enumerate(sides):
        for second, theirs in sides[place + 1 :]:
            if any(a is not b for a in ours for b in theirs):
                yield Contradiction(name, (first, second))
    if len(people) > 1:
        yield Contradiction(name, ("person", "person"))


def _one(value: bool | None) -> tuple[bool, ...]:
    return () if value is None else (value,)


def _opposed(one: Criteria, other: Criteria, name: str) -> bool:
    values = (getattr(one, name), getattr(other, name))
    return None not in values and values[0] is not values[1]
