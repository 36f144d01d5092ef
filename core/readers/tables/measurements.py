"""Turning table rows into measurements and claims of the attempts that they name.

A row names its attempt by key, by run and item, or by task or commit with the agent. If several
attempts fit, the row is attributed to the run that most rows of its agent belong to, and this is
reported.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from core.errors import InputError
from core.files import read_own_text
from core.models import Attempt, Claim, Measurement, Subject
from core.readers.join.measured_by_reports import author_of
from core.readers.problems import Problems
from core.readers.tables.row_places import Places, naming_column, plain_name, text_of
from core.readers.tables.table_mapping import (
    ENDING,
    TableMapping,
    ValueColumns,
    from_toml,
    propose,
)
from core.readers.tables.table_rows import TableRow, columns_of, read_rows
from core.readers.walk import File
from core.records import replace

_OWN_EXPORT = frozenset({"key", "patch_state", "outcome_by"})
"""Columns that only a patchjury export has: what it says of attempts is nobody else's claim."""

_TRUE, _FALSE = frozenset({"true", "yes"}), frozenset({"false", "no"})


class TableFacts(Struct):
    """What tables say of a run set."""

    measurements: list[Measurement] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)


def own_mapping(path: str) -> TableMapping | None:
    """The mapping file beside a table, None without one. Raises `InputError`."""
    beside = Path(path + ENDING)
    if not beside.is_file():
        return None
    try:
        return from_toml(read_own_text(beside), beside.name)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{beside} cannot be read: {error}") from error


def read_table(
    file: File, attempts: Sequence[Attempt], problems: Problems, *, is_named: bool
) -> TableFacts:
    """What one table says about attempts. A table that was merely found may have nothing useful.

    Raises `InputError` for a table that was named by the user and names no attempt.
    """
    rows = list(read_rows(file, problems))
    facts = TableFacts()
    if not rows or (not is_named and rows[0].keys() >= _OWN_EXPORT):
        return facts
    mapping = own_mapping(file.path) or propose(columns_of(rows))
    gone = dict.fromkeys(mapping.columns).keys() - set(columns_of(rows))
    if gone:
        names = ", ".join(sorted(gone))
        problems.add(file.path, f"its mapping names columns that it does not have: {names}")
    if is_named and not mapping.names_attempts:
        mapping = replace(mapping, key=naming_column(rows, attempts) or "")
    if not mapping.names_attempts or not (mapping.values or mapping.claims):
        if is_named:
            title = f"{file.path} has no column that names attempts, or none with measurements"
            raise InputError(title, f"Write a mapping for it: patchjury map {file.path}")
        return facts
    places = Places(attempts, mapping, file.path, rows)
    found = [places.find(row) for row in rows]
    usual = _usual_runs(rows, found, mapping)
    counts: Counter[str] = Counter()
    asked = _asked(mapping)
    name = problems.below_root(file.path)
    for number, (row, fitting) in enumerate(zip(rows, found, strict=True), 2):
        chosen = None
        if not places.is_ambiguous:
            chosen = _choose(fitting, usual.get(_agent(row, mapping)))
        counts["one" if len(fitting) == 1 else "several" if fitting else "none"] += 1
        _add(facts, row, mapping, asked, chosen, f"{name}, row {number}")
    if places.is_ambiguous and counts["none"] < len(rows) and not problems.names(file.path):
        problems.add(file.path, "does not say which of several models it is about: ignored")
    else:
        _say(file.path, counts, problems, is_named=is_named)
    return facts


def _say(path: str, counts: Counter[str], problems: Problems, *, is_named: bool) -> None:
    total = counts.total()
    if counts["none"] == total and not is_named:
        return
    if counts["several"]:
        what = f"{counts['several']} of {total} rows fit several attempts"
        problems.add(path, f"{what}: attributed to the run that most rows of the agent belong to")
    if counts["none"]:
        problems.add(path, f"{counts['none']} of {total} rows fit no attempt")


def _agent(row: TableRow, mapping: TableMapping) -> str:
    return plain_name(text_of(row, mapping.agent))


def _usual_runs(
    rows: Sequence[TableRow], found: Iterable[list[Attempt]], mapping: TableMapping
) -> dict[str, str]:
    """The run that most rows of an agent may belong to."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row, fitting in zip(rows, found, strict=True):
        counts[_agent(row, mapping)].update({attempt.run for attempt in fitting})
    return {agent: runs.most_common(1)[0][0] for agent, runs in counts.items() if runs}


def _choose(fitting: list[Attempt], usual: str | None) -> Attempt | None:
    if len(fitting) > 1:
        fitting = [attempt for attempt in fitting if attempt.run == usual]
    return fitting[0] if len(fitting) == 1 else None


_Asked = list[tuple[ValueColumns, Subject, str]]
"""Whose values a column holds."""


def _asked(mapping: TableMapping) -> _Asked:
    columns = ((v, s, getattr(v, s.value)) for v in mapping.values for s in Subject)
    return [(values, subject, column) for values, subject, column in columns if column]


def _add(
    facts: TableFacts,
    row: TableRow,
    mapping: TableMapping,
    asked: _Asked,
    attempt: Attempt | None,
    source: str,
) -> None:
    key = attempt.key if attempt else ""
    commit = attempt.reference_sha if attempt else text_of(row, mapping.commit).lower()
    settings = "; ".join(filter(None, (text_of(row, column) for column in mapping.settings)))
    if attempt is None and not text_of(row, mapping.agent):
        return  # nobody's
    author = text_of(row, mapping.agent) or (author_of(attempt) if attempt else "")
    for values, subject, column in asked:
        given = row.get(column)
        if given is None or given == "":
            continue  # most cells of a wide table
        value = number_of(given)
        if value is not None:
            facts.measurements.append(
                Measurement(
                    key,
                    values.name,
                    value,
                    subject,
                    commit,
                    values.unit,
                    values.better,
                    source,
                    settings,
                    author,
                )
            )
    if attempt is not None:
        facts.claims += _claims(row, mapping.claims or {}, key, source)


def _claims(row: TableRow, names: Mapping[str, str], key: str, source: str) -> Iterator[Claim]:
    for column, name in names.items():
        if column in row:
            yield Claim(key, name, _claimed(row[column]), source, column)


def _claimed(value: object) -> bool | float | str | None:
    if isinstance(value, bool) or value is None:
        return value
    text = str(value).strip()
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    number = number_of(value)
    return (text or None) if number is None else number


def number_of(value: object) -> float | None:
    """A finite number, also one given as text."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = float(value if isinstance(value, str) else str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
