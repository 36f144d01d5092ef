"""Rows of Parquet files and of saved Hugging Face datasets, read like the records of JSON files.

pyarrow is imported when such a file is found (extra `parquet`); without it the message says what to
install. Columns of lists (trajectories) are skipped and read when shown.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from core.files import UnusableError, opened_file
from core.readers.fields import LongList
from core.readers.found import Found
from core.readers.problems import Problems, refuse_pointer
from core.readers.reader import Files, Reader
from core.readers.record_scan import Record
from core.readers.walk import File
from core.sources import TextSource, changed, unreadable

if TYPE_CHECKING:
    from types import ModuleType

MISSING = "pyarrow is not installed"
HELP = (
    "pip install 'patchjury[parquet]', or write it as JSON Lines "
    "(datasets: to_json; pandas: to_json(orient='records', lines=True))"
)

_MAX_PART_BYTES = 2**30
_ROWS = 16  # at once
_Rows = Iterator[tuple[int, int, dict[str, Any]]]


class CellText(Struct, frozen=True):
    """A cell of a table, or a value inside it: a row of a part (row group or batch) of a file."""

    path: str
    part: int
    row: int
    keys: tuple[str | int, ...]
    outside: bool = False

    @property
    def name(self) -> str:
        return ".".join(map(str, self.keys))

    def read(self) -> str:
        try:
            value = _read_cell(self.path, self.part, self.row, str(self.keys[0]))
            for key in self.keys[1:]:
                value = value[key]
        except UnusableError as error:
            raise unreadable(self.path, error) from error
        except (LookupError, TypeError, StopIteration) as error:
            raise changed(self.path) from error
        if isinstance(value, str):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False, default=str)


class Row(Record, frozen=True):
    """A row of a table; it is reread cell by cell."""

    part: int = 0
    row: int = 0

    def text(self, *keys: str | int) -> TextSource:
        return CellText(self.path, self.part, self.row, (*self.keys, *keys), self.outside)

    def inside(self, *keys: str | int) -> Record:
        value: Any = self.value
        for key in keys:
            value = value[key]
        place = (self.path, 0, 0, value, self.outside, None, (*self.keys, *keys))
        return Row(*place, part=self.part, row=self.row)


def read(file: File, found: Found) -> None:
    """The records of a table."""
    try:
        with _opened(file.path) as table:
            records = (
                Row(file.path, 0, 0, value, file.outside, part=part, row=row)
                for part, row, value in table.rows()
            )
            if not sum(map(found.take, records)):
                found.tables.append(file)  # it may have measurements
    except ModuleNotFoundError:
        found.problems.add(file.path, f"is not read: {MISSING}; {HELP}")
        found.unopened.setdefault(f"{os.path.basename(file.path)} is not read: {MISSING}", HELP)  # noqa: PTH119
    except UnusableError as error:
        found.problems.add(file.path, str(error))


def rows_of_table(file: File, problems: Problems) -> Iterator[dict[str, Any]]:
    """The rows of a table, without its long columns."""
    try:
        with _opened(file.path) as table:
            for _, _, value in table.rows():
                yield value
    except ModuleNotFoundError:
        problems.add(file.path, f"is not read: {MISSING}; {HELP}")
    except UnusableError as error:
        problems.add(file.path, str(error))


@contextmanager
def _opened(path: str) -> Iterator[_Parquet | _Stream]:
    """An open table. Raises `UnusableError`; `ModuleNotFoundError` without pyarrow."""
    import pyarrow

    with opened_file(path) as handle, os.fdopen(os.dup(handle), "rb") as stream:
        refuse_pointer(stream.peek(100)[:100])
        try:
            kind = _Parquet if path.lower().endswith(".parquet") else _Stream
            yield kind(stream, pyarrow)
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            first = str(error).split("\n", 1)[0]
            raise UnusableError(f"is not a readable table ({first})") from error


def _read_cell(path: str, part: int, row: int, column: str) -> Any:
    with _opened(path) as table:
        return table.cell(part, row, column)


class _Parquet:
    """A Parquet file; a part is a row group."""

    def __init__(self, stream: Any, arrow: ModuleType) -> None:
        import pyarrow.parquet

        self._file = pyarrow.parquet.ParquetFile(stream)
        self._arrow = arrow

    def rows(self) -> _Rows:
        """Part, row and values of every row."""
        light, long = _columns(self._file.schema_arrow, self._arrow)
        for part in range(self._file.num_row_groups):
            if self._file.metadata.row_group(part).total_byte_size > 16 * _MAX_PART_BYTES:
                raise UnusableError(
                    f"contains a row group larger than {16 * _MAX_PART_BYTES} bytes"
                )
            row = 0
            for batch in self._batches(part, light):
                for values in batch.to_pylist():
                    yield part, row, _plain(values, long)
                    row += 1

    def cell(self, part: int, row: int, column: str) -> Any:
        """One value."""
        for batch in self._batches(part, [column]):
            if row < batch.num_rows:
                return batch.column(0)[row].as_py()
            row -= batch.num_rows
        raise IndexError(row)

    def _batches(self, part: int, columns: list[str]) -> Any:
        return self._file.iter_batches(_ROWS, row_groups=[part], columns=columns)


class _Stream:
    """A file of a saved dataset (Arrow's stream format); a part is a batch."""

    def __init__(self, stream: Any, arrow: ModuleType) -> None:
        self._reader = arrow.ipc.open_stream(stream)
        self._arrow = arrow

    def rows(self) -> _Rows:
        """Part, row and values of every row."""
        light, long = _columns(self._reader.schema, self._arrow)
        for part, batch in enumerate(self._reader):
            for row, values in enumerate(batch.select(light).to_pylist()):
                yield part, row, _plain(values, long)

    def cell(self, part: int, row: int, column: str) -> Any:
        """One value."""
        for number, batch in enumerate(self._reader):
            if number == part:
                return batch.column(column)[row].as_py()
        raise IndexError(part)


def _columns(schema: Any, arrow: ModuleType) -> tuple[list[str], list[str]]:
    """The columns that are read now, and those of lists of records, which may be long."""
    light: list[str] = []
    long: list[str] = []
    for field in schema:
        is_list = arrow.types.is_list(field.type) or arrow.types.is_large_list(field.type)
        is_long = is_list and not arrow.types.is_string(field.type.value_type)
        (long if is_long else light).append(field.name)
    return light, long


def _plain(values: dict[str, Any], long: list[str]) -> dict[str, Any]:
    """A row as JSON would have it."""
    plain = {n: v.isoformat() if isinstance(v, datetime) else v for n, v in values.items()}
    return plain | {name: LongList(0) for name in long}


READER = Reader(
    name="Parquet and saved Hugging Face datasets",
    recognised="`*.parquet`, `*.arrow` (of `save_to_disk`); needs the extra `parquet`",
    mapped="each row as the record of a JSON file would be: datasets, predictions, trajectories",
    unread="images and other binary columns",
    files=(Files(("*.parquet", "*.arrow"), read, is_reference=True),),
)
