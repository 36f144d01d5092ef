"""A seeded random order: the same for everybody, whatever is added or decided meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from core.models import Assessment


def draw_order(key: str, seed: int) -> bytes:
    """Where an attempt comes in the random order of a seed.

    It depends only on the key and the seed, so adding or leaving out an attempt moves no other: the
    SHA-256 of both, as good as a random permutation.
    """
    return hashlib.sha256(f"{seed}\0{key}".encode("utf-8", "surrogatepass")).digest()


def in_random_order(assessments: Iterable[Assessment], seed: int) -> list[Assessment]:
    """All of them, in the order of the seed."""
    return sorted(assessments, key=lambda known: draw_order(known.attempt.key, seed))
