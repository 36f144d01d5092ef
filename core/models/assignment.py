"""Assignments: which reviewer is asked about which attempt, and how that was drawn."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Assignment(Struct, frozen=True):
    """One attempt given to one reviewer. All records of one `plan` were drawn together.

    `drawn` of the `population` attempts that `filter` matched were assigned to somebody, each with
    the same probability (or by `stratum`, with that stratum's), by the generator seeded with
    `seed`.
    """

    id: str
    attempt: str
    reviewer: str
    created: datetime
    plan: str
    author: str = ""  # who assigned it
    position: int = 0  # in this reviewer's order, from 0
    again: bool = False  # the reviewer decided on it before: self-agreement
    each: int = 1  # reviewers an attempt was to have
    seed: int = 0
    filter: str = ""
    population: int = 0
    drawn: int = 0
    stratum: str = ""
    undoes: str | None = None  # id of the assignment that this record withdraws
