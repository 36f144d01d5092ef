"""A seeded random sample: the same for everybody, whatever is decided meanwhile."""

from __future__ import annotations

from core.assess.outcome import has_patch
from core.assess.queues.queue_record import Assessments, Queue, QueueContext
from core.assess.random_order import in_random_order
from core.models import Assessment, Origin


def _population(assessments: Assessments) -> list[Assessment]:
    return [known for known in assessments if has_patch(known.attempt) is not False]


def _sample(assessments: Assessments, context: QueueContext) -> list[Assessment]:
    return in_random_order(_population(assessments), context.seed)[: context.sample]


def _origins(assessments: Assessments, context: QueueContext) -> dict[str, Origin]:
    population = _population(assessments)
    drawn = _sample(assessments, context)
    origin = Origin(
        RANDOM.name,
        order="random",
        sample=len(drawn),
        population=len(population),
        seed=context.seed,
        inclusion=round(len(drawn) / len(population), 4) if population else None,
    )
    return {known.attempt.key: origin for known in drawn}


RANDOM = Queue("random", "z", "random sample (of attempts with a patch)", _sample, _origins)
