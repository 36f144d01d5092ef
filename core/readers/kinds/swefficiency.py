"""SWE-fficiency: results as CSV, one file per model, beside predictions in SWE-bench's form."""

from __future__ import annotations

import csv
import io
from pathlib import PurePath

from core.files import UnusableError, read_bytes, read_start
from core.readers.fields import Fields
from core.readers.found import Found, Report
from core.readers.reader import Files, Reader
from core.readers.walk import File

_COLUMNS = frozenset({"instance_id", "correctness"})
_MAX_TABLE_BYTES = 64 * 2**20
_MAX_HEADER_BYTES = 64 * 2**10


def read(file: File, found: Found) -> None:
    """The test result of each task; every CSV file may have measurements as well."""
    found.tables.append(file)
    try:
        if not _COLUMNS.issubset(_columns(read_start(file.path, _MAX_HEADER_BYTES)[0])):
            return
        text = read_bytes(file.path, _MAX_TABLE_BYTES).decode("utf-8-sig", "replace")
    except UnusableError as error:
        found.problems.add(file.path, str(error))
        return
    claims: dict[str, bool] = {}
    try:
        for row in csv.DictReader(io.StringIO(text, newline="")):
            fields = Fields(dict(row))
            name, correct = fields.text("instance_id"), _number(row.get("correctness"))
            if name and correct is not None and correct < 1:
                claims[name] = False
    except csv.Error as error:
        found.problems.add(file.path, f"is not CSV: {error}")
        return
    name = PurePath(file.path).stem.removeprefix("eval_report_")
    found.reports.append(Report(file.path, claims, names=(name,), silent=not claims))


def _columns(start: bytes) -> list[str]:
    """The columns named in the first line of a CSV file."""
    return start.decode("utf-8-sig", "replace").split("\n", 1)[0].rstrip("\r").split(",")


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


READER = Reader(
    name="SWE-fficiency",
    recognised="`*.csv` with the columns `instance_id` and `correctness`",
    mapped="`correctness` below 1 → not marked; name of the file → model; speed ratios → "
    "measurements",
    unread="classifications by a model",
    files=(Files(("*.csv",), read),),
    cases=("swefficiency",),
)
