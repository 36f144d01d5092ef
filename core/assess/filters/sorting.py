"""The columns of lists, and sorting by any of them: unknown values come last in both directions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter

from msgspec import Struct

from core.assess.filters.filter_fields import FIELDS
from core.assess.filters.filter_terms import FilterError
from core.assess.random_order import draw_order
from core.models import Assessment, HumanCommit, Severity

Cell = str | float | None
Commits = Mapping[str, HumanCommit]


class Column(Struct, frozen=True):
    """One column: what it shows of an attempt, and how it sorts. Lists of texts are joined."""

    name: str
    read: Callable[[Assessment, HumanCommit | None], Cell]


def _of_field(name: str) -> Column:
    field = FIELDS[name]

    def read(known: Assessment, commit: HumanCommit | None) -> Cell:
        value = field.read(known, commit)
        if isinstance(value, tuple):
            if len(value) == 1:
                return str(value[0]) or None
            return " ".join(sorted(map(str, value))) or None
        return value if isinstance(value, (int, float)) else None

    return Column(name, read)


def _errors(known: Assessment, _: HumanCommit | None) -> Cell:
    if known.report is None:
        return None
    return sum(finding.severity is Severity.ERROR for finding in known.report.findings)


_RANDOM = re.compile(r"random(?::(?P<seed>\d+))?")

_NOT_COLUMNS = frozenset({"has", "file", "note", "comment"})

COLUMNS: Mapping[str, Column] = {
    column.name: column
    for column in (
        *(_of_field(name) for name in FIELDS if name not in _NOT_COLUMNS),
        Column("commit", lambda known, _: known.attempt.reference_sha or None),
        Column("errors", _errors),
        Column("contradictions", lambda known, _: len(known.contradictions)),
    )
}
"""Every column by its name: the fields of the language that have few values, and counts."""


def sort_attempts(
    assessments: Iterable[Assessment], commits: Commits, order: str
) -> list[Assessment]:
    """The attempts by columns, as in "size" or "-errors,agent" (`-`: descending).

    The sort is stable. Raises `FilterError`.
    """
    found = list(assessments)
    for column, downwards in reversed(parse_order(order)):
        found = _sorted(found, commits, column, downwards)
    return found


def parse_order(order: str) -> Sequence[tuple[Column, bool]]:
    """The columns of an order, each with whether it is descending. Raises `FilterError`.

    `random:7` is the random order of the seed 7, the same for everybody.
    """
    columns = []
    for word in filter(None, (word.strip() for word in order.split(","))):
        name = word.lstrip("-+").lower()
        if random := _RANDOM.fullmatch(name):
            columns.append((_random(int(random["seed"] or 0)), word.startswith("-")))
            continue
        if name not in COLUMNS:
            raise FilterError(f"there is no column `{name}`", f"Columns: {', '.join(COLUMNS)}.")
        columns.append((COLUMNS[name], word.startswith("-")))
    return columns


def _random(seed: int) -> Column:
    return Column("random", lambda known, _: draw_order(known.attempt.key, seed).hex())


def _sorted(
    found: Sequence[Assessment], commits: Commits, column: Column, downwards: bool
) -> list[Assessment]:
    cells = [column.read(known, commits.get(known.attempt.reference_sha)) for known in found]
    known_ones = [
        (_comparable(cell), place) for place, cell in enumerate(cells) if cell is not None
    ]
    known_ones.sort(key=itemgetter(0), reverse=downwards)
    unknown = [found[place] for place, cell in enumerate(cells) if cell is None]
    return [*(found[place] for _, place in known_ones), *unknown]


def _comparable(cell: str | float) -> tuple[bool, float, str]:
    if isinstance(cell, str):
        return True, 0.0, cell.lower()
    return False, float(cell), ""
