"""The rows of a table, whatever holds them: CSV, JSON, JSON Lines or Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from core.files import UnusableError, read_bytes
from core.readers.kinds.arrow_tables import rows_of_table
from core.readers.problems import Problems
from core.readers.record_scan import scan
from core.readers.walk import File

MAX_TABLE_BYTES = 256 * 2**20

_MAX_CELL = 2**24

TableRow = Mapping[str, object]


def read_rows(file: File, problems: Problems) -> Iterator[TableRow]:
    """The rows of a file, each by column. What cannot be read is a load problem."""
    name = file.path.lower()
    if name.endswith((".parquet", ".arrow")):
        yield from rows_of_table(file, problems)
    elif name.endswith((".json", ".jsonl", ".ndjson")):
        for record in scan(file, _is_row, problems):
            if isinstance(record.value, dict):
                yield record.value
    else:
        yield from _csv_rows(file, problems)


def _is_row(value: object, _name: str | None) -> bool:
    return isinstance(value, dict)


def _csv_rows(file: File, problems: Problems) -> Iterator[TableRow]:
    try:
        text = read_bytes(file.path, MAX_TABLE_BYTES).decode("utf-8-sig", "replace")
    except UnusableError as error:
        problems.add(file.path, str(error))
        return
    csv.field_size_limit(_MAX_CELL)
    separator = "\t" if file.path.lower().endswith(".tsv") else _separator(text[:4096])
    try:
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=separator):
            yield {name: value for name, value in row.items() if isinstance(name, str)}
    except csv.Error as error:
        problems.add(file.path, f"is no whole CSV ({error})")


def _separator(head: str) -> str:
    line = head.split("\n", 1)[0]
    return max(",;\t", key=line.count)
