"""Tables of labels that anybody made: CSV, JSON or JSON Lines, a row for each attempt or task.

Nested objects become columns with dotted names (`ERC.func`). Which column names the attempts is
found by looking which one matches most of them; it can be named instead.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from core.files import UnusableError, read_bytes
from core.models import Attempt
from core.sources import decode

Label = str | float | bool | None
_MAX_BYTES = 512 * 1024 * 1024
_MOST_LABELS = 12
"""Distinct values of a column that holds opinions rather than texts or numbers."""


@dataclass(frozen=True, slots=True)
class LabelTable:
    """The rows of a table, each a value by column; `bad` rows could not be read."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Label], ...]
    bad: int = 0

    def column(self, key: str, name: str) -> dict[str, Label]:
        """The values of a column by those of the column `key`; the last of equal keys holds."""
        found = {}
        for row in self.rows:
            if row.get(key) is not None and row.get(name) is not None:
                found[str(row[key])] = row[name]
        return found

    def require(self, name: str) -> str:
        """A column's name. Raises `InputError` when there is none such."""
        if name not in self.columns:
            raise InputError(
                f"{self.path} has no column {name!r}", f"It has {', '.join(self.columns[:30])}."
            )
        return name


def read_label_table(path: Path) -> LabelTable:
    """Read a table of any of the kinds. Raises `InputError`."""
    try:
        text = decode(read_bytes(path, _MAX_BYTES))
    except UnusableError as error:
        raise InputError(error.of(path)) from error
    if path.suffix.lower() == ".csv":
        rows: list[object] = [dict(row) for row in csv.DictReader(io.StringIO(text))]
    else:
        rows = list(_json_rows(text))
    flat = [dict(_flattened(row)) for row in rows if isinstance(row, dict)]
    if not flat:
        raise InputError(f"{path} holds no rows", "A CSV table, a JSON list or JSON Lines do.")
    columns = tuple(dict.fromkeys(name for row in flat for name in row))
    return LabelTable(path, columns, tuple(flat), len(rows) - len(flat))


def names_of(attempt: Attempt) -> tuple[str, ...]:
    """By which names a table may know an attempt: its key, the key's last part, its item."""
    found = (attempt.key, attempt.key.rpartition("/")[2], attempt.item, attempt.task)
    return tuple(dict.fromkeys(name for name in found if name))


def key_column(table: LabelTable, attempts: Sequence[Attempt]) -> str:
    """The column that names most of the attempts. Raises `InputError` when none names any."""
    known = {name for attempt in attempts for name in names_of(attempt)}
    matches = {
        name: len({str(row.get(name)) for row in table.rows} & known) for name in table.columns
    }
    best = max(matches, key=lambda name: matches[name])
    if not matches[best]:
        raise InputError(f"no column of {table.path} names an attempt", "Name one with --key.")
    return best


def opinion_columns(table: LabelTable, key: str) -> tuple[str, ...]:
    """The columns that look like opinions: few distinct words or truth values, more than one."""
    found = []
    for name in table.columns:
        given = [row[name] for row in table.rows if row.get(name) is not None]
        values = set(given)
        words = all(isinstance(value, str | bool) for value in values)
        is_repeated = 2 * len(values) <= len(given)
        if name != key and words and is_repeated and 2 <= len(values) <= _MOST_LABELS:
            found.append(name)
    return tuple(found)


def _json_rows(text: str) -> Iterator[object]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        for line in text.split("\n"):
            if line.strip():
                try:
                    yield json.loads(line)
                except (ValueError, RecursionError):
                    yield None
        return
    if isinstance(whole, dict) and whole and all(isinstance(v, dict) for v in whole.values()):
        yield from ({"id": name, **row} for name, row in whole.items())
    else:
        yield from whole if isinstance(whole, list) else [whole]


def _flattened(row: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, Label]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _flattened(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield f"{prefix}{name}", ", ".join(map(str, value))
        elif value is None or isinstance(value, str | bool | int | float):
            yield f"{prefix}{name}", value
