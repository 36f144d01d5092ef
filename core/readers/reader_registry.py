"""Every kind of input, one line each; the first that recognises something reads it."""

from __future__ import annotations

from core.readers.kinds import (
    agentless,
    arrow_tables,
    autocoderover,
    datasets,
    gso,
    hal,
    harbor,
    harness_reports,
    inspect_logs,
    iso_bench,
    mini_swe_agent,
    multi_swe_bench,
    openhands,
    predictions,
    submissions,
    swe_agent,
    swe_smith,
    swebench_pro,
    swefficiency,
    trae,
    trajectory_rows,
    unopened,
)
from core.readers.reader import Files, Folders, Reader, Records
from core.readers.walk import Folder

READERS: tuple[Reader, ...] = (
    iso_bench.READER,
    harbor.READER,
    inspect_logs.READER,
    openhands.READER,
    agentless.READER,
    predictions.READER,
    multi_swe_bench.READER,
    gso.READER,
    swe_smith.READER,
    swebench_pro.READER,
    trajectory_rows.READER,
    datasets.READER,
    mini_swe_agent.READER,
    swe_agent.READER,
    trae.READER,
    unopened.READER,
    harness_reports.READER,
    hal.READER,
    swefficiency.READER,
    autocoderover.READER,
    submissions.READER,
    arrow_tables.READER,
)

_RECORDS = tuple(records for reader in READERS for records in reader.records)
_FILES = tuple(files for reader in READERS for files in reader.files)
_FOLDERS = tuple(folders for reader in READERS for folders in reader.folders)


def records_reader(value: object, name: str | None) -> Records | None:
    """The reader of a record; None if it is of no known kind."""
    if not isinstance(value, dict):
        return None
    return next((records for records in _RECORDS if records.knows(value, name)), None)


def is_known(value: object, name: str | None) -> bool:
    """Is a value a record of a known kind?"""
    return records_reader(value, name) is not None


def files_reader(name: str) -> Files | None:
    """The reader of a file with this name."""
    return next((files for files in _FILES if files.knows(name)), None)


def folders_reader(folder: Folder) -> Folders | None:
    """The reader of a folder."""
    return next((folders for folders in _FOLDERS if folders.knows(folder)), None)
