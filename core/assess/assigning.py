"""Which reviewer is asked about which attempt: a seeded plan, and what of it is still open."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from core.assess.decisions import not_taken_back
from core.assess.random_order import draw_order, in_random_order
from core.errors import InputError
from core.models import Assessment, Assignment, Verdict


class AssignmentPlan(Struct, frozen=True):
    """What determines a plan. The same plan on the same attempts gives the same records."""

    reviewers: tuple[str, ...]
    each: int = 1  # reviewers an attempt gets
    seed: int = 0
    filter: str = ""
    sample: int | None = None  # attempts drawn; None: all
    again: float = 0.0  # share of each reviewer's attempts that come back to them later

    @property
    def id(self) -> str:
        """A name derived from what determines the plan."""
        parts = (self.reviewers, self.each, self.seed, self.filter, self.sample, self.again)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


class ReviewerLoad(Struct, frozen=True):
    """How far one reviewer has come with their assignments."""

    reviewer: str
    assigned: int
    open: int


def draw_plan(
    plan: AssignmentPlan, candidates: Sequence[Assessment], author: str, now: datetime
) -> list[Assignment]:
    """The assignments of a plan. `candidates` are the attempts that match its filter.

    Reviewers get equal shares (give or take one), each in a random order of their own. Raises
    `InputError` for a plan that cannot be drawn.
    """
    _check(plan, candidates)
    drawn = in_random_order(candidates, plan.seed)[: plan.sample]
    given: dict[str, list[str]] = {reviewer: [] for reviewer in plan.reviewers}
    for known in drawn:
        for reviewer in _reviewers_of(known.attempt.key, plan, given):
            given[reviewer].append(known.attempt.key)
    return [
        Assignment(
            id=_record_id(plan, key, reviewer, again),
            attempt=key,
            reviewer=reviewer,
            created=now,
            plan=plan.id,
            author=author,
            position=position,
            again=again,
            each=plan.each,
            seed=plan.seed,
            filter=plan.filter,
            population=len(candidates),
            drawn=len(drawn),
        )
        for reviewer, keys in given.items()
        for position, (key, again) in enumerate(_in_order(plan, reviewer, keys))
    ]


def standing(assignments: Iterable[Assignment]) -> dict[str, list[Assignment]]:
    """The assignments that were not withdrawn, by attempt."""
    records = list(assignments)
    withdrawn = {record.undoes for record in records if record.undoes}
    found: dict[str, list[Assignment]] = {}
    for record in records:
        if record.undoes is None and record.id not in withdrawn:
            found.setdefault(record.attempt, []).append(record)
    return found


def open_assignments(
    given: Iterable[Assignment],
    reviewer: str,
    known: Assessment,
    history: Iterable[Verdict],
) -> list[Assignment]:
    """What this reviewer was asked about an attempt and has not answered, in order.

    A repeat waits for the first answer.
    """
    records = not_taken_back(history)
    own = [a for a in given if a.reviewer == reviewer and not _is_done(a, known, records)]
    decided = any(v.reviewer == reviewer and v.is_decision for v in known.verdicts)
    return sorted((a for a in own if a.again is decided), key=lambda a: (a.position, a.id))


def withdrawals(
    given: Mapping[str, Sequence[Assignment]],
    assessments: Mapping[str, Assessment],
    histories: Mapping[str, Sequence[Verdict]],
    plan: str,
    now: datetime,
) -> list[Assignment]:
    """Records that withdraw whatever in a plan has not been answered yet."""
    found = []
    for key, records in given.items():
        known, history = assessments.get(key), not_taken_back(histories.get(key, ()))
        for one in records:
            if one.plan == plan and not (known and _is_done(one, known, history)):
                id = hashlib.sha256(f"withdrawn {one.id}".encode()).hexdigest()[:32]
                found.append(Assignment(id, key, one.reviewer, now, plan, undoes=one.id))
    return found


def loads(
    given: Mapping[str, Sequence[Assignment]],
    assessments: Mapping[str, Assessment],
    histories: Mapping[str, Sequence[Verdict]],
) -> list[ReviewerLoad]:
    """How far each reviewer has come, by name. Assignments without an attempt do not count."""
    assigned: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    for key in given.keys() & assessments.keys():
        records = not_taken_back(histories.get(key, ()))
        for assignment in given[key]:
            assigned[assignment.reviewer] += 1
            waiting[assignment.reviewer] += not _is_done(assignment, assessments[key], records)
    return [ReviewerLoad(name, assigned[name], waiting[name]) for name in sorted(assigned)]


def _is_done(assignment: Assignment, known: Assessment, records: Sequence[Verdict]) -> bool:
    """Has its reviewer answered?

    The first time, any decision that still holds counts; a repeat needs a decision that names it.
    """
    if not assignment.again:
        own = (v for v in known.verdicts if v.reviewer == assignment.reviewer)
        return any(v.is_decision for v in own)
    return any(
        v.is_decision and v.origin is not None and v.origin.assignment == assignment.id
        for v in records
    )


def _check(plan: AssignmentPlan, candidates: Sequence[Assessment]) -> None:
    if len(set(plan.reviewers)) != len(plan.reviewers) or not all(plan.reviewers):
        raise InputError("a reviewer is named twice, or has no name")
    if not 1 <= plan.each <= len(plan.reviewers):
        hint = f"Choose from 1 to {len(plan.reviewers)}, or name more reviewers."
        raise InputError(f"cannot assign {plan.each} reviewers to each attempt", hint)
    if not 0 <= plan.again <= 1:
        raise InputError("the share to show again is not between 0 and 1")
    if not candidates:
        raise InputError(
            "there is no attempt to assign", "Only attempts with a patch are assigned."
        )


def _reviewers_of(key: str, plan: AssignmentPlan, given: Mapping[str, Sequence[str]]) -> list[str]:
    """Those with the fewest attempts so far; ties are broken at random."""
    ranked = sorted(
        plan.reviewers,
        key=lambda name: (len(given[name]), draw_order(f"{key}\0{name}", plan.seed)),
    )
    return ranked[: plan.each]


def _in_order(
    plan: AssignmentPlan, reviewer: str, keys: Sequence[str]
) -> Iterator[tuple[str, bool]]:
    """A reviewer's attempts in an order of their own, then those that come back."""
    own = sorted(keys, key=lambda key: draw_order(f"{key}\0{reviewer}\0order", plan.seed))
    for key in own:
        yield key, False
    back = sorted(keys, key=lambda key: draw_order(f"{key}\0{reviewer}\0again", plan.seed))
    for key in back[: math.ceil(plan.again * len(keys))]:
        yield key, True


def _record_id(plan: AssignmentPlan, key: str, reviewer: str, again: bool) -> str:
    text = json.dumps([plan.id, key, reviewer, again])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
