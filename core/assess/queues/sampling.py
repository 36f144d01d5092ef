"""A random sample with a seed: the same for everybody, whatever is decided meanwhile."""

from __future__ import annotations

from core.assess.outcome import has_patch
from core.assess.queues.queue_record import Assessments, Queue, QueueContext
from core.assess.random_order import in_random_order
from core.models import Assessment


def _sample(assessments: Assessments, context: QueueContext) -> list[Assessment]:
    patched = [known for known in assessments if has_patch(known.attempt) is not False]
    return in_random_order(patched, context.seed)[: context.sample]


RANDOM = Queue("random", "z", "random sample (of attempts with a patch)", _sample)
