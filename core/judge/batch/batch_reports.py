"""The results of submitting and collecting batches, as `patchjury judge` prints them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Collected:
    """What one batch yielded this time. `judged` counts new judgements by state."""

    batch: str
    status: str
    judged: Mapping[str, int]
    known: int = 0  # collected before
    not_run: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SentBatch:
    """A submitted batch and its number of votes."""

    id: str
    votes: int


@dataclass(frozen=True, slots=True)
class BatchesSent:
    """`patchjury judge --batch --json`: numbers of votes; keys and reasons of what was left out."""

    batches: tuple[SentBatch, ...]
    cached: int
    waiting: int
    over_cap: int
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BatchesCollected:
    """`patchjury judge --collect --json`."""

    batches: tuple[Collected, ...]
