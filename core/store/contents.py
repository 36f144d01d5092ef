"""The contents of a whole store: records of every file by attempt, histories in order of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, field

from core import codec
from core.errors import StoreError
from core.models import (
    Analysis,
    Assignment,
    FamilyReport,
    Judgement,
    LoadProblem,
    Reported,
    Rubric,
    Verdict,
)
from core.records import replace
from core.store.record_lines import Lines
from core.store.tables import (
    ANALYSES,
    ASSIGNMENTS,
    JUDGEMENTS,
    REPORTED,
    RUBRICS,
    VERDICTS,
    Record,
    id_of,
)
from core.store.trust import Trust, source_of

_Kind = TypeVar("_Kind")
_Authored = Analysis | Assignment | Judgement | Reported | Verdict
_Kept = TypeVar("_Kept", Analysis, Assignment, Judgement, Reported, Verdict)
_Opinion = TypeVar("_Opinion", Judgement, Verdict)
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class StoreContents(Struct, frozen=True):
    """The contents of a whole store, verdicts and judgements by attempt key; and what failed.

    Everything is in order of time. `written_by` gives, by record id, what wrote it, if a line says
    so; `ids` are the store's own. `own` are the opinions that this user's patchjury wrote in
    exactly this form; `foreign` counts the other opinions and rubrics by what wrote them.
    """

    verdicts: Mapping[str, tuple[Verdict, ...]]
    judgements: Mapping[str, tuple[Judgement, ...]]
    problems: tuple[LoadProblem, ...] = ()
    analyses: tuple[Analysis, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    written_by: Mapping[str, str] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    foreign: Mapping[str, int] = field(default_factory=dict)
    reported: tuple[Reported, ...] = ()


def build_contents(
    files: Iterable[tuple[Path, Lines]], problems: list[LoadProblem], ids: tuple[str, ...] = ()
) -> StoreContents:
    """The contents of all files; what does not fit is added to `problems`."""
    collected = _Collected(problems, ids)
    for path, lines in files:
        problems += [LoadProblem(str(path), fault) for fault in lines.faults]
        collected.add(path, lines)
    trust = Trust(ids)
    judgements = [
        trust.weigh(j, collected.written_by.get(j.id, ""), own=j.id in collected.own)
        for j in collected.judgements.values()
    ]
    return StoreContents(
        _histories(collected.verdicts.values()),
        _histories(judgements),
        tuple(problems),
        _in_time(collected.analyses.values()),
        _in_time(collected.assignments.values()),
        collected.written_by,
        ids,
        frozenset(collected.own),
        collected.foreign(),
        _in_time(collected.reported.values()),
    )


class _Collected:
    """The records of several files by id."""

    def __init__(self, problems: list[LoadProblem], ids: Sequence[str]) -> None:
        self.verdicts: dict[str, Verdict] = {}
        self.judgements: dict[str, Judgement] = {}
        self.analyses: dict[str, Analysis] = {}
        self.assignments: dict[str, Assignment] = {}
        self.reported: dict[str, Reported] = {}
        self.written_by: dict[str, str] = {}
        self.own: set[str] = set()
        self._rubrics: Counter[str] = Counter()  # those of others, by what wrote them
        self._problems = problems
        self._ids = ids

    def add(self, path: Path, lines: Lines) -> None:
        """Add the contents of a file."""
        self._add(path, lines, VERDICTS, Verdict, self.verdicts)
        self._add(path, lines, JUDGEMENTS, Judgement, self.judgements)
        self._add(path, lines, ANALYSES, Analysis, self.analyses)
        self._add(path, lines, ASSIGNMENTS, Assignment, self.assignments)
        self._add(path, lines, REPORTED, Reported, self.reported)
        rubrics = lines.tables.get(RUBRICS, {}).keys() - lines.own
        self._rubrics.update(source_of(lines.stores.get(name, ""), self._ids) for name in rubrics)

    def foreign(self) -> dict[str, int]:
        """How many opinions and rubrics are others', by what wrote them."""
        names = self.judgements.keys() - self.own
        sources = [source_of(self.written_by.get(name, ""), self._ids) for name in names]
        return dict(self._rubrics + Counter(sources))

    def _add(
        self, path: Path, lines: Lines, table: str, kind: type[_Kept], known: dict[str, _Kept]
    ) -> None:
        """Add the records of a table, even if another file has a different one with the same id."""
        records = lines.tables.get(table, {})
        for record in decode_all(path, records, table, kind, self._problems):
            name, there = record.id, known.get(record.id)
            if there is not None and there != record:
                reason = f"another file has a different record with the id {record.id}"
                self._problems.append(LoadProblem(str(path), f"{reason}; both are kept"))
                record = replace(record, id=f"{record.id}~{path.stem}")
            known[record.id] = record
            if name in lines.own:
                self.own.add(record.id)
            if name in lines.stores:
                self.written_by.setdefault(record.id, lines.stores[name])


def decode_all(
    path: Path,
    records: Mapping[str, Any],
    table: str,
    kind: type[_Kind],
    problems: list[LoadProblem],
) -> Iterator[_Kind]:
    """The records of a table; unreadable ones are added to `problems`."""
    for name, data in records.items():
        try:
            yield decode(data, kind, name)
        except ValueError as error:
            problems.append(LoadProblem(str(path), f"{table}, record {name}: {error}"))


def decode(data: object, kind: type[_Kind], name: str) -> _Kind:
    """A record of `kind` stored under an id. Raises `ValueError` that says what does not fit.

    A record that shares its id with another one gets the id that it is stored under.
    """
    record = codec.from_data(data, kind)
    time = getattr(record, "created", None)
    if time is not None and time.tzinfo is None:
        raise ValueError("its time has no zone - at `$.created`")
    inner = getattr(record, "id", name)
    if inner == name:
        return record
    if name.startswith(f"{inner}~"):
        return replace(record, id=name)  # type: ignore[type-var]  # every record is a dataclass
    raise ValueError(f"its line gives it another id than itself ({inner})")


def encode(record: Record) -> dict[str, Any]:
    """A record as data for its line. Raises `StoreError` if it could not be read back."""
    data: dict[str, Any] = codec.to_data(record)
    try:
        decode(data, type(record), id_of(record))
    except ValueError as error:
        name = type(record).__name__.lower()
        raise StoreError(f"The {name} on {_subject(record)} cannot be stored: {error}") from error
    return data


def _subject(record: Record) -> str:
    match record:
        case Analysis():
            return record.about or "the whole"
        case Rubric() | Reported():
            return record.human or "the whole"
        case _:
            return record.attempt


def created(record: FamilyReport | _Authored) -> datetime:
    """When a record was made, for sorting; unknown sorts first."""
    return record.created or _BEFORE_ALL


def _histories(records: Iterable[_Opinion]) -> dict[str, tuple[_Opinion, ...]]:
    by_attempt: dict[str, list[_Opinion]] = {}
    for record in records:
        by_attempt.setdefault(record.attempt, []).append(record)
    return {key: _in_time(history) for key, history in by_attempt.items()}


def _in_time(history: Iterable[_Kept]) -> tuple[_Kept, ...]:
    return tuple(sorted(history, key=created))
