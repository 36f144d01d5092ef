"""Files of schema 1: one JSON object per human commit, `commits/<sha>.json`, replaced as a whole.

They are read as they are. The first write to a commit migrates their records into its new file and
sets the original aside as `<sha>.json.schema1`. Check reports are dropped: what they rested on was
not stored, so none of them could be shown to hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.store.open_folder import OpenFolder, UnusableFileError
from core.store.record_lines import Line, Lines, NewerSchemaError
from core.store.tables import CHECKS

ENDING = ".json"
SET_ASIDE = "schema1"

_LAST_VERSION = 1


def old_name(name: str) -> str:
    """The name that the file of the same commit had in schema 1."""
    return f"{name.removesuffix('.jsonl')}{ENDING}"


def read_schema_1(opened: OpenFolder, name: str) -> list[Line]:
    """The records of a file of schema 1; none when there is no such file.

    Raises `UnusableFileError` when nothing in it can be understood.
    """
    found = opened.read(name)
    if found is None:
        return []
    path = opened.path / name
    try:
        return list(_parse(json.loads(found[0].decode("utf-8"))))
    except NewerSchemaError as error:
        raise _newer(path, error) from error
    except RecursionError as error:
        raise UnusableFileError(path, "it is nested too deeply") from error
    except ValueError as error:
        raise UnusableFileError(path, str(error)) from error


def human_of(content: bytes) -> str | None:
    """The human commit that a file of schema 1 says it belongs to."""
    try:
        match json.loads(content):
            case {"meta": {"store": {"human": str(human)}}}:
                return human
    except (ValueError, RecursionError):
        return None
    return None


def take_in(lines: Lines, records: list[Line], place: str) -> None:
    """Add the records of an old file to the new one's contents."""
    for line in records:
        if line.schema_version > _LAST_VERSION + 1:
            lines.find_fault(place, f"{line.table}, record {line.id}: {_newer_reason(line)}")
        elif fault := lines.add(line):
            lines.find_fault(place, fault)


def _newer_reason(line: Line) -> str:
    return str(NewerSchemaError(line.schema_version))


def _parse(data: Any) -> Iterator[Line]:
    match data:
        case {"meta": {"store": {"schema_version": int(version)}}}:
            if version > _LAST_VERSION:
                raise NewerSchemaError(version)
        case _:
            raise ValueError("it is not a store file: it states no schema version")
    for table, records in data.items():
        if not isinstance(records, dict):
            raise ValueError(f"its table {table!r} is not an object")
        if table not in ("meta", CHECKS):
            yield from (_upgraded(table, name, record) for name, record in records.items())


def _upgraded(table: str, name: str, record: Any) -> Line:
    if not isinstance(record, dict):
        return Line(table, name, record)
    rest = {key: value for key, value in record.items() if key != "schema_version"}
    version = record.get("schema_version", _LAST_VERSION)
    newer = isinstance(version, int) and version > _LAST_VERSION
    return Line(table, name, rest, version + 1) if newer else Line(table, name, rest)


def _newer(path: Path, error: NewerSchemaError) -> UnusableFileError:
    return UnusableFileError(path, str(error), "Upgrade patchjury; it was not changed.")
