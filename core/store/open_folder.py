"""Reading and writing in a store's folder: durable, rolled back on failure, following no link.

Everything is opened relative to the folder itself and never through a link, so that nothing planted
in somebody's runs folder redirects a write.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from msgspec import Struct

from core.errors import StoreError
from core.files import MAX_TEXT_BYTES

_TEMPORARY = ".write.tmp"  # one name is enough under a lock, and a crash leaves at most one file
_WRITE_S = 0.005
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_NOFOLLOW | os.O_NONBLOCK
_A_LINK = "it is a link that leads elsewhere"

_log = logging.getLogger(__name__)


class UnusableFileError(StoreError):
    """A store file that cannot be understood; it is left as it is. `reason` omits its name."""

    def __init__(self, path: Path, reason: str, hint: str = "") -> None:
        hint = hint or "Repair it or move it elsewhere, then try again; it was not changed."
        super().__init__(f"{path} cannot be used: {reason}", hint)
        self.reason = reason


class FileKey(Struct, frozen=True):
    """What distinguishes two states of a file without reading it."""

    inode: int
    size: int
    mtime_ns: int


class OpenFolder:
    """The store's folder while it is open; names are relative to it (`commits/x.jsonl`)."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._root = descriptor
        self._cleaning = ExitStack()
        self._folders: dict[str, int] = {"": descriptor}
        self._appended: list[tuple[int, int | None, str]] = []
        self._then: list[Callable[[], None]] = []

    # Reading

    def names(self, folder: str) -> list[str]:
        """The names in a folder below, sorted; none when there is no such folder."""
        try:
            return sorted(entry.name for entry in os.scandir(self._folder(folder)))
        except FileNotFoundError:
            return []

    def keys(self, folder: str) -> dict[str, FileKey]:
        """Every regular file in a folder below, with its state: one `stat` each, none is read."""
        try:
            descriptor = self._folder(folder)
        except FileNotFoundError:
            return {}
        found = {}
        with os.scandir(descriptor) as entries:
            for entry in entries:
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(status.st_mode):
                    found[entry.name] = _key(status)
        return found

    def read(self, name: str) -> tuple[bytes, FileKey] | None:
        """A file's content and state; None if there is none. Raises `UnusableFileError`."""
        found = self._read(name)
        if found is not None and name.endswith(".jsonl") and found[0][-1:] not in b"\n":
            time.sleep(_WRITE_S)  # perhaps somebody is still writing the rest of the line
            found = self._read(name)
        return found

    def _read(self, name: str) -> tuple[bytes, FileKey] | None:
        try:
            descriptor = self._open(name, os.O_RDONLY)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnusableFileError(self.path / name, error.strerror or str(error)) from error
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if status.st_size > MAX_TEXT_BYTES:
                reason = f"it is larger than {MAX_TEXT_BYTES >> 20} MiB"
                raise UnusableFileError(self.path / name, reason)
            try:
                return file.read(), _key(status)
            except OSError as error:
                raise UnusableFileError(self.path / name, error.strerror or str(error)) from error

    def key(self, name: str) -> FileKey | None:
        """The state of a file, None if there is none."""
        folder, _, last = name.rpartition("/")
        try:
            return _key(os.lstat(last, dir_fd=self._folder(folder)))
        except FileNotFoundError:
            return None

    # Writing

    def append(self, name: str, data: bytes, *, shared: bool = False) -> None:
        """Append lines in one write; a last line left unfinished by a crash is terminated first.

        They are on disk when the change ends, and removed again if it fails, unless the file is
        `shared` with writers that take no lock. Raises `StoreError`.
        """
        try:
            self._append(name, data, shared=shared)
        except OSError as error:
            raise cannot_write(self.path / name, error) from error

    def _append(self, name: str, data: bytes, *, shared: bool) -> None:
        folder, _, _ = name.rpartition("/")
        is_new = self.key(name) is None
        descriptor = self._open(name, os.O_RDWR | os.O_APPEND | os.O_CREAT, create=True)
        size = os.fstat(descriptor).st_size
        self._appended.append((descriptor, None if shared else size, name if is_new else ""))
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        write_all(descriptor, b"\n" * torn + data)
        if is_new:
            self.then(lambda: os.fsync(self._folder(folder)))

    def then(self, action: Callable[[], None]) -> None:
        """Call something once everything appended is on disk."""
        self._then.append(action)

    def replace(self, name: str, content: bytes) -> None:
        """Replace a file, on disk on return. Raises `StoreError`, with the old file in place."""
        try:
            self._replace(name, content)
        except OSError as error:
            raise cannot_write(self.path / name, error) from error

    def _replace(self, name: str, content: bytes) -> None:
        folder, _, last = name.rpartition("/")
        place = self._folder(folder, create=True)
        # Removed first and created again: a link planted under that name is never followed.
        _unlink(_TEMPORARY, place)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            descriptor = os.open(_TEMPORARY, flags, 0o666, dir_fd=place)
            try:
                write_all(descriptor, content)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.rename(_TEMPORARY, last, src_dir_fd=place, dst_dir_fd=place)
        finally:
            _unlink(_TEMPORARY, place)
        os.fsync(place)

    def create(self, name: str, content: bytes) -> None:
        """Create a file unless something has its name."""
        folder, _, last = name.rpartition("/")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            place = self._folder(folder, create=True)
            descriptor = os.open(last, flags, 0o666, dir_fd=place)
        except FileExistsError:
            return
        try:
            write_all(descriptor, content)
        finally:
            os.close(descriptor)

    def set_aside(self, name: str, ending: str) -> str:
        """Give a file a name that no reader looks at; returns it."""
        folder, _, last = name.rpartition("/")
        place = self._folder(folder)
        taken = set(self.names(folder))
        names = (f"{last}.{ending}{f'-{number}' if number else ''}" for number in range(len(taken)))
        free = next((name for name in names if name not in taken), f"{last}.{ending}-{len(taken)}")
        os.rename(last, free, src_dir_fd=place, dst_dir_fd=place)
        os.fsync(place)
        return f"{folder}/{free}" if folder else free

    def remove(self, name: str) -> None:
        """Remove a file; it may be gone already."""
        folder, _, last = name.rpartition("/")
        try:
            _unlink(last, self._folder(folder))
        except FileNotFoundError:
            return

    def finish(self) -> None:
        """Wait until what was appended is on disk. Raises `OSError`."""
        for descriptor, _, _ in self._appended:  # all were written before: one wait serves all
            os.fsync(descriptor)
        self._appended.clear()
        for action in self._then:
            action()
        self._then.clear()

    @property
    def mark(self) -> tuple[int, int]:
        """The progress of the change, for `take_back`."""
        return len(self._appended), len(self._then)

    def take_back(self, mark: tuple[int, int] = (0, 0)) -> None:
        """Undo what was appended after `mark` and is not on disk yet."""
        appended, then = mark
        for descriptor, size, new_name in reversed(self._appended[appended:]):
            if size is None:
                continue
            try:
                os.ftruncate(descriptor, size)
                if new_name and not size:
                    self.remove(new_name)
            except OSError as error:
                _log.warning("%s: what was half written stays: %s", self.path, error)
        del self._appended[appended:], self._then[then:]

    def open_lock(self, name: str) -> int:
        """A lock file, open until the folder is closed. Raises `StoreError`."""
        try:
            return self._open(name, os.O_RDWR | os.O_CREAT, create=True)
        except OSError as error:
            raise cannot_write(self.path / name, error) from error

    def close(self) -> None:
        """Close every file of the folder."""
        self._cleaning.close()

    # Opening

    def _folder(self, name: str, *, create: bool = False) -> int:
        if name not in self._folders:
            if create:
                try:
                    os.mkdir(name, dir_fd=self._root)
                except FileExistsError:
                    pass  # it existed, or another process just created it: it is opened below
                else:
                    os.fsync(self._root)
            self._folders[name] = self.keep(open_folder(name, self._root))
        return self._folders[name]

    def _open(self, name: str, flags: int, *, create: bool = False) -> int:
        folder, _, last = name.rpartition("/")
        place = self._folder(folder, create=create)
        try:
            descriptor = os.open(last, flags | _FILE, 0o666, dir_fd=place)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise OSError(error.errno, _A_LINK) from error
            if error.errno in (errno.EISDIR, errno.ENXIO):
                raise OSError(error.errno, "it is not a file") from error
            raise
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "it is not a file")
        if flags & os.O_RDWR:
            self.keep(descriptor)
        return descriptor

    def keep(self, descriptor: int) -> int:
        """Close a descriptor when the folder is closed."""
        self._cleaning.callback(os.close, descriptor)
        return descriptor


def open_folder(name: Path | str, within: int | None = None) -> int:
    """A descriptor of a folder, never through a link. Raises `OSError`."""
    try:
        return os.open(name, _FOLDER, dir_fd=within)
    except NotADirectoryError as error:
        status = os.lstat(name, dir_fd=within)
        reason = _A_LINK if stat.S_ISLNK(status.st_mode) else os.strerror(errno.ENOTDIR)
        raise OSError(errno.ENOTDIR, reason) from error


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`, in one call if the system accepts it. Raises `OSError`."""
    content = memoryview(data)
    while content:
        content = content[os.write(descriptor, content) :]


def sync_folder(folder: Path) -> None:
    """A new name survives a power failure only once its folder is on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_lines(path: Path) -> Iterator[str]:
    """The lines of a file that others append to; none if there is no such file."""
    try:
        descriptor = _open_regular(path)
    except OSError:  # `check_readable` says why
        return
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
        yield from file


def check_readable(path: Path) -> None:
    """See whether `read_lines` reads a file, or there is none. Raises `OSError` that says why."""
    with suppress(FileNotFoundError):
        os.close(_open_regular(path))


def _open_regular(path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY | _FILE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a file")
    return descriptor


def cannot_write(path: Path, error: OSError) -> StoreError:
    """The message when the system refuses a write."""
    if error.errno in _FULL:
        hint = "Make room on the disk and try again; nothing stored was changed."
    elif error.errno in _FORBIDDEN:
        hint = "Name a folder that can be written to with --db; nothing stored was changed."
    else:
        hint = "Nothing stored was changed."
    return StoreError(f"{path} cannot be written: {error.strerror or error}", hint)


def try_lock(descriptor: int) -> bool:
    """Lock an open file; False if somebody holds the lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unlink(name: str, place: int) -> None:
    try:
        os.unlink(name, dir_fd=place)
    except FileNotFoundError:
        return


def _key(status: os.stat_result) -> FileKey:
    return FileKey(status.st_ino, status.st_size, status.st_mtime_ns)
