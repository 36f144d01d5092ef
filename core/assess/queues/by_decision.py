"""Queues by decision: decided, not decided, or decided differently."""

from __future__ import annotations

from core.assess.outcome import contradicts_fact, is_open
from core.assess.queues.queue_record import Assessments, Queue, QueueContext, where
from core.models import Assessment, Flag

ALL = Queue("all", "a", "all", where(lambda _: True))

UNDECIDED = Queue("undecided", "u", "without a decision", where(is_open))


def _by_their_last_word(known: Assessment) -> tuple[object, ...]:
    return (max(v.created for v in known.verdicts),)


DISPUTES = Queue(
    "disputes",
    "d",
    "in dispute (reviewers differ)",
    where(lambda known: known.disputed, _by_their_last_word),
)


def _with_others(known: Assessment) -> int:
    """Contradictions other than between people: those are disputes."""
    return sum(found.voices != ("person", "person") for found in known.contradictions)


CONFLICTS = Queue(
    "conflicts",
    "c",
    "in conflict (checks, judge and people)",
    where(lambda known: _with_others(known) > 0, lambda known: (-_with_others(known),)),
)


def _is_flagged(known: Assessment) -> bool:
    own = any(Flag.AGAINST_OWN_CRITERIA in v.flags for v in known.verdicts)
    return own or contradicts_fact(known)


FLAGGED = Queue("flagged", "f", "decided against a fact or against itself", where(_is_flagged))

OUTDATED = Queue(
    "outdated",
    "o",
    "outdated (the patch or the human change has changed since)",
    where(lambda known: bool(known.outdated)),
)


def _assigned(assessments: Assessments, context: QueueContext) -> list[Assessment]:
    """What was assigned to this reviewer and is not answered yet, in the assigned order."""
    given = [known for known in assessments if context.waiting.get(known.attempt.key)]
    first = {key: waiting[0] for key, waiting in context.waiting.items() if waiting}

    def place(known: Assessment) -> tuple[bool, int]:
        assignment = first[known.attempt.key]
        return assignment.again, assignment.position

    return sorted(given, key=place)


ASSIGNED = Queue("assigned", "m", "assigned to me", _assigned)
