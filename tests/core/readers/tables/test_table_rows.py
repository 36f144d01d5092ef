"""The rows of a table as they are on disk, however it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.readers.problems import Problems
from core.readers.tables.table_rows import read_rows
from core.readers.walk import File
from tests.core.runs_on_disk import write

ROWS = [
    {"a": "1", "b": "ü\n,", "c": "x"},
    {"a": "2", "b": "�", "c": None},
    {"a": "3", "b": "4", "c": "5"},
]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [b",", b";", b"\t"])
def test_short_and_long_rows_bad_bytes_and_any_separator(
    tmp_path: Path, mark: bytes, separator: bytes
) -> None:
    lines = [b"a,b,c", '1,"ü\n;",x'.encode(), b"2,\xff", b"", b"3,4,5,6"]
    text = b"\r\n".join(line.replace(b",", separator) for line in lines).replace(b"\n;", b"\n,")
    path = write(tmp_path / "t.csv", mark + text)
    assert list(read_rows(File(str(path)), Problems(tmp_path))) == ROWS
