"""Any judge beside what is known: opinions on nothing, gaps, measurements, another judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from core.models import Attempt, PatchState
from core.readers.tables.measurements import number_of
from core.readers.tables.opinion_tables import OpinionTable
from core.stats.agreement import Agreement, agreement

_NO_PATCH = (PatchState.EMPTY, PatchState.MISSING)


class ForeignJudge(Struct, frozen=True):
    """A table of opinions beside the attempts that it covers.

    `judged_empty` of the `empty` attempts without a patch have a row; `missing` attempts have none,
    and `unknown` rows name no attempt. `doubled` counts rows whose name was seen before.
    """

    rows: int
    matched: int
    empty: int
    judged_empty: int
    missing: int
    unknown: int
    doubled: int
    bad: int
    opinions: Mapping[str, Mapping[str, int]]  # column -> value -> rows


class OpinionAndMeasurement(Struct, frozen=True):
    """One opinion beside a measurement: of the `both` rows with it, `not_above` are not above."""

    opinion: str
    both: int
    not_above: int


def audit_table(
    table: OpinionTable, columns: Sequence[str], attempts: Sequence[Attempt]
) -> ForeignJudge:
    """What to know about a table of opinions before drawing conclusions from it."""
    places = table.places(attempts)
    named = {name: row for row in table.rows if (name := table.name_of(row))}
    fitting = {name: places.find(row) for name, row in named.items()}
    keys = {attempt.key for found in fitting.values() for attempt in found}
    with_row = [attempt for attempt in attempts if attempt.key in keys]
    return ForeignJudge(
        rows=len(table.rows),
        matched=len(with_row),
        empty=sum(a.patch.state in _NO_PATCH for a in attempts),
        judged_empty=sum(a.patch.state in _NO_PATCH for a in with_row),
        missing=len(attempts) - len(with_row),
        unknown=sum(not found for found in fitting.values()),
        doubled=sum(bool(table.name_of(row)) for row in table.rows) - len(named),
        bad=table.bad,
        opinions={
            name: Counter(str(value) for value in table.column(name).values()) for name in columns
        },
    )


def beside_measurement(
    opinions: Mapping[str, object], measured: Mapping[str, object], limit: float
) -> list[OpinionAndMeasurement]:
    """Each opinion beside a measurement of the same attempts, most frequent first."""
    both: Counter[str] = Counter()
    low: Counter[str] = Counter()
    for name, opinion in opinions.items():
        value = number_of(measured.get(name))
        if value is not None:
            both[str(opinion)] += 1
            low[str(opinion)] += value <= limit
    return [
        OpinionAndMeasurement(opinion, count, low[opinion]) for opinion, count in both.most_common()
    ]


def two_judges(first: Mapping[str, object], second: Mapping[str, object]) -> Agreement:
    """Two judges, or one judge asked twice, on everything that both have an opinion on."""
    common = sorted(first.keys() & second.keys())
    return agreement([(str(first[name]), str(second[name])) for name in common])
