"""What is kept of checks, judgements and verdicts: one TinyDB file per human commit.

`<folder>/commits/<sha>.json` (see `storage`) holds all that concerns one human commit. Verdicts
and judgements are appended and never changed; check reports are facts that can be computed again,
so a newer one takes the place of an older. Attempts are named by keys below the runs folder, so
that the folder can be moved, and a colleague's files can be copied in under any name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from pathlib import Path
from typing import Any, TypeVar

from core import codec
from core.errors import StoreError
from core.models import CheckReport, Judgement, LoadProblem, Rubric, Verdict
from core.store.location import STORE_FOLDER, StoreLocation, locate_store
from core.store.storage import (
    CHECKS,
    JUDGEMENTS,
    RUBRICS,
    SCHEMA_VERSION,
    VERDICTS,
    CommitDatabase,
    CommitStorage,
    Tables,
    UnusableFileError,
    append_lines,
    change,
    change_many,
    file_name,
    hold,
    note_line,
    replace_text,
)

__all__ = [
    "SCHEMA_VERSION",
    "STORE_FOLDER",
    "Store",
    "StoreContents",
    "StoreLocation",
    "locate_store",
]

_Record = TypeVar("_Record", bound=CheckReport | Judgement | Rubric | Verdict)
_Opinion = TypeVar("_Opinion", bound=Judgement | Verdict)
_Appended = Judgement | Rubric | Verdict
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StoreContents:
    """The verdicts and judgements of a whole store by attempt key, and what could not be read.

    Each history is in order of appending; several files' histories are merged by time.
    """

    verdicts: Mapping[str, tuple[Verdict, ...]]
    judgements: Mapping[str, tuple[Judgement, ...]]
    problems: tuple[LoadProblem, ...]


class Store:
    """The store in one folder. Several threads and processes may use the same folder at once."""

    def __init__(self, folder: Path, *, lock_timeout_s: float = 10.0) -> None:
        self.folder = folder
        self._commits = folder / "commits"
        self._lock_timeout_s = lock_timeout_s

    def load(self) -> StoreContents:
        """Read all verdicts and judgements, whatever their files are named.

        What cannot be read is a problem that names the file and, for a single record, the record.
        """
        problems: list[LoadProblem] = []
        files = list(self._read_files(problems))
        return StoreContents(
            _histories(files, VERDICTS, Verdict, problems),
            _histories(files, JUDGEMENTS, Judgement, problems),
            tuple(problems),
        )

    def add_verdicts(self, human: str, verdicts: Sequence[Verdict]) -> int:
        """Append verdicts, on disk on return; ids already there are skipped. Returns how many.

        Raises `StoreError`, with nothing changed.
        """
        return self._append(human, VERDICTS, verdicts)

    def add_judgements(self, human: str, judgements: Sequence[Judgement]) -> int:
        """Append judgements, on disk on return; ids already there are skipped. Returns how many.

        Raises `StoreError`, with nothing changed.
        """
        return self._append(human, JUDGEMENTS, judgements)

    def judgements(self, human: str) -> list[Judgement]:
        """The judgements in the file of one commit, in order of appending.

        What cannot be read is left out; `load` names it.
        """
        return self._read(human, JUDGEMENTS, Judgement)

    def add_rubrics(self, human: str, rubrics: Sequence[Rubric]) -> int:
        """Append rubrics, on disk on return; ids already there are skipped. Returns how many.

        Raises `StoreError`, with nothing changed.
        """
        return self._append(human, RUBRICS, rubrics)

    def verify(self, human: str) -> None:
        """Look whether the file of one commit can be read and added to. Raises `StoreError`."""
        CommitStorage(self._commits / file_name(human)).read()

    def rubrics(self, human: str) -> list[Rubric]:
        """Every rubric of one commit, failed calls included, in order of appending.

        What cannot be read is left out; `load` names an unusable file.
        """
        return self._read(human, RUBRICS, Rubric)

    def add_opinions(
        self, additions: Mapping[str, tuple[Sequence[Rubric], Sequence[Judgement]]]
    ) -> dict[str, StoreError]:
        """Append rubrics and judgements of several commits, on disk on return, ids once.

        Returns by commit what could not be stored, and why. Raises `StoreError` when the folder
        cannot be written; adding the same again is harmless.
        """
        errors: dict[str, StoreError] = {}
        with change_many(self._commits, self._lock_timeout_s) as open_database:
            for human, (rubrics, judgements) in additions.items():
                try:
                    database = open_database(human)
                    _append_new(database, RUBRICS, {r.id: _encode(r) for r in rubrics})
                    _append_new(database, JUDGEMENTS, {j.id: _encode(j) for j in judgements})
                except StoreError as error:
                    errors[human] = error
        return errors

    @contextmanager
    def hold(self, name: str, busy: str) -> Iterator[None]:
        """Keep everybody else from what the lock file `name` stands for.

        Raises `StoreError` that says `busy` when somebody has it, or when it cannot be made.
        """
        with hold(self.folder / name, busy):
            yield

    def append_lines(self, name: str, lines: Sequence[str]) -> None:
        """Append lines to the file `name` of the store's folder, on disk on return.

        Raises `StoreError`; some of the lines may be there then.
        """
        append_lines(self._commits, self.folder / name, lines, self._lock_timeout_s)

    def note_line(self, name: str, line: str) -> None:
        """Append a line to the file `name` of the store's folder, safe from the end of the process.

        It waits for neither lock nor disk. Raises `StoreError`.
        """
        note_line(self.folder / name, line)

    def put_text(self, name: str, text: str) -> None:
        """Replace the file `name` of the store's folder, on disk on return. Raises `StoreError`."""
        replace_text(self._commits, self.folder / name, text, self._lock_timeout_s)

    def checks(self, human: str) -> dict[str, CheckReport]:
        """The check reports of one commit by attempt key.

        What cannot be read is left out: it is computed again, and `load` names an unusable file.
        """
        return {report.attempt: report for report in self._read(human, CHECKS, CheckReport)}

    def put_checks(self, human: str, reports: Sequence[CheckReport]) -> None:
        """Store check reports in the place of older ones of the same attempts.

        Raises `StoreError`, with nothing changed.
        """
        records = {report.attempt: _encode(report) for report in reports}
        if records:
            with change(self._commits, human, self._lock_timeout_s) as database:
                database.replace(CHECKS, records)

    def _read(self, human: str, table: str, kind: type[_Record]) -> list[_Record]:
        try:
            tables = CommitStorage(self._commits / file_name(human)).read() or {}
        except UnusableFileError:
            return []
        problems: list[LoadProblem] = []
        return list(_records(Path(), tables, table, kind, problems))

    def _append(self, human: str, table: str, records: Sequence[_Appended]) -> int:
        if not records:
            return 0
        encoded = {record.id: _encode(record) for record in records}
        with change(self._commits, human, self._lock_timeout_s) as database:
            return _append_new(database, table, encoded)

    def _read_files(self, problems: list[LoadProblem]) -> Iterator[tuple[Path, Tables]]:
        try:
            paths = sorted(self._commits.iterdir())
        except FileNotFoundError:
            return
        except OSError as error:
            problems.append(LoadProblem(str(self._commits), error.strerror or str(error)))
            return
        for path in paths:
            if path.suffix != ".json" or path.name.startswith("."):
                continue
            try:
                yield path, CommitStorage(path).read() or {}
            except UnusableFileError as error:
                problems.append(LoadProblem(str(path), error.reason))


def _append_new(database: CommitDatabase, table: str, encoded: Mapping[str, dict[str, Any]]) -> int:
    """Append records whose ids are not there yet; returns how many."""
    known = database.records(table)
    new = {key: data for key, data in encoded.items() if key not in known}
    if new:
        database.append(table, new)
    return len(new)


def _histories(
    files: Sequence[tuple[Path, Tables]],
    table: str,
    kind: type[_Opinion],
    problems: list[LoadProblem],
) -> dict[str, tuple[_Opinion, ...]]:
    """The records of a table in all files by attempt, each id once."""
    seen: set[str] = set()
    by_attempt: dict[str, list[list[_Opinion]]] = {}
    for path, tables in files:
        in_this_file: dict[str, list[_Opinion]] = {}
        for record in _records(path, tables, table, kind, problems):
            if record.id not in seen:
                seen.add(record.id)
                in_this_file.setdefault(record.attempt, []).append(record)
        for attempt, history in in_this_file.items():
            by_attempt.setdefault(attempt, []).append(history)
    return {key: tuple(merge(*parts, key=_when)) for key, parts in by_attempt.items()}


def _when(record: Judgement | Verdict) -> datetime:
    return record.created or _BEFORE_ALL


def _records(
    path: Path, tables: Tables, table: str, kind: type[_Record], problems: list[LoadProblem]
) -> Iterator[_Record]:
    for key, data in tables.get(table, {}).items():
        try:
            yield _decode(data, kind)
        except ValueError as error:
            problems.append(LoadProblem(str(path), f"{table}, record {key}: {error}"))


def _encode(record: CheckReport | _Appended) -> dict[str, Any]:
    data = {"schema_version": SCHEMA_VERSION, **codec.to_data(record)}
    try:
        _decode(data, type(record))  # what could not be read back must not count as stored
    except ValueError as error:
        subject = record.human if isinstance(record, Rubric) else record.attempt
        title = f"The {type(record).__name__.lower()} on {subject} cannot be stored: {error}"
        raise StoreError(title) from error
    return data


def _decode(data: object, kind: type[_Record]) -> _Record:
    """A record of `kind`. Raises `ValueError` that says what does not fit."""
    version = data.get("schema_version", SCHEMA_VERSION) if isinstance(data, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise ValueError(f"a newer patchjury wrote it (schema {version}, known: {SCHEMA_VERSION})")
    record = codec.from_data(data, kind)
    if record.created is not None and record.created.tzinfo is None:
        raise ValueError("its time has no zone - at `$.created`")
    return record
