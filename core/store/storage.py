"""How the records of one human commit lie on disk, and what makes writing them safe.

Plain TinyDB is neither atomic nor safe for two threads. Here a file is replaced as a whole, under
the one lock of its folder, after it was read again under that lock, and the call returns when the
disk has it. A file that cannot be understood is never written to.

Records stand in their table under their own id instead of TinyDB's running number: in a git merge
both sides' additions can be kept, where equal numbers would silently drop one.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.middlewares import CachingMiddleware
from tinydb.storages import Storage
from tinydb.table import Document, Table

from core import codec
from core.errors import StoreError
from core.files import MAX_TEXT_BYTES

SCHEMA_VERSION = 1
"""Version of a file's layout and of its records; newer ones are left alone."""

CHECKS, RUBRICS, JUDGEMENTS, VERDICTS = TABLES = ("checks", "rubrics", "judgements", "verdicts")

Tables = dict[str, dict[str, Any]]

_LOCK = ".lock"
_TEMPORARY = ".write.tmp"  # one name is enough under one lock, and a crash leaves at most one
_LOCK_POLL_S = 0.002  # a write takes a few milliseconds
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)


class UnusableFileError(StoreError):
    """A store file that cannot be understood; it stays as it is. `reason` leaves its name out."""

    def __init__(self, path: Path, reason: str, hint: str = "") -> None:
        hint = hint or "Repair it or move it elsewhere, then try again; it was not changed."
        super().__init__(f"{path} cannot be used: {reason}", hint)
        self.reason = reason


def file_name(human: str) -> str:
    """The file name for a human commit: `<sha>.json`, or a safe name when it is no plain sha.

    Anything but 4 to 64 lower-case hex digits becomes what is harmless of it (40 characters at
    most), a dash and the start of its SHA-256, so that no two ids share a file on any disk.
    """
    if re.fullmatch("[0-9a-f]{4,64}", human):
        return f"{human}.json"
    digest = hashlib.sha256(human.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{slug(human) or 'unnamed'}-{digest[:16]}.json"


def slug(text: str) -> str:
    """What is harmless in a file name anywhere: lower-case letters, digits, inner `.`, `_`, `-`."""
    return re.sub("[^a-z0-9._]+", "-", text.lower())[:40].strip("-._")


class CommitStorage(Storage):
    """The file of one human commit. Reading needs no lock: a file is only ever replaced whole."""

    def __init__(
        self, path: Path, human: str = "", staged: list[tuple[Path, bytes]] | None = None
    ) -> None:
        self._path = path
        self._human = human
        self._staged = staged

    def read(self) -> Tables | None:
        """The tables, None when there is no file. Raises `UnusableFileError`."""
        try:
            return _parse_tables(self._path, _read_bytes(self._path))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnusableFileError(self._path, error.strerror or str(error)) from error
        except RecursionError as error:
            raise UnusableFileError(self._path, "it is nested too deeply") from error
        except ValueError as error:
            raise UnusableFileError(self._path, str(error)) from error

    def write(self, data: Tables) -> None:
        """Replace the file, on disk on return. Raises `OSError`, with the old file in place.

        With a list of staged files it is only added there, for somebody else to write.
        """
        meta = {"store": {"schema_version": SCHEMA_VERSION, "human": self._human}}
        ordered = {"meta": meta, **{name: data[name] for name in TABLES if name in data}, **data}
        try:
            text = codec.dumps(ordered, indent=1)
        except RecursionError as error:
            raise UnusableFileError(self._path, "it is nested too deeply") from error
        content = f"{text}\n".encode()
        if len(content) > MAX_TEXT_BYTES:
            raise UnusableFileError(
                self._path,
                f"it would grow larger than {MAX_TEXT_BYTES >> 20} MiB",
                "Nothing was added. Export what is there, then start another store with --db.",
            )
        if self._staged is None:
            _replace_durably([(self._path, content)])
        else:
            self._staged.append((self._path, content))


class _CommitTable(Table):
    document_id_class = str  # type: ignore[assignment]  # TinyDB documents it, its hints say int


class CommitDatabase(TinyDB):
    """The tables of one human commit while its folder is locked."""

    table_class = _CommitTable

    def records(self, table: str) -> dict[str, Any]:
        """The raw records of a table by id, those that do not decode included."""
        return (self.storage.read() or {}).get(table, {})

    def append(self, table: str, records: dict[str, dict[str, Any]]) -> None:
        """Add records whose ids are not in the table yet."""
        documents = [Document(data, key) for key, data in records.items()]  # type: ignore[arg-type]
        self.table(table).insert_multiple(documents)

    def replace(self, table: str, records: dict[str, dict[str, Any]]) -> None:
        """Put records in the place of those with the same ids."""
        known = self.records(table)
        self.table(table).remove(doc_ids=[key for key in records if key in known])  # type: ignore[misc]
        self.append(table, records)


@contextmanager
def change(folder: Path, human: str, lock_timeout_s: float) -> Iterator[CommitDatabase]:
    """The database of a commit, locked; written once when the block ends without an error.

    Raises `StoreError`, with nothing stored changed.
    """
    path = folder / file_name(human)
    try:
        _create_folder(folder)
        with _locked(folder, lock_timeout_s):
            # Read once and written once, however many changes the block makes.
            storage = CachingMiddleware(CommitStorage)  # type: ignore[no-untyped-call]
            database = CommitDatabase(path, human, storage=storage)
            yield database
            database.close()
    except OSError as error:
        raise _cannot_write(path, error) from error


@contextmanager
def change_many(folder: Path, lock_timeout_s: float) -> Iterator[Callable[[str], CommitDatabase]]:
    """Opens databases of commits under one lock; all are written together when the block ends.

    The disk is then waited for once for all of them, as far as it can be. Raises `StoreError`;
    some of the files may have been replaced then, each of them whole.
    """
    staged: list[tuple[Path, bytes]] = []
    databases: list[CommitDatabase] = []

    def open_database(human: str) -> CommitDatabase:
        storage = CachingMiddleware(CommitStorage)  # type: ignore[no-untyped-call]
        path = folder / file_name(human)
        databases.append(CommitDatabase(path, human, staged, storage=storage))
        return databases[-1]

    try:
        _create_folder(folder)
        with _locked(folder, lock_timeout_s):
            yield open_database
            for database in databases:
                database.close()
            if staged:
                _replace_durably(staged)
    except OSError as error:
        raise _cannot_write(folder, error) from error


def append_lines(folder: Path, path: Path, lines: Sequence[str], lock_timeout_s: float) -> None:
    """Append lines to a file under the lock of `folder`, on disk on return.

    Raises `StoreError`; some of the lines may be there then.
    """
    try:
        _create_folder(folder)
        with _locked(folder, lock_timeout_s):
            _append(path, "".join(f"{line}\n" for line in lines), durably=True)
    except OSError as error:
        raise _cannot_write(path, error) from error


def note_line(path: Path, line: str) -> None:
    """Append a line to a file at once, with no lock and without waiting for the disk.

    It outlives this process, though not a power failure. Raises `StoreError`.
    """
    try:
        _create_folder(path.parent)
        _append(path, f"{line}\n", durably=False)
    except OSError as error:
        raise _cannot_write(path, error) from error


def read_lines(path: Path) -> Iterator[str]:
    """The lines of a file that others append to; none when there is no such file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
        yield from file


def _append(path: Path, text: str, *, durably: bool) -> None:
    """Append a text in one write; a last line that a crash left unfinished is ended first."""
    # Never through a link, and never into a pipe: the folder may be somebody else's.
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    with os.fdopen(os.open(path, flags, 0o666), "a+b", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a file")
        size = file.seek(0, os.SEEK_END)
        torn = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
        content = memoryview(b"\n" * torn + text.encode())
        while content:
            content = content[file.write(content) :]
        if durably:
            os.fsync(file.fileno())
        if size == 0:
            _sync_folder(path.parent)


def replace_text(folder: Path, path: Path, text: str, lock_timeout_s: float) -> None:
    """Replace a file that is no commit's under the lock of `folder`, on disk on return.

    Raises `StoreError`, with the old file in place.
    """
    try:
        _create_folder(folder)
        _create_folder(path.parent)
        with _locked(folder, lock_timeout_s):
            _replace_durably([(path, text.encode("utf-8"))])
    except OSError as error:
        raise _cannot_write(path, error) from error


@contextmanager
def hold(path: Path, busy: str) -> Iterator[None]:
    """Hold a lock file that ends with this process. Raises `StoreError` saying `busy` if held."""
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        _create_folder(path.parent)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StoreError(busy, "Wait until it has finished, or end it.") from error
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _locked(folder: Path, timeout_s: float) -> Iterator[None]:
    # Imported here because commands that only read need no lock.
    from filelock import FileLock, Timeout

    # A lock object of its own for each change excludes the threads of one process as well.
    lock = FileLock(folder / _LOCK, timeout=timeout_s, poll_interval=_LOCK_POLL_S)
    try:
        lock.acquire()
    except Timeout as error:
        title = f"Another patchjury has held the lock {lock.lock_file} for {timeout_s:g} s"
        raise StoreError(title, "Wait until it has finished or end it, then try again.") from error
    try:
        yield
    finally:
        lock.release()


def _read_bytes(path: Path) -> bytes:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is not a file")
    if status.st_size > MAX_TEXT_BYTES:
        raise ValueError(f"it is larger than {MAX_TEXT_BYTES >> 20} MiB")
    return path.read_bytes()


def _parse_tables(path: Path, content: bytes) -> Tables:
    data = json.loads(content.decode("utf-8"))
    match data:
        case {"meta": {"store": {"schema_version": int(version)}}}:
            if version > SCHEMA_VERSION:
                reason = f"a newer patchjury wrote it (schema {version}, known: {SCHEMA_VERSION})"
                raise UnusableFileError(path, reason, "Upgrade patchjury; it was not changed.")
        case _:
            raise ValueError("it is not a store file: it states no schema version")
    for name, table in data.items():
        if not isinstance(table, dict):
            raise ValueError(f"its table {name!r} is not an object")
    tables: Tables = data
    return tables


def _replace_durably(files: Sequence[tuple[Path, bytes]]) -> None:
    """Replace files of one folder; the disk has them on return."""
    folder = files[0][0].parent
    temporaries = [folder / f"{_TEMPORARY}{number or ''}" for number in range(len(files))]
    with ExitStack() as cleaning:
        opened = []
        for temporary, (_, content) in zip(temporaries, files, strict=True):
            # Taken away first and created anew: a link planted under that name is never followed.
            temporary.unlink(missing_ok=True)
            cleaning.callback(temporary.unlink, missing_ok=True)
            file = cleaning.enter_context(temporary.open("xb"))
            file.write(content)
            file.flush()
            opened.append(file)
        for file in opened:  # all were written before: most of the waiting is done together
            os.fsync(file.fileno())
        for temporary, (path, _) in zip(temporaries, files, strict=True):
            temporary.replace(path)
    _sync_folder(folder)


def _create_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _create_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    # A new name is safe from a power failure only when the folder that holds it is on disk too.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_write(path: Path, error: OSError) -> StoreError:
    if error.errno in _FULL:
        hint = "Make room on the disk and try again; nothing stored was changed."
    elif error.errno in _FORBIDDEN:
        hint = "Name a folder that can be written to with --db; nothing stored was changed."
    else:
        hint = "Nothing stored was changed."
    return StoreError(f"{path} cannot be written: {error.strerror or error}", hint)
