"""The tables of one human commit as TinyDB documents over a file of one record per line.

TinyDB writes a whole file for every change; here an insert appends a line, a removal appends a line
that says so, and no record is ever changed. Reading returns freshly parsed data, never shared
objects. Records are stored under their own id instead of TinyDB's running number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document, Table

from core.errors import StoreError
from core.files import MAX_TEXT_BYTES
from core.store.open_folder import FileKey, OpenFolder, UnusableFileError
from core.store.record_lines import (
    Line,
    Lines,
    NewerSchemaError,
    Tables,
    encode_line,
    header_line,
    parse_lines,
)
from core.store.seals import SEALED, seal_test, sealed
from core.store.tables import VERDICTS
from core.store.upgrade import SET_ASIDE, old_name, read_schema_1, take_in

_REMEMBERED = 64


class KnownIds(Struct):
    """Which ids a file has, as long as nobody else has touched it; used under the lock."""

    _by_table: dict[tuple[str, str], tuple[FileKey, set[str]]] = field(default_factory=dict)

    def get(self, name: str, table: str, now: FileKey | None) -> set[str] | None:
        """The ids of a table if the file is unchanged."""
        key, ids = self._by_table.get((name, table), (None, None))
        return ids if key is not None and key == now else None

    def put(self, name: str, table: str, now: FileKey | None, ids: set[str]) -> None:
        """Remember the ids of a table in the file's current state."""
        self._by_table.pop((name, table), None)
        if now is not None:
            self._by_table[name, table] = (now, ids)
        while len(self._by_table) > _REMEMBERED:
            del self._by_table[next(iter(self._by_table))]


class CommitFile:
    """The file of one human commit in an open store, with what schema 1 left beside it.

    New lines name `store` as their writer; they are sealed if `is_own`.
    """

    def __init__(
        self,
        opened: OpenFolder,
        name: str,
        *,
        human: str = "",
        store: str = "",
        known: KnownIds | None = None,
        is_own: bool = True,
    ) -> None:
        self._opened = opened
        self._name = name
        self._human = human
        self._store = store
        self._known = known or KnownIds()
        self._is_own = is_own

    def lines(self, only: Collection[str] | None = None) -> Lines:
        """The file's contents, limited to some tables if named. Raises `UnusableFileError`."""
        lines = self.own_lines(only)
        old = old_name(self._name)
        try:
            take_in(lines, read_schema_1(self._opened, old), old)
        except UnusableFileError as error:
            lines.find_fault(old, error.reason)
        return lines

    def ids(self, table: str) -> set[str]:
        """The ids in a table, withdrawn ones included."""
        now = self._opened.key(self._name)
        known = self._known.get(self._name, table, now)
        if known is None:
            lines = self.lines((table,))
            known = lines.tables.get(table, {}).keys() | {i for t, i in lines.deleted if t == table}
            self._known.put(self._name, table, now, known)
        return known

    def append(self, table: str, lines: Sequence[Line], *, seal: bool = False) -> None:
        """Add lines of one table, after those of schema 1. Raises `StoreError` or `OSError`."""
        known = self.ids(table)
        key = self._opened.key(self._name)
        is_empty = key is None or not key.size
        data = header_line(self._human, self._store) if is_empty else b""
        data += b"".join(map(encode_line, self._from_schema_1()))
        encoded = map(encode_line, lines)
        data += b"".join(sealed(encoded) if seal else encoded)
        size = (key.size if key else 0) + len(data)
        if size > MAX_TEXT_BYTES:
            raise UnusableFileError(
                self._opened.path / self._name,
                f"it would grow larger than {MAX_TEXT_BYTES >> 20} MiB",
                "Nothing was added. Export what is there, then start another store with --db.",
            )
        self._opened.append(self._name, data)
        ids = known | {line.id for line in lines}
        self._opened.then(
            lambda: self._known.put(self._name, table, self._opened.key(self._name), ids)
        )

    def append_new(self, table: str, records: Mapping[str, Any]) -> None:
        """Add records that are written here now (see `append`)."""
        lines = [Line(table, key, record, store=self._store) for key, record in records.items()]
        self.append(table, lines, seal=self._is_own and table in SEALED)

    def delete(self, table: str, ids: Iterable[str]) -> None:
        """Add a line for each id that withdraws its record (see `append`)."""
        self.append(table, [Line(table, key, store=self._store, deleted=True) for key in ids])

    def upgrade(self) -> None:
        """Migrate what schema 1 left of this commit. Raises `StoreError` or `OSError`."""
        self.append(VERDICTS, [])

    def own_lines(self, only: Collection[str] | None) -> Lines:
        found = self._opened.read(self._name)
        try:
            return parse_lines(found[0] if found else b"", only, seal_test())
        except NewerSchemaError as error:
            path = self._opened.path / self._name
            hint = "Upgrade patchjury; it was not changed."
            raise UnusableFileError(path, str(error), hint) from error

    def _from_schema_1(self) -> list[Line]:
        """The records of an old file that are not here yet; it is set aside once they are."""
        old = old_name(self._name)
        if self._opened.key(old) is None:
            return []
        try:
            records = read_schema_1(self._opened, old)
        except UnusableFileError:
            return []  # it stays where it is, and `load` names it
        here = self.own_lines(None)
        self._opened.then(lambda: self._set_aside(old))
        return [
            Line(line.table, line.id, line.record, line.schema_version, self._store)
            for line in records
            if here.tables.get(line.table, {}).get(line.id) != line.record
            and (line.table, line.id) not in here.deleted
        ]

    def _set_aside(self, old: str) -> None:
        if self._opened.key(old) is not None:  # one change may add to several tables
            self._opened.set_aside(old, SET_ASIDE)


class LineStorage(Storage):
    """TinyDB's storage over a commit's file."""

    def __init__(self, file: CommitFile, only: Collection[str] | None = None) -> None:
        self._file = file
        self._only = only

    def read(self) -> Tables | None:
        """The tables, freshly parsed for each caller. Raises `UnusableFileError`."""
        return self._file.lines(self._only).tables

    def write(self, data: Tables) -> None:
        """Append what `data` adds, and removals of what it lacks. Raises `StoreError`."""
        before = self._file.lines(self._only).tables
        for name in before.keys() | data.keys():
            old, new = before.get(name, {}), data.get(name, {})
            if any(new[key] != old[key] for key in old.keys() & new.keys()):
                raise StoreError(f"A record of {name} was to be changed; records are append-only")
            if gone := [key for key in old if key not in new]:
                self._file.delete(name, gone)
            self.append(name, {key: new[key] for key in new if key not in old})

    def append(self, table: str, records: Mapping[str, Any]) -> None:
        """Append records to a table. Raises `StoreError` or `OSError`."""
        if records:
            self._file.append_new(table, records)

    def ids(self, table: str) -> set[str]:
        """The ids that a table holds."""
        return self._file.ids(table)


class _LineTable(Table):
    """A table whose inserts are appended without reading the existing records."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB documents it, its hints say int

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Append documents under their ids. Raises `ValueError` for an existing id."""
        storage = self._storage
        assert isinstance(storage, LineStorage)
        records = {}
        for document in documents:
            if not isinstance(document, Document):
                raise ValueError("a record has an id of its own")
            records[str(document.doc_id)] = dict(document)
        if doubled := records.keys() & storage.ids(self.name):
            raise ValueError(f"Document with ID {min(doubled)} already exists")
        storage.append(self.name, records)
        self.clear_cache()
        return list(records)  # type: ignore[arg-type]  # ids are strings here

    def insert(self, document: Mapping[str, Any]) -> int:
        """Append a document under its id. Raises `ValueError` if that exists."""
        return self.insert_multiple([document])[0]


class CommitDatabase(TinyDB):
    """The tables of one human commit; to add to it, its folder must be locked."""

    table_class = _LineTable

    def __init__(self, file: CommitFile, only: Collection[str] | None = None) -> None:
        super().__init__(file, only, storage=LineStorage)

    def records(self, table: str) -> dict[str, Any]:
        """The raw records of a table by id, those that do not decode included."""
        return (self.storage.read() or {}).get(table, {})

    def add_new(self, table: str, records: Mapping[str, dict[str, Any]]) -> int:
        """Append the records whose ids are not in a table yet; returns how many."""
        if not records:
            return 0
        storage = self.storage
        assert isinstance(storage, LineStorage)
        known = storage.ids(table)
        new = {key: data for key, data in records.items() if key not in known}
        if new:
            documents = [Document(data, key) for key, data in new.items()]  # type: ignore[arg-type]
            self.table(table).insert_multiple(documents)
        return len(new)
