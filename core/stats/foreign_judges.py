"""Anybody's judge beside what is known: opinions on nothing, gaps, measurements, another judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.models import Attempt, PatchState
from core.readers.label_table import Label, LabelTable, names_of
from core.stats.agreement import Agreement, agreement

_NO_PATCH = (PatchState.EMPTY, PatchState.MISSING)


@dataclass(frozen=True, slots=True)
class ForeignJudge:
    """A table of opinions beside the attempts that it is about.

    `judged_empty` of the `empty` attempts without a patch have a row; `missing` attempts have
    none, and `unknown` rows name no attempt. `doubled` counts rows whose name came before.
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


@dataclass(frozen=True, slots=True)
class Beside:
    """One opinion beside a measurement: of `both` rows with it, `not_above` are not above."""

    opinion: str
    both: int
    not_above: int


def audit_table(
    table: LabelTable, key: str, columns: Sequence[str], attempts: Sequence[Attempt]
) -> ForeignJudge:
    """What is to be known of a table of opinions before anything is made of it."""
    named = [str(row[key]) for row in table.rows if row.get(key) is not None]
    rows = set(named)
    known = {name for attempt in attempts for name in names_of(attempt)}
    with_row = [a for a in attempts if rows & set(names_of(a))]
    return ForeignJudge(
        rows=len(table.rows),
        matched=len(with_row),
        empty=sum(a.patch.state in _NO_PATCH for a in attempts),
        judged_empty=sum(a.patch.state in _NO_PATCH for a in with_row),
        missing=len(attempts) - len(with_row),
        unknown=len(rows - known),
        doubled=len(named) - len(rows),
        bad=table.bad,
        opinions={
            name: Counter(str(value) for value in table.column(key, name).values())
            for name in columns
        },
    )


def beside_measurement(
    opinions: Mapping[str, Label], measured: Mapping[str, Label], limit: float
) -> list[Beside]:
    """Each opinion beside a measurement of the same attempts, most frequent first."""
    both: Counter[str] = Counter()
    low: Counter[str] = Counter()
    for name, opinion in opinions.items():
        value = measured.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            both[str(opinion)] += 1
            low[str(opinion)] += value <= limit
    return [Beside(opinion, count, low[opinion]) for opinion, count in both.most_common()]


def two_judges(first: Mapping[str, Label], second: Mapping[str, Label]) -> Agreement:
    """Two judges, or one judge asked twice, on what both have an opinion of."""
    common = sorted(first.keys() & second.keys())
    return agreement([(str(first[name]), str(second[name])) for name in common])
