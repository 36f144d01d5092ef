"""Which attempts to look at next, so that the figures of this set become certain soonest.

The set is divided by the judge's opinion; within each part the order is random, and how many come
from each depends on how large and how mixed it is (`core.assess.allocation`). Because the choice
within a part is random, the answers may be counted as a sample, however wrong the judge is.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from core.assess.allocation import draw_more
from core.assess.queues.queue_record import Assessments, Queue, QueueContext
from core.assess.random_order import in_random_order
from core.assess.strata import PRIOR, STRATA, fact_says_true, stratum_of, truth_of
from core.models import Assessment, Origin

_PRIOR_ANSWERS = 2
"""How many answers the guess of a stratum's share is worth."""


class NextOfStratum(Struct, frozen=True):
    """One stratum of `size` attempts: the first `looked_at` of its order have been decided.

    `positives` of them are true successes, `unanswered` nobody could tell; `take` come next.
    """

    name: str
    size: int
    looked_at: int
    positives: int
    unanswered: int
    take: int

    @property
    def share(self) -> float:
        """The expected share of true successes, from the guess and what is known."""
        told = self.looked_at - self.unanswered
        return (self.positives + _PRIOR_ANSWERS * PRIOR[self.name]) / (told + _PRIOR_ANSWERS)


class NextLabels(Struct, frozen=True):
    """What to label next: attempts in the order in which they help, and how they divide.

    The `origins` of the attempts hold each one's stratum and its probability of being drawn.
    """

    strata: tuple[NextOfStratum, ...]
    attempts: tuple[Assessment, ...]
    origins: tuple[Origin, ...]


def next_labels(assessments: Assessments, context: QueueContext) -> NextLabels:
    """The next `context.sample` attempts by the seed. Attempts that a fact settles need no look."""
    parts = _strata(assessments, context)
    found = [_looked_at(name, part) for name, part in parts.items()]
    counts = [one.looked_at for one in found]
    waiting = [[known for known in part if not _is_done(known)] for part in parts.values()]
    chosen: list[tuple[int, Assessment]] = []
    for _ in range(min(context.sample, sum(map(len, waiting)))):
        sizes = [counts[i] + len(waiting[i]) for i in range(len(found))]
        more = draw_more(sizes, counts, [one.share for one in found], 1)
        stratum = next(i for i, count in enumerate(more) if count > counts[i])
        counts = more
        chosen.append((stratum, waiting[stratum].pop(0)))
    taken = [sum(stratum == i for stratum, _ in chosen) for i in range(len(found))]
    strata = tuple(
        NextOfStratum(s.name, s.size, s.looked_at, s.positives, s.unanswered, take)
        for s, take in zip(found, taken, strict=True)
    )
    attempts = tuple(known for _, known in chosen)
    reached = [_reach(part, attempts) for part in parts.values()]
    origins = (_origin(strata[i], reached[i], context.seed) for i, _ in chosen)
    return NextLabels(strata, attempts, tuple(origins))


def _reach(part: Sequence[Assessment], chosen: Sequence[Assessment]) -> int:
    """How much of a stratum's order has been looked at, including what is chosen."""
    keys = {known.attempt.key for known in chosen}
    return max((i + 1 for i, known in enumerate(part) if known.attempt.key in keys), default=0)


def _strata(assessments: Assessments, context: QueueContext) -> dict[str, list[Assessment]]:
    """The attempts that no fact settles, by stratum, in random order."""
    parts: dict[str, list[Assessment]] = {name: [] for name in STRATA}
    for known in assessments:
        if known.attempt.patch.has_text:
            unsealed = context.unsealed(known.attempt.key) if context.unsealed else known
            if fact_says_true(unsealed) is None:
                parts[stratum_of(unsealed)].append(unsealed)
    return {name: in_random_order(part, context.seed) for name, part in parts.items() if part}


def _is_done(known: Assessment) -> bool:
    """Has somebody decided, disputed or not?"""
    return known.verdict is not None or known.disputed


def _looked_at(name: str, part: Sequence[Assessment]) -> NextOfStratum:
    done = next((place for place, known in enumerate(part) if not _is_done(known)), len(part))
    truths = [truth_of(known) for known in part[:done]]
    return NextOfStratum(name, len(part), done, truths.count(True), truths.count(None), 0)


def _origin(stratum: NextOfStratum, drawn: int, seed: int) -> Origin:
    return Origin(
        LABEL_NEXT.name,
        order="random",
        sample=drawn,
        population=stratum.size,
        seed=seed,
        stratum=stratum.name,
        inclusion=round(drawn / stratum.size, 4),
    )


def _select(assessments: Assessments, context: QueueContext) -> list[Assessment]:
    chosen = next_labels(assessments, context).attempts
    shown = {known.attempt.key: known for known in assessments}
    return [shown[known.attempt.key] for known in chosen]


def _origins(assessments: Assessments, context: QueueContext) -> dict[str, Origin]:
    found = next_labels(assessments, context)
    keys = (known.attempt.key for known in found.attempts)
    return dict(zip(keys, found.origins, strict=True))


LABEL_NEXT = Queue(
    "label-next", "l", "to label next (what narrows the interval most)", _select, _origins
)
