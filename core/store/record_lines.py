"""One record per line: how a record becomes a line of a store file, and how lines are read.

    {"table": "verdicts", "id": "…", "schema_version": 2, "store": "…", "record": {…}, "seal": "…"}

Lines may be in any order and repeated, as git's union merge leaves them. A torn or foreign line
costs only that line: it stays, and is reported. A line with `"deleted": true` withdraws the record
of its id, wherever it is. Opinions are sealed (`core.store.seals`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from typing import Any

import msgspec
from msgspec import Struct, field

from core import codec
from core.errors import StoreError
from core.store.tables import HEADER, KINDS, SCHEMA_VERSION

MAX_NAMED = 20
"""How many faulty lines of one file are reported; the rest is counted."""

Tables = dict[str, dict[str, Any]]


class Line(Struct, frozen=True):
    """One line of a store file. `store` is its writer: a store, an import, "" if unknown."""

    table: str
    id: str
    record: Any = None
    schema_version: int = SCHEMA_VERSION
    store: str = ""
    deleted: bool = False
    seal: str = ""


class NewerSchemaError(ValueError):
    """A newer patchjury wrote it."""

    def __init__(self, version: int) -> None:
        super().__init__(f"a newer patchjury wrote it (schema {version}, known: {SCHEMA_VERSION})")


class Lines(Struct):
    """The contents of a file's lines: records by table and id, each one's writer, and faults."""

    human: str | None = None
    tables: Tables = field(default_factory=dict)
    stores: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)  # names of records that are sealed by this user
    deleted: set[tuple[str, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    _unnamed: int = 0

    def add(self, line: Line, *, own: bool = False) -> str:
        """Add a line, `own` if its seal fits; returns what is wrong with it, or ""."""
        if line.deleted:
            self.deleted.add((line.table, line.id))
            self.tables.get(line.table, {}).pop(line.id, None)
            return ""
        if (line.table, line.id) in self.deleted:
            return ""
        table = self.tables.setdefault(line.table, {})
        name, fault = line.id, ""
        if line.id in table:
            kind = KINDS.get(line.table)
            if table[line.id] == line.record or (kind is not None and kind.repeats):
                return self._name_source(line.id, line, own)
            name = f"{line.id}~{_digest(line.record)}"
            if name in table:
                return self._name_source(name, line, own)
            fault = f"another record of {line.table} has the id {line.id}; both are kept"
        table[name] = line.record
        self._name_source(name, line, own)
        return fault

    def _name_source(self, name: str, line: Line, own: bool) -> str:
        """Note who wrote a record, the first to claim it; returns "", as there is no fault."""
        if own:
            self.own.add(name)
        if line.store:
            self.stores.setdefault(name, line.store)
        return ""

    def holds(self, line: Line) -> bool:
        """Is a line's record here, under its id or beside another one with it?"""
        if (line.table, line.id) in self.deleted:
            return True
        if line.deleted:
            return False
        table = self.tables.get(line.table, {})
        kind = KINDS.get(line.table)
        if kind is not None and kind.repeats:
            return line.id in table
        same_id = (key for key in table if key == line.id or key.startswith(f"{line.id}~"))
        return any(table[key] == line.record for key in same_id)

    def find_fault(self, place: str, fault: str) -> None:
        """Report what is wrong at a place, up to a number of them."""
        if len(self.faults) < MAX_NAMED:
            self.faults.append(f"{place}: {fault}")
        else:
            self._unnamed += 1
            rest = f"and {self._unnamed} more lines"
            self.faults[MAX_NAMED:] = [rest]


def encode_line(line: Line) -> bytes:
    """A line as it is written, with its line feed. Raises `StoreError` if impossible."""
    data: dict[str, Any] = {
        "table": line.table,
        "id": line.id,
        "schema_version": line.schema_version,
        "store": line.store,
    }
    data |= {"deleted": True} if line.deleted else {"record": line.record}
    if line.seal:
        data["seal"] = line.seal
    try:
        return codec.dumps(data).encode("utf-8") + b"\n"
    except RecursionError as error:
        raise StoreError(f"{line.table} {line.id} is nested too deeply to be stored") from error


def header_line(human: str, store: str) -> bytes:
    """The first line of a commit's file."""
    return encode_line(Line(HEADER, human, {"human": human}, store=store))


def parse_line(raw: bytes) -> Line:
    """A line of a file. Raises `ValueError` that says why it is not one."""
    try:
        data = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        data = _parse_strictly(raw)  # lone surrogates, NaN: what msgspec rejects and json reads
    fields = data if isinstance(data, dict) else {}
    table, name, version = fields.get("table"), fields.get("id"), fields.get("schema_version")
    if not (isinstance(table, str) and isinstance(name, str) and isinstance(version, int)):
        raise ValueError("it is not a patchjury record")
    if version > SCHEMA_VERSION:
        raise NewerSchemaError(version)
    deleted = fields.get("deleted") is True
    if not deleted and "record" not in fields:
        raise ValueError("it contains no record")
    store, seal = _text(fields.get("store")), _text(fields.get("seal"))
    return Line(table, name, fields.get("record"), version, store, deleted, seal)


def parse_lines(
    content: bytes,
    only: Collection[str] | None = None,
    is_own: Callable[[bytes], bool] = lambda _: False,
) -> Lines:
    """The contents of a file's lines, limited to some tables if named; `is_own` checks a seal.

    Raises `NewerSchemaError` when a newer patchjury wrote the file.
    """
    found = Lines()
    skipped = tuple(_prefix(name) for name in KINDS if only is not None and name not in only)
    for number, raw in enumerate(content.split(b"\n"), start=1):
        if not raw.strip() or (skipped and raw.startswith(skipped) and raw.endswith(b"}")):
            continue
        try:
            line = parse_line(raw)
        except NewerSchemaError as error:
            if raw.startswith(_prefix(HEADER)):
                raise
            found.find_fault(f"line {number}", str(error))
            continue
        except ValueError as error:
            found.find_fault(f"line {number}", str(error))
            continue
        if line.table == HEADER:
            found.human = line.id if found.human is None else found.human
        elif (only is None or line.table in only) and (
            fault := found.add(line, own=bool(line.seal) and is_own(raw))
        ):
            found.find_fault(f"line {number}", fault)
    return found


def _prefix(table: str) -> bytes:
    return b'{"table": "%s",' % table.encode()


def _parse_strictly(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"it is torn or not a record: {error.msg}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _digest(record: object) -> str:
    return hashlib.sha256(codec.dumps(record).encode("utf-8")).hexdigest()[:8]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
