"""The results of submitting and collecting batches, as `patchjury judge` prints them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Collected(Struct, frozen=True):
    """What one batch yielded this time. `judged` counts new judgements by state."""

    batch: str
    status: str
    judged: Mapping[str, int]
    known: int = 0  # collected before
    not_run: int = 0
    problems: tuple[str, ...] = ()


class SentBatch(Struct, frozen=True):
    """A submitted batch and its number of votes."""

    id: str
    votes: int


class BatchesSent(Struct, frozen=True):
    """`patchjury judge --batch --json`: numbers of votes; keys and reasons of what was left out."""

    batches: tuple[SentBatch, ...]
    cached: int
    waiting: int
    over_cap: int
    left_out: tuple[tuple[str, str], ...]


class BatchesCollected(Struct, frozen=True):
    """`patchjury judge --collect --json`."""

    batches: tuple[Collected, ...]
