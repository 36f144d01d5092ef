"""The storage of checks, judgements and verdicts: TinyDB tables over one record per line.

`<folder>/commits/<sha>.jsonl` holds what people and models said about one human commit, appended
and never changed; `<folder>/checks/<sha>.jsonl` the facts (`core.store.tables` is the schema).
Attempts are named by keys below the runs folder, so that the folder can be moved, and a colleague's
files can be copied in under any name, or merged by git.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from core.errors import StoreError
from core.models import FamilyReport, Judgement, LoadProblem, Rubric, Verdict
from core.store import identity
from core.store.commit_files import read_files, unreadable_ledger
from core.store.contents import StoreContents, build_contents, decode_all, encode
from core.store.documents import CommitDatabase, CommitFile, KnownIds
from core.store.drafts import Drafts
from core.store.location import STORE_FOLDER, StoreLocation, locate_store
from core.store.mending import Repair, repair_store
from core.store.merging import Merged, merge_stores
from core.store.open_folder import FileKey, OpenFolder, UnusableFileError
from core.store.place import StoreFolder, StoreMovedError
from core.store.sweeping import sweep
from core.store.tables import (
    CHECKS,
    COMMITS,
    FULL_ID,
    JUDGEMENTS,
    KINDS,
    RUBRICS,
    SCHEMA_VERSION,
    Record,
    file_name,
    id_of,
    kind_of,
    same_commit,
)
from core.store.trust import Trust
from core.store.upgrade import old_name, read_schema_1
from core.store.watch import StoreWatch

__all__ = [
    "SCHEMA_VERSION",
    "STORE_FOLDER",
    "Store",
    "StoreContents",
    "StoreLocation",
    "StoreMovedError",
    "StoreWatch",
    "UnusableFileError",
    "locate_store",
]

_Record = TypeVar("_Record", FamilyReport, Judgement, Rubric)


class Store:
    """The store in one folder. Several threads and processes may use the same folder at once."""

    def __init__(self, folder: Path, *, lock_timeout_s: float = 10.0) -> None:
        self.folder = folder
        self._place = StoreFolder(folder, lock_timeout_s)
        self._known = KnownIds()
        self._id = ""
        self._seen: dict[str, FileKey] = {}

    # Reading

    def load(self) -> StoreContents:
        """Read all that people and models said, whatever the file names.

        What cannot be read is a problem that names the file and the line or record.
        """
        problems: list[LoadProblem] = []
        try:
            with self._place.reading() as opened:
                if opened is None:
                    return StoreContents({}, {})
                self._seen = opened.keys(COMMITS)
                problems.extend(unreadable_ledger(opened))
                files = read_files(opened, opened.names(COMMITS), problems)
                return build_contents(files, problems, identity.read_ids(opened))
        except UnusableFileError as error:
            problems.append(LoadProblem(str(self.folder), error.reason))
        except StoreMovedError as error:
            problems.append(LoadProblem(str(self.folder), error.title))
        except OSError as error:
            problems.append(LoadProblem(str(self.folder / COMMITS), error.strerror or str(error)))
        return StoreContents({}, {}, tuple(problems))

    def watch(self) -> StoreWatch:
        """Notices what anybody stores from the last `load` on."""
        return StoreWatch(self._place, self._seen)

    def judgements(self, human: str) -> list[Judgement]:
        """The judgements in the file of one commit, in order of appending.

        Unreadable records are left out; `load` reports them.
        """
        return self._read(human, JUDGEMENTS, Judgement)

    def rubrics(self, human: str) -> list[Rubric]:
        """Every rubric of one commit, failed calls included, in order of appending.

        Unreadable records are left out; `load` reports an unusable file.
        """
        return self._read(human, RUBRICS, Rubric)

    def verify(self, human: str) -> None:
        """Check that the file of one commit can be read and appended to. Raises `StoreError`."""
        with self._place.reading() as opened:
            if opened is not None:
                CommitFile(opened, self._name(human)).lines(())
                read_schema_1(opened, old_name(self._name(human)))

    def facts(self, human: str) -> list[FamilyReport]:
        """Every stored report on the attempts at one commit, whatever it rests on.

        Files that name the same commit by more or fewer digits are included. Unreadable reports are
        left out: they are computed again.
        """
        try:
            with self._place.reading() as opened:
                names = _fact_files(opened, human) if opened is not None else ()
        except (StoreError, OSError):
            return []
        return [report for name in names for report in self._read_file(name, CHECKS, FamilyReport)]

    # Adding

    def add(self, human: str, records: Sequence[Record], *, source: str = "") -> int:
        """Append records of any kind on one human commit ("" for the whole set), on disk on return.

        `source` names what wrote them if that is not this user's patchjury. Existing ids are
        skipped; returns how many were new. Raises `StoreError`, with nothing changed.
        """
        by_table: dict[str, dict[str, Any]] = {}
        for record in records:
            by_table.setdefault(kind_of(record).name, {})[id_of(record)] = encode(record)
        if not by_table:
            return 0
        with self._place.changing() as opened:
            return sum(
                self._database(opened, human, KINDS[table].folder, source).add_new(table, encoded)
                for table, encoded in by_table.items()
            )

    def add_facts(self, human: str, reports: Sequence[FamilyReport]) -> int:
        """Append reports of families (see `add`)."""
        return self.add(human, reports)

    def add_verdicts(self, human: str, verdicts: Sequence[Verdict]) -> int:
        """Append verdicts (see `add`)."""
        return self.add(human, verdicts)

    def add_judgements(self, human: str, judgements: Sequence[Judgement]) -> int:
        """Append judgements (see `add`)."""
        return self.add(human, judgements)

    def add_rubrics(self, human: str, rubrics: Sequence[Rubric]) -> int:
        """Append rubrics (see `add`)."""
        return self.add(human, rubrics)

    def add_opinions(
        self, additions: Mapping[str, tuple[Sequence[Rubric], Sequence[Judgement]]]
    ) -> dict[str, StoreError]:
        """Append rubrics and judgements of several commits, on disk on return, each id once.

        One disk sync serves all of them, as far as possible. Returns by commit what could not be
        stored, and why. Raises `StoreError` when the folder cannot be written; adding the same
        again is harmless.
        """
        errors: dict[str, StoreError] = {}
        with self._place.changing() as opened:
            for human, (rubrics, judgements) in additions.items():
                mark = opened.mark
                try:
                    database = self._database(opened, human)
                    database.add_new(RUBRICS, {r.id: encode(r) for r in rubrics})
                    database.add_new(JUDGEMENTS, {j.id: encode(j) for j in judgements})
                except StoreError as error:
                    opened.take_back(mark)
                    errors[human] = error
        return errors

    def delete(self, human: str, table: str, ids: Sequence[str]) -> int:
        """Delete records for good: a line says so, and their own lines stay. Returns how many.

        Raises `StoreError`, with nothing changed.
        """
        with self._place.changing() as opened:
            database = self._database(opened, human)
            return len(database.table(table).remove(doc_ids=ids))  # type: ignore[arg-type]

    def sweep_facts(self, human: str) -> None:
        """Remove superseded facts on one commit, if there are many. Raises `StoreError`."""
        with self._place.changing() as opened:
            sweep(opened, self._name(human, CHECKS))

    @property
    def drafts(self) -> Drafts:
        """Texts that were begun and not recorded."""
        return Drafts(self._place)

    def merge(self, other: Path) -> Merged:
        """Merge everything from the store in the folder `other`. Raises `StoreError`."""
        if other.resolve() == self.folder.resolve():
            raise StoreError(f"{other} is this store itself")
        return merge_stores(self._place, StoreFolder(other.resolve(), 0.0))

    def repair(self) -> list[Repair]:
        """Repair what can be repaired, keeping a copy of each file. Raises `StoreError`."""
        return repair_store(self._place)

    # Whose it is

    def ids(self) -> tuple[str, ...]:
        """The store's ids: one, or several after a merge; none before its first write."""
        with self._place.reading() as opened:
            return () if opened is None else identity.read_ids(opened)

    def make_id(self) -> str:
        """The store's id, created now if it has none. Raises `StoreError`."""
        with self._place.changing() as opened:
            return self._own_id(opened)

    # Other files in the folder

    @contextmanager
    def hold(self, name: str, busy: str) -> Iterator[None]:
        """Hold the lock file `name`, keeping everybody else out.

        Raises `StoreError` that says `busy` if somebody holds it, or if it cannot be created.
        """
        with self._place.holding(name) as is_held:
            if not is_held:
                raise StoreError(busy, "Wait until it has finished, or end it.")
            yield

    def append_lines(self, name: str, lines: Sequence[str]) -> None:
        """Append lines to the file `name` of the store's folder, on disk on return.

        Raises `StoreError`.
        """
        with self._place.changing() as opened:
            opened.append(name, _joined(lines), shared=True)

    def note_line(self, name: str, line: str) -> None:
        """Append a line to the file `name` of the store's folder, safe even if the process dies.

        It waits for neither lock nor disk. Raises `StoreError`.
        """
        with self._place.noting() as opened:
            opened.append(name, _joined([line]), shared=True)

    def put_text(self, name: str, text: str) -> None:
        """Replace the file `name` of the store's folder, on disk on return. Raises `StoreError`."""
        with self._place.changing() as opened:
            opened.replace(name, text.encode("utf-8"))

    # Within

    def _database(
        self, opened: OpenFolder, human: str, folder: str = COMMITS, source: str = ""
    ) -> CommitDatabase:
        own_id = self._own_id(opened)
        file = CommitFile(
            opened,
            self._name(human, folder),
            human=human,
            store=source or own_id,
            known=self._known,
            is_own=not source,
        )
        return CommitDatabase(file)

    def _own_id(self, opened: OpenFolder) -> str:
        if not self._id:
            made = identity.ensure_id(opened)
            opened.then(lambda: setattr(self, "_id", made))
            return made
        return self._id

    @staticmethod
    def _name(human: str, folder: str = COMMITS) -> str:
        return f"{folder}/{file_name(human)}"

    def _read(self, human: str, table: str, kind: type[_Record]) -> list[_Record]:
        return self._read_file(self._name(human, KINDS[table].folder), table, kind)

    def _read_file(self, name: str, table: str, kind: type[_Record]) -> list[_Record]:
        try:
            with self._place.reading() as opened:
                if opened is None:
                    return []
                lines = CommitFile(opened, name).lines((table,))
                found = decode_all(self.folder, lines.tables.get(table, {}), table, kind, [])
                if table == CHECKS:  # facts are weighed by what they rest on, whoever found them
                    return list(found)
                trust = Trust(identity.read_ids(opened))
        except StoreError:
            return []
        return [
            trust.weigh(record, lines.stores.get(name := id_of(record), ""), own=name in lines.own)
            for record in found
        ]


def _fact_files(opened: OpenFolder, human: str) -> list[str]:
    own = file_name(human)
    names = [own] if opened.key(f"{CHECKS}/{own}") is not None else []
    if not names or len(human) < FULL_ID:
        names = [name for name in opened.names(CHECKS) if same_commit(name, own)]
    return [f"{CHECKS}/{name}" for name in names]


def _joined(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8")
