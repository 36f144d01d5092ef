"""A list of attempts for people and programs: a queue, narrowed by a filter, in some order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from core.assess.decisions import decision_of, not_taken_back
from core.assess.filters import COLUMNS, AttemptFilter, Column, FilterError, sort_attempts
from core.assess.filters.sorting import Cell
from core.assess.queues import Queue, QueueContext
from core.export.stats_text import align
from core.models import Assessment, HumanCommit, Origin, Verdict
from core.text import counted, one_line

SCHEMA_VERSION = 1
"""Of the JSON form (`docs/filters.md`)."""

_WIDTH = 60


class Listing(Struct, frozen=True):
    """What was asked for, and the attempts, each with values by column name."""

    schema_version: int
    queue: str
    filter: str
    sort: str
    seed: int | None  # for a queue that draws at random
    total: int  # attempts of the run set
    in_queue: int
    columns: tuple[str, ...]
    attempts: tuple[Mapping[str, Cell], ...]
    origins: tuple[Origin, ...] = ()  # for a queue that draws at random: how each was drawn


def parse_columns(text: str) -> tuple[Column, ...]:
    """The columns named in a comma-separated list. Raises `FilterError`."""
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in COLUMNS:
            raise FilterError(f"there is no column `{name}`", f"Columns: {', '.join(COLUMNS)}.")
    return tuple(COLUMNS[name] for name in names)


def list_attempts(
    assessments: Sequence[Assessment],
    commits: Mapping[str, HumanCommit],
    queue: Queue,
    context: QueueContext,
    asked: AttemptFilter,
    order: str,
    columns: Sequence[Column],
) -> Listing:
    """The attempts of a queue that match a filter, in the queue's order or the requested one.

    Raises `FilterError` for an order that names an unknown column.
    """
    queued = queue.select(assessments, context)
    found = asked.select(queued, commits)
    if order:
        found = sort_attempts(found, commits, order)
    origins = queue.origins(assessments, context)
    return Listing(
        SCHEMA_VERSION,
        queue.name,
        asked.text,
        order,
        context.seed if origins else None,
        len(assessments),
        len(queued),
        tuple(column.name for column in columns),
        tuple(_row(known, commits.get(known.attempt.reference_sha), columns) for known in found),
        tuple(origins[known.attempt.key] for known in found) if origins else (),
    )


def format_listing(listing: Listing) -> str:
    """The list as aligned text, with the counts in the last line."""
    rows = [
        listing.columns,
        *(tuple(_cell(row[name]) for name in listing.columns) for row in listing.attempts),
    ]
    numbers = [
        place
        for place, name in enumerate(listing.columns)
        if any(isinstance(row[name], (int, float)) for row in listing.attempts)
    ]
    counts = f"{len(listing.attempts)} of {listing.total} attempts"
    if listing.queue != "all":
        counts = f"{len(listing.attempts)} of {listing.in_queue} in {listing.queue}"
        counts += f" ({listing.total} attempts)"
    return "".join(f"{line}\n" for line in (*align(rows, right=numbers), counts))


class StrayRow(Struct, frozen=True):
    """One standing verdict that belongs to no attempt of the run set."""

    key: str
    reviewer: str
    created: datetime
    decision: str | None  # None: it only notes or tags
    id: str


class StrayListing(Struct, frozen=True):
    """The standing verdicts that belong to no attempt."""

    schema_version: int
    strays: tuple[StrayRow, ...]


def stray_rows(strays: Mapping[str, Sequence[Verdict]]) -> list[StrayRow]:
    """The standing verdicts that belong to no attempt, by the key that they name."""
    return [
        StrayRow(key, v.reviewer, v.created, decision_of(v), v.id)
        for key, history in sorted(strays.items())
        for v in not_taken_back(history)
    ]


def format_strays(rows: Sequence[StrayRow]) -> str:
    """The stray verdicts as aligned text, their count in the last line."""
    header = ("key", "reviewer", "when", "decision")
    cells = [
        (_cell(r.key), _cell(r.reviewer), f"{r.created:%Y-%m-%d %H:%M}", _cell(r.decision))
        for r in rows
    ]
    count = f"{counted(len(rows), 'verdict')} of no attempt here"
    return "".join(f"{line}\n" for line in (*(align([header, *cells]) if rows else ()), count))


def _row(
    known: Assessment, commit: HumanCommit | None, columns: Sequence[Column]
) -> dict[str, Cell]:
    return {column.name: column.read(known, commit) for column in columns}


def _cell(value: Cell) -> str:
    """Unknown as a dash; a long text is cut at its start, where paths are alike."""
    if value is None:
        return "–"
    if not isinstance(value, str):
        return f"{value:g}" if isinstance(value, float) else str(value)
    text = one_line(value, 400)
    return text if len(text) <= _WIDTH else f"…{text[1 - _WIDTH :]}"
