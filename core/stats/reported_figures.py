"""What others' exports report about facts and money: shown beside the figures, never counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from core.models import Reported, ReportedLedger


class ReportedBy(Struct, frozen=True):
    """One import: how many attempts it had check reports on, and its ledger if it had one."""

    reported_by: str
    created: datetime
    generator: str
    checked: int
    ledger: ReportedLedger | None


def count_reported(records: Iterable[Reported]) -> tuple[ReportedBy, ...]:
    """Each import by name, in order of time."""
    by_name: dict[str, list[Reported]] = {}
    for record in records:
        by_name.setdefault(record.reported_by, []).append(record)
    found = [_one(name, group) for name, group in by_name.items()]
    return tuple(sorted(found, key=lambda one: (one.created, one.reported_by)))


def _one(name: str, records: list[Reported]) -> ReportedBy:
    ledgers = [record.ledger for record in records if record.ledger is not None]
    return ReportedBy(
        name,
        records[0].created,
        records[0].generator,
        len({report.attempt for record in records for report in record.reports}),
        ledgers[0] if ledgers else None,
    )
