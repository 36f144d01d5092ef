"""Tables of anybody's opinions: a judge's, or labels; a row for each attempt or task."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from core.errors import InputError
from core.models import Attempt
from core.readers.problems import Problems
from core.readers.tables.measurements import own_mapping
from core.readers.tables.row_places import Places, naming_column, text_of
from core.readers.tables.table_mapping import TableMapping, propose_with_opinions
from core.readers.tables.table_rows import TableRow, columns_of, read_rows
from core.readers.walk import File
from core.records import replace


class OpinionTable(Struct, frozen=True):
    """The rows of a table and the meaning of its columns; `bad` rows could not be read."""

    path: Path
    mapping: TableMapping
    rows: tuple[TableRow, ...]
    bad: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column."""
        return columns_of(self.rows)

    def name_of(self, row: TableRow) -> str:
        """The name that a row uses for its attempt, "" for none."""
        names = (text_of(row, column) for column in self.mapping.naming)
        return "/".join(filter(None, names))

    def column(self, name: str) -> dict[str, object]:
        """The values of a column by the rows' names; of equal names the last one counts."""
        return {
            self.name_of(row): row[name]
            for row in self.rows
            if self.name_of(row) and row.get(name) is not None
        }

    def require(self, name: str) -> str:
        """A column's name. Raises `InputError` if there is none."""
        if name not in self.columns:
            title = f"{self.path} has no column {name!r}"
            raise InputError(title, f"It has {', '.join(self.columns[:30])}.")
        return name

    def places(self, attempts: Sequence[Attempt]) -> Places:
        """The attempts by the names that rows may use."""
        return Places(attempts, self.mapping, str(self.path), self.rows)

    def named_by(self, column: str) -> OpinionTable:
        """The table with the column that names its attempts. Raises `InputError`."""
        mapping = replace(self.mapping, key=self.require(column), commit="", instance="", item="")
        claims = {name: said for name, said in (mapping.claims or {}).items() if name != column}
        return replace(self, mapping=replace(mapping, claims=claims))


def read_opinions(path: Path, attempts: Sequence[Attempt] | None = None) -> OpinionTable:
    """A table according to its mapping file, else as names and rows suggest.

    With `attempts`, the column that names them is searched for if no known name is used. Raises
    `InputError`.
    """
    mapping = own_mapping(str(path))
    if mapping is None:
        return propose_for(path, attempts)
    table = replace(_read(path), mapping=mapping)
    for column in mapping.columns:
        table.require(column)
    return table if mapping.names_attempts or attempts is None else _named(table, attempts)


def propose_for(path: Path, attempts: Sequence[Attempt] | None = None) -> OpinionTable:
    """A table as names and rows suggest, whatever mapping is beside it. Raises `InputError`."""
    table = _read(path)
    if attempts is None:
        return table
    places = table.places(attempts)
    return table if any(places.find(row) for row in table.rows) else _named(table, attempts)


def _read(path: Path) -> OpinionTable:
    problems = Problems(path.parent)
    rows = tuple(read_rows(File(str(path.resolve())), problems))
    if not rows:
        reason = "; ".join(f"It {problem.reason}." for problem in problems.all())
        hint = reason or "It should be a CSV table, a JSON list or JSON Lines."
        raise InputError(f"{path} has no rows", hint)
    bad = problems.broken[str(path.resolve())]
    return OpinionTable(path, propose_with_opinions(rows), rows, bad)


def _named(table: OpinionTable, attempts: Sequence[Attempt]) -> OpinionTable:
    column = naming_column(table.rows, attempts)
    if column is None:
        hint = f"Name one with --key, or in a mapping: patchjury map {table.path}"
        raise InputError(f"no column of {table.path} names an attempt", hint)
    return table.named_by(column)
