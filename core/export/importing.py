"""Which verdicts, judgements and rubrics a colleague's file brings, and how they are stored.

The file is untrusted and recognised by its content: a patchjury export (JSON or JSONL), or the
published evaluations. Malformed or foreign records become problems; the rest is imported.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field

from core import codec
from core.errors import ExportError
from core.export.export_document import SCHEMA_VERSION
from core.export.reported_facts import read_reported
from core.files import UnusableError, read_bytes
from core.judge.question.rubric import rubric_hash
from core.models import (
    Analysis,
    Assignment,
    Criteria,
    Judgement,
    JudgementState,
    LoadProblem,
    Reported,
    Rubric,
    RunSet,
    Verdict,
)
from core.readers import read_evaluations
from core.records import replace
from core.sources import decode
from core.store.tables import Record
from core.store.trust import import_source
from core.text import counted

if TYPE_CHECKING:
    from core.store import Store

_MAX_IMPORT_BYTES = 2**31

_Kind = TypeVar("_Kind", Verdict, Judgement, Rubric, Analysis, Assignment)


class Imported(Struct, frozen=True):
    """What a file brings for the attempts of this run set, by attempt key, and what it cannot.

    Rubrics, canaries and writings (analyses and assignments) are by human commit, "" for the whole.
    `source` is recorded as the writer of its records.
    """

    verdicts: Mapping[str, tuple[Verdict, ...]] = field(default_factory=dict)
    judgements: Mapping[str, tuple[Judgement, ...]] = field(default_factory=dict)
    rubrics: Mapping[str, tuple[Rubric, ...]] = field(default_factory=dict)
    canaries: Mapping[str, tuple[Judgement, ...]] = field(default_factory=dict)
    writings: Mapping[str, tuple[Analysis | Assignment, ...]] = field(default_factory=dict)
    reported: Mapping[str, tuple[Reported, ...]] = field(default_factory=dict)
    problems: tuple[LoadProblem, ...] = ()
    source: str = "import-unnamed"


class ImportCounts(Struct, frozen=True):
    """What an import brought, and how much of it was new to the store, canaries included."""

    verdicts: int
    verdicts_added: int
    judgements: int
    judgements_added: int
    rubrics: int
    rubrics_added: int
    problems: int
    writings: int = 0  # analyses and assignments
    writings_added: int = 0
    reported: int = 0  # attempts with check reports, and ledgers: kept under the import's name


def read_import(path: Path, run_set: RunSet) -> Imported:
    """The part of a file that belongs to this run set.

    Raises `ExportError` when the file cannot be read, is of an unknown kind, or was written by a
    newer patchjury.
    """
    try:
        content = read_bytes(os.path.realpath(path), _MAX_IMPORT_BYTES)
    except UnusableError as error:
        raise ExportError(error.of(path)) from error
    source = import_source(content)
    imported = _read_text(decode(content).removeprefix("\ufeff"), path, run_set, source)
    return replace(imported, source=source)


def _read_text(text: str, path: Path, run_set: RunSet, source: str) -> Imported:
    problems: list[LoadProblem] = []
    try:
        data = _parse_json(text)
    except ValueError as error:
        data = None
        records = _parse_lines(text, path.name, problems)
        if not records:
            raise _unknown_kind(path, f"It is not complete JSON ({error}).") from error
    else:
        if isinstance(data, list):
            return _read_evaluations(path, run_set)
        records = _records(data, path)
    for _, record in records:
        _check_version(record, path)
    imported = _collect(records, run_set, path.name, problems)
    if not isinstance(data, dict):
        return imported
    imported = _with_opinions(imported, data, run_set, path.name)
    faults: list[LoadProblem] = []
    reported = read_reported(data, run_set, source, path.name, faults)
    return replace(imported, reported=reported, problems=(*imported.problems, *faults))


def apply_import(imported: Imported, run_set: RunSet, store: Store) -> ImportCounts:
    """Append what was imported to the store, one write per human commit; known ids add nothing.

    Each record names the import as its writer, so that opinions and rubrics count as somebody
    else's: set aside until they are accepted. Raises `StoreError`; what was added before that
    stays, and importing again adds only the rest.
    """
    humans = {attempt.key: attempt.reference_sha for attempt in run_set.attempts}
    verdicts: dict[str, list[Verdict]] = {}
    judgements: dict[str, list[Judgement]] = {}
    for key, history in imported.verdicts.items():
        verdicts.setdefault(humans[key], []).extend(history)
    for key, calls in imported.judgements.items():
        judgements.setdefault(humans[key], []).extend(calls)
    for human, canaries in imported.canaries.items():
        judgements.setdefault(human, []).extend(canaries)

    def added(by_human: Mapping[str, Sequence[Record]]) -> int:
        return sum(
            store.add(human, some, source=imported.source) for human, some in by_human.items()
        )

    return ImportCounts(
        verdicts=sum(map(len, verdicts.values())),
        verdicts_added=added(verdicts),
        judgements=sum(map(len, judgements.values())),
        judgements_added=added(judgements),
        rubrics=sum(map(len, imported.rubrics.values())),
        rubrics_added=added(imported.rubrics),
        problems=len(imported.problems),
        writings=sum(map(len, imported.writings.values())),
        writings_added=added(imported.writings),
        reported=_keep_reported(imported, store),
    )


def _keep_reported(imported: Imported, store: Store) -> int:
    """Keep what the import reports about facts and money; returns how many reports and ledgers."""
    for human, some in imported.reported.items():
        store.add(human, some, source=imported.source)
    records = [record for some in imported.reported.values() for record in some]
    return sum(len(record.reports) + (record.ledger is not None) for record in records)


def _parse_json(text: str) -> Any:
    """Parse JSON. Raises `ValueError`, also for nesting that is too deep to read."""
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _unknown_kind(path: Path, reason: str) -> ExportError:
    hint = f"{reason} Import a JSON or JSONL export, or gpt5_evaluations.json."
    return ExportError(f"{path} contains nothing that can be imported", hint)


def _records(data: Any, path: Path) -> list[tuple[str, dict[str, Any]]]:
    """The attempts of a parsed export, each with its place in the file."""
    if not isinstance(data, dict) or "schema_version" not in data:
        raise _unknown_kind(path, "It is not a patchjury export.")
    _check_version(data, path)
    if "key" in data:
        return [("line 1", data)]
    if not isinstance(data.get("attempts"), list):
        raise _unknown_kind(path, "It lists no attempts.")
    version = data["schema_version"]
    return [
        (f"{name}[{index}]", {"schema_version": version, **_as_object(record)})
        for name in ("attempts", "stray_verdicts")
        if isinstance(data.get(name, []), list)
        for index, record in enumerate(data.get(name, []))
    ]


def _as_object(record: Any) -> dict[str, Any]:
    return record if isinstance(record, dict) else {}


def _parse_lines(
    text: str, name: str, problems: list[LoadProblem]
) -> list[tuple[str, dict[str, Any]]]:
    """The records of a JSONL export; nothing if no line is one."""
    records, faults = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = _as_object(_parse_json(line))
        except ValueError as error:
            record, fault = {}, str(error)
        else:
            fault = "not an exported attempt"
        if "schema_version" in record and "key" in record:
            records.append((f"line {number}", record))
        else:
            faults.append(LoadProblem(name, f"line {number}: {fault}"))
    problems += faults
    return records


def _check_version(data: Mapping[str, Any], path: Path) -> None:
    version = data["schema_version"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ExportError(f"{path} has an invalid schema_version: {version!r:.40}")
    if version > SCHEMA_VERSION:
        raise ExportError(
            f"{path} was written by a newer patchjury "
            f"(schema {version}; this one reads {SCHEMA_VERSION})",
            "Update patchjury, then import it again.",
        )


def _read_evaluations(path: Path, run_set: RunSet) -> Imported:
    found, problems = read_evaluations(path, run_set.attempts)
    by_attempt: dict[str, list[Judgement]] = {}
    for judgement in found:
        by_attempt.setdefault(judgement.attempt, []).append(judgement)
    judgements = {key: tuple(calls) for key, calls in by_attempt.items()}
    return Imported(judgements=judgements, problems=tuple(problems))


def _collect(
    records: Iterable[tuple[str, dict[str, Any]]],
    run_set: RunSet,
    name: str,
    problems: list[LoadProblem],
) -> Imported:
    known = {attempt.key for attempt in run_set.attempts}
    verdicts: dict[str, tuple[Verdict, ...]] = {}
    judgements: dict[str, tuple[Judgement, ...]] = {}
    elsewhere: list[str] = []
    for place, record in records:
        key = record.get("key")
        if not isinstance(key, str):
            problems.append(LoadProblem(name, f"{place}: no attempt key"))
        elif key not in known:
            elsewhere.append(key)
        else:
            history = _convert(record, "history", key, Verdict, (name, place), problems)
            calls = _convert(record, "judgements", key, Judgement, (name, place), problems)
            verdicts[key] = verdicts.get(key, ()) + history
            judgements[key] = judgements.get(key, ()) + calls
    if elsewhere:
        reason = (
            f"not in this run set: {counted(len(elsewhere), 'attempt')} (the first: {elsewhere[0]})"
        )
        problems.append(LoadProblem(name, reason))
    return Imported(
        {key: history for key, history in verdicts.items() if history},
        {key: calls for key, calls in judgements.items() if calls},
        problems=tuple(problems),
    )


def _with_opinions(
    imported: Imported, data: Mapping[str, Any], run_set: RunSet, name: str
) -> Imported:
    """What was imported, and the rubrics and canaries at the human commits of this run set."""
    problems = list(imported.problems)
    humans = {attempt.reference_sha for attempt in run_set.attempts}
    rubrics: dict[str, tuple[Rubric, ...]] = {}
    for rubric in _convert(data, "rubrics", None, Rubric, (name, "the export"), problems):
        if rubric.human in humans:
            rubrics[rubric.human] = (*rubrics.get(rubric.human, ()), rubric)
    canaries: dict[str, tuple[Judgement, ...]] = {}
    for canary in _convert(data, "canaries", None, Judgement, (name, "the export"), problems):
        human = canary.attempt.rpartition("/")[2]
        if canary.canary and human in humans:
            canaries[human] = (*canaries.get(human, ()), canary)
    shas = {attempt.key: attempt.reference_sha for attempt in run_set.attempts}
    for again in _convert(data, "asked_again", None, Judgement, (name, "the export"), problems):
        if again.second and again.attempt in shas:
            human = shas[again.attempt]
            canaries[human] = (*canaries.get(human, ()), again)
    writings = _writings(data, run_set, name, problems)
    return replace(
        imported,
        rubrics=rubrics,
        canaries=canaries,
        writings=writings,
        problems=tuple(problems),
    )


def _writings(
    data: Mapping[str, Any], run_set: RunSet, name: str, problems: list[LoadProblem]
) -> dict[str, tuple[Analysis | Assignment, ...]]:
    """The analyses and assignments on what is here, by the human commit they are kept with."""
    humans = {attempt.key: attempt.reference_sha for attempt in run_set.attempts}
    humans |= {sha: sha for sha in {*humans.values()}} | {"": ""}
    where = (name, "the export")
    found: dict[str, tuple[Analysis | Assignment, ...]] = {}
    for analysis in _convert(data, "analyses", None, Analysis, where, problems):
        if analysis.about in humans:
            human = humans[analysis.about]
            found[human] = (*found.get(human, ()), analysis)
    for assignment in _convert(data, "assignments", None, Assignment, where, problems):
        if assignment.attempt in humans:
            human = humans[assignment.attempt]
            found[human] = (*found.get(human, ()), assignment)
    return found


def _convert(
    record: Mapping[str, Any],
    part: str,
    key: str | None,
    kind: type[_Kind],
    where: tuple[str, str],
    problems: list[LoadProblem],
) -> tuple[_Kind, ...]:
    """The records in one list of an attempt (or of the whole export, without a key).

    Each that does not fit becomes a problem.
    """
    name, place = where
    items = record.get(part, [])
    if not isinstance(items, list):
        problems.append(LoadProblem(name, f"{place}.{part}: not a list"))
        return ()
    converted = []
    for index, item in enumerate(items):
        try:
            converted.append(_parse_record(item, kind, key))
        except (ValueError, RecursionError) as error:
            problems.append(LoadProblem(name, f"{place}.{part}[{index}]: {error}"))
    return tuple(converted)


def _parse_record(item: object, kind: type[_Kind], key: str | None) -> _Kind:
    """One record, about the attempt `key` if one is named. Raises `ValueError` with the reason."""
    parsed = codec.from_data(item, kind)
    if not parsed.id:
        raise ValueError("it has no id")
    if key is not None and getattr(parsed, "attempt", None) != key:
        raise ValueError("it names another attempt")
    if isinstance(parsed, Rubric) and parsed.hash not in ("", rubric_hash(parsed)):
        raise ValueError("its hash does not match its texts")
    if parsed.created is not None and parsed.created.utcoffset() is None:
        raise ValueError("its time has no time zone")
    if (
        isinstance(parsed, Judgement)
        and parsed.state is not JudgementState.VERDICT
        and parsed.criteria != Criteria()
    ):
        raise ValueError("it has criteria, although the call gave no verdict")
    return parsed
