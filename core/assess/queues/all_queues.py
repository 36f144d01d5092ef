"""Every queue, in the order in which they are offered."""

from __future__ import annotations

from core.assess.queues import by_decision, by_fact, by_opinion, label_next, sampling
from core.assess.queues.queue_record import Queue
from core.errors import InputError

QUEUES: tuple[Queue, ...] = (
    by_decision.ALL,
    by_decision.UNDECIDED,
    by_decision.ASSIGNED,
    by_decision.DISPUTES,
    by_decision.CONFLICTS,
    by_decision.FLAGGED,
    by_decision.OUTDATED,
    by_opinion.SPLIT,
    by_opinion.FAILED,
    by_fact.SUSPICIOUS,
    by_fact.WRONG_BASE,
    by_fact.DUPLICATES,
    sampling.RANDOM,
    label_next.LABEL_NEXT,
    by_opinion.NEVER,
    by_opinion.VERDICT,
    by_opinion.INCOMPLETE,
    by_opinion.REFUSED,
    by_opinion.UNPARSEABLE,
    by_opinion.ERROR,
)


def queue_named(name: str) -> Queue:
    """The queue with this name. Raises an `InputError` that lists them."""
    for queue in QUEUES:
        if queue.name == name:
            return queue
    names = ", ".join(queue.name for queue in QUEUES)
    raise InputError(f"there is no queue {name!r:.40}", f"Queues: {names}.")
