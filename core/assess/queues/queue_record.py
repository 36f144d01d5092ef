"""What a queue is, and what it may know besides the assessments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from core.assess.opinions import newest_votes
from core.models import Assessment, Assignment, JudgementState, Origin

Assessments = Sequence[Assessment]


class QueueContext(Struct, frozen=True):
    """How a sample is drawn, and which assignments wait for the reviewer, by attempt.

    `unsealed` gives all that is known of an attempt: for drawing, never for showing.
    """

    seed: int = 0
    sample: int = 30
    waiting: Mapping[str, Sequence[Assignment]] = field(default_factory=dict)
    unsealed: Callable[[str], Assessment] | None = None


class Queue(Struct, frozen=True):
    """One selection of attempts. `name` is for commands and records, `letter` for the screen.

    `origins`, for a queue that draws at random, says how each attempt was drawn, by key.
    """

    name: str
    letter: str
    label: str
    select: Callable[[Assessments, QueueContext], list[Assessment]]
    origins: Callable[[Assessments, QueueContext], Mapping[str, Origin]] = lambda *_: {}


def where(
    holds: Callable[[Assessment], bool],
    order: Callable[[Assessment], tuple[object, ...]] | None = None,
) -> Callable[[Assessments, QueueContext], list[Assessment]]:
    """A selection by a property of each attempt, in run order or by `order`."""

    def select(assessments: Assessments, _: QueueContext) -> list[Assessment]:
        found = [known for known in assessments if holds(known)]
        return sorted(found, key=order) if order else found

    return select


def judge_states(known: Assessment) -> frozenset[JudgementState]:
    """How the standing votes, and the newest one, ended; the last try of each."""
    votes = [judgement for judgement in known.judgements if not judgement.canary]
    return frozenset(judgement.state for judgement in (*votes[-1:], *newest_votes(votes)))
