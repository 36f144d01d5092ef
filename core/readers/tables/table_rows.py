"""The rows of a table in any format: CSV, JSON, JSON Lines or Parquet.

Objects inside a row become columns with dotted names (`ERC.func`); an object of rows by name gives
them the column `id`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, zip_longest
from typing import cast

from core.files import UnusableError, read_bytes
from core.readers.kinds.arrow_tables import rows_of_table
from core.readers.problems import Problems
from core.readers.record_scan import scan
from core.readers.walk import File

MAX_TABLE_BYTES = 256 * 2**20

_MAX_CELL = 2**24
_MOST_LEVELS = 20
_SHORT = 1000  # of the elements of a list that is shown as text
_NAME = "id"  # the column for the rows' names in an object

TableRow = Mapping[str, object]


def read_rows(file: File, problems: Problems) -> Iterator[TableRow]:
    """The rows of a file, each by column. What cannot be read is a load problem."""
    name = file.path.lower()
    if name.endswith((".parquet", ".arrow")):
        yield from (flattened(row) for row in rows_of_table(file, problems))
    elif name.endswith((".csv", ".tsv", ".txt")):
        yield from _csv_rows(file, problems)
    else:
        yield from _json_rows(file, problems)


def columns_of(rows: Iterable[TableRow]) -> tuple[str, ...]:
    """Every column of the rows, in order."""
    kinds = dict.fromkeys(map(tuple, rows))  # nearly all rows have the same
    return tuple(dict.fromkeys(chain.from_iterable(kinds)))


def flattened(row: TableRow, prefix: str = "", level: int = 0) -> dict[str, object]:
    """A row without objects in it; short lists of words and numbers become text."""
    flat: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, dict) and level < _MOST_LEVELS:
            flat |= flattened(value, f"{prefix}{name}.", level + 1)
        elif isinstance(value, list):
            flat[f"{prefix}{name}"] = _listed(value)
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _listed(values: list[object]) -> str | None:
    if len(values) > _SHORT or any(isinstance(value, dict | list) for value in values):
        return None
    return ", ".join(map(str, values))


def _json_rows(file: File, problems: Problems) -> Iterator[TableRow]:
    for record in scan(file, _is_row, problems):
        if isinstance(record.value, dict) and _holds_rows(record.value):
            for name, row in record.value.items():
                yield {_NAME: name, **flattened(cast("TableRow", row))}
        elif isinstance(record.value, dict):
            named = {_NAME: record.name} if record.name is not None else {}
            yield {**named, **flattened(record.value)}


def _is_row(value: object, _name: str | None) -> bool:
    return isinstance(value, dict) and not _holds_rows(value) and not _holds_list(value)


def _holds_rows(value: dict[str, object]) -> bool:
    """Is it an object of rows by name?"""
    return bool(value) and all(isinstance(inner, dict) for inner in value.values())


def _holds_list(value: dict[str, object]) -> bool:
    """Is it an object around a list of rows?"""
    lists = [inner for inner in value.values() if isinstance(inner, list)]
    return any(inner and all(isinstance(row, dict) for row in inner) for inner in lists)


def _csv_rows(file: File, problems: Problems) -> Iterator[TableRow]:
    try:
        data = io.BytesIO(read_bytes(file.path, MAX_TABLE_BYTES))
    except UnusableError as error:
        problems.add(file.path, str(error))
        return
    csv.field_size_limit(_MAX_CELL)
    # Decoded bit by bit: as one text it would take four bytes for each character.
    text = io.TextIOWrapper(data, "utf-8-sig", "replace", newline="")
    separator = "\t" if file.path.lower().endswith(".tsv") else _separator(text.read(4096))
    text.seek(0)
    try:
        rows = csv.reader(text, delimiter=separator)
        columns = next(rows, [])
        for row in filter(None, rows):
            short = len(row) < len(columns)
            yield dict(zip_longest(columns, row) if short else zip(columns, row, strict=False))
    except csv.Error as error:
        problems.add(file.path, f"is not complete CSV ({error})")


def _separator(head: str) -> str:
    line = head.split("\n", 1)[0]
    return max(",;\t", key=line.count)
