"""Where a store is, or will be: identified by what it is rather than by its name, and locked.

A folder that was renamed, deleted or replaced while in use is noticed, and nothing is written at
its old place.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from core.errors import StoreError
from core.store.open_folder import (
    OpenFolder,
    UnusableFileError,
    cannot_write,
    open_folder,
    sync_folder,
    try_lock,
)

LOCK = "commits/.lock"
"""Where it has always been, so that an older patchjury is kept out as well."""

_HOLDING = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY
_LOCK_POLL_S = 0.002  # a write takes a few milliseconds


class StoreMovedError(StoreError):
    """The store's folder is not where it was: renamed, deleted, or replaced by another one."""


class StoreFolder:
    """Where a store is, or will be: opened again for each job, and recognised when it is."""

    def __init__(self, path: Path, lock_timeout_s: float) -> None:
        self.path = path
        self._lock_timeout_s = lock_timeout_s
        # A file in the place of the folder is not a store yet, and may be removed.
        existing = next((p for p in (path, *path.parents) if p.is_dir()), Path())
        self._anchor = _Anchor(existing)  # replaced as a whole, for all threads

    @contextmanager
    def reading(self) -> Iterator[OpenFolder | None]:
        """The folder for reading, without a lock; None if there is none yet.

        Raises `StoreError`.
        """
        with ExitStack() as cleaning:
            try:
                opened = self._open()
            except FileNotFoundError:
                opened = None
            except OSError as error:
                raise UnusableFileError(self.path, error.strerror or str(error)) from error
            if opened is not None:
                cleaning.callback(opened.close)
            yield opened

    @contextmanager
    def changing(self) -> Iterator[OpenFolder]:
        """The folder for writing, created if missing, and locked.

        When the block ends, what was appended is on disk; when it fails, or the disk does, it is
        undone. Raises `StoreError`.
        """
        with self._opened_to_write() as opened, _locked(opened, self._lock_timeout_s):
            try:
                yield opened
                opened.finish()
            except BaseException:
                opened.take_back()
                raise

    @contextmanager
    def noting(self) -> Iterator[OpenFolder]:
        """The folder for appending to a file at once, without lock and without waiting."""
        with self._opened_to_write() as opened:
            yield opened

    @contextmanager
    def holding(self, name: str) -> Iterator[bool]:
        """Hold a lock file until the block, or this process, ends; False if somebody holds it."""
        with ExitStack() as cleaning:
            try:
                self._create()
                opened = self._open()
                cleaning.callback(opened.close)
                is_held = try_lock(opened.open_lock(name))
            except OSError as error:
                raise cannot_write(self.path / name, error) from error
            yield is_held

    @contextmanager
    def _opened_to_write(self) -> Iterator[OpenFolder]:
        opened: OpenFolder | None = None
        try:
            self._create()
            opened = self._open()
            yield opened
        except OSError as error:
            raise cannot_write(self.path, error) from error
        finally:
            if opened is not None:
                opened.close()

    def _open(self) -> OpenFolder:
        self._check_anchor()
        descriptor = open_folder(self.path)
        try:
            status = os.fstat(descriptor)
            found = (status.st_dev, status.st_ino)
            anchor = self._anchor
            if anchor.path != self.path:
                self._anchor = anchor = _Anchor(self.path)
            if found != anchor.identity:
                raise _moved(self.path, "another folder is in its place")
            opened = OpenFolder(self.path, descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        opened.keep(descriptor)
        return opened

    def _create(self) -> None:
        anchor = self._check_anchor()
        missing = []
        for folder in (self.path, *self.path.parents):
            if os.path.lexists(folder):
                break
            missing.append(folder)
        if missing and anchor == self.path:
            raise _moved(self.path, "it was renamed or deleted")
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)

    def _check_anchor(self) -> Path:
        """The folder, or its future parent, if it is still the one it was."""
        anchor = self._anchor
        if _identity(anchor.path) == anchor.identity:
            return anchor.path
        gone = not os.path.lexists(anchor.path)
        what = "it was renamed or deleted" if gone else "another folder is in its place"
        raise _moved(anchor.path, what)


class _Anchor:
    """A folder and its identity.

    It is held open for as long as it is known: the inode number of a deleted one would be given to
    whatever is created next, which would then pass for it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with suppress(OSError):  # one that may not be opened is identified by its number alone
            weakref.finalize(self, os.close, os.open(path, _HOLDING))
        self.identity = _identity(path)


@contextmanager
def _locked(opened: OpenFolder, timeout_s: float) -> Iterator[None]:
    # A descriptor per change also excludes the threads of one process.
    descriptor = opened.open_lock(LOCK)
    deadline = time.monotonic() + timeout_s
    while not try_lock(descriptor):
        if time.monotonic() > deadline:
            title = f"Another patchjury has held the lock {opened.path / LOCK} for {timeout_s:g} s"
            raise StoreError(title, "Wait until it has finished or end it, then try again.")
        time.sleep(_LOCK_POLL_S)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            status = path.stat()  # folders above the store may be links: they are the user's own
    except OSError:
        return None
    if not stat.S_ISDIR(status.st_mode):  # a new file may have the number of a folder that is gone
        return None
    return status.st_dev, status.st_ino


def _moved(path: Path, what: str) -> StoreMovedError:
    return StoreMovedError(
        f"{path} is no longer the same folder: {what}",
        "Put it back and save again, or reopen the runs; nothing was written elsewhere.",
    )
