"""A random sample with a seed: the same for everybody, whatever is decided meanwhile."""

from __future__ import annotations

import hashlib

from core.assess.outcome import has_patch
from core.assess.queues.queue_record import Assessments, Queue, QueueContext
from core.models import Assessment


def draw_order(key: str, seed: int) -> bytes:
    """Where an attempt stands in the random order of a seed.

    It rests on nothing but the key and the seed, so that an attempt that is added or left out
    moves no other: SHA-256 of both, as good as a random permutation.
    """
    return hashlib.sha256(f"{seed}\0{key}".encode("utf-8", "surrogatepass")).digest()


def in_random_order(assessments: Assessments, seed: int) -> list[Assessment]:
    """All of them, in the order of the seed."""
    return sorted(assessments, key=lambda known: draw_order(known.attempt.key, seed))


def _sample(assessments: Assessments, context: QueueContext) -> list[Assessment]:
    patched = [known for known in assessments if has_patch(known.attempt) is not False]
    return in_random_order(patched, context.seed)[: context.sample]


RANDOM = Queue("random", "z", "random sample (of attempts with a patch)", _sample)
