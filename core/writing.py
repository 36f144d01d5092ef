"""How a file is written outside the store: whole or not at all, and never through a link.

The text is written beside the target, synced, then renamed. The place of the temporary file is
noted first, in the user's state folder, and the note is locked by its process: the next start of
any command removes what a killed one left behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from core.errors import ExportError
from core.files import UnusableError, read_bytes
from core.places import state_folder

_PREFIX, _SUFFIX = ".patchjury-", ".tmp"
_NOTES = "temporaries"
_NO_LINK = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def write_whole(path: Path, pieces: Iterable[str], *, overwrite: bool = False) -> None:
    """Write a text file as UTF-8, replacing one that exists only with `overwrite`.

    Raises `ExportError` for an existing file, a link, a folder, or a place that cannot be written;
    nothing new is left behind then, and existing files are unchanged.
    """
    refuse(path, overwrite=overwrite)
    try:
        with _temporary_beside(path) as (temporary, descriptor):
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="", closefd=False) as file:
                file.writelines(pieces)
            os.fsync(descriptor)
            _put(temporary, path, overwrite)
    except (OSError, ValueError) as error:
        raise _cannot_write(path, error) from error


def write_folder(
    path: Path,
    files: Iterable[tuple[str, Iterable[str]]],
    is_ours: Callable[[str], bool],
    *,
    overwrite: bool = False,
) -> None:
    """Write a folder of text files, each by its path below it, all of them or none.

    Raises `ExportError` in the cases of `refuse_folder`, or for a place that cannot be written.
    """
    refuse_folder(path, is_ours, overwrite=overwrite)
    try:
        with _temporary_folder_beside(path) as temporary:
            for name, pieces in files:
                target = temporary / name
                target.parent.mkdir(exist_ok=True)
                with target.open("x", encoding="utf-8", newline="") as file:
                    file.writelines(pieces)
            refuse_folder(path, is_ours, overwrite=overwrite)
            _put_folder(temporary, path)
    except (OSError, ValueError) as error:
        raise _cannot_write(path, error) from error


def refuse_folder(path: Path, is_ours: Callable[[str], bool], *, overwrite: bool) -> None:
    """Raise `ExportError` if `write_folder` would refuse that target, before any work is done.

    A folder with anything but files whose path is `is_ours` is never replaced.
    """
    try:
        if path.is_symlink():
            raise ExportError(f"{path} is a link", "Name the folder that it leads to, or another.")
        if not os.path.lexists(path):
            return
        if not path.is_dir():
            raise ExportError(
                f"{path} is not a folder", "Name another, or one that does not exist."
            )
        found = [each for each in path.rglob("*") if each.is_symlink() or not each.is_dir()]
    except (OSError, ValueError) as error:
        raise _cannot_write(path, error) from error
    others = [
        each
        for each in found
        if each.is_symlink() or not is_ours(each.relative_to(path).as_posix())
    ]
    if others:
        raise ExportError(
            f"{path} contains other files ({others[0].name})", "Name an empty folder."
        )
    if found and not overwrite:
        raise ExportError(
            f"{path} already contains a report", "Name another, or ask to overwrite it (--force)."
        )


def refuse(path: Path, *, overwrite: bool) -> None:
    """Raise `ExportError` if `write_whole` would refuse that target, before any work is done."""
    try:
        if path.is_symlink():
            raise ExportError(f"{path} is a link", "Name the file that it leads to, or another.")
        if path.is_dir():
            raise ExportError(f"{path} is a folder", "Name a file.")
        if not os.path.lexists(path):
            return
    except (OSError, ValueError) as error:  # a NUL in the name, a folder that cannot be entered
        raise _cannot_write(path, error) from error
    if not path.is_file():
        raise ExportError(f"{path} is not a regular file", "Name a file, or - where supported.")
    if not overwrite:
        raise ExportError(
            f"{path} already exists", "Name another file, or ask to overwrite it (--force)."
        )


def sweep_temporaries() -> None:
    """Remove the temporary files that killed processes of this user left behind."""
    try:
        notes = sorted((state_folder() / _NOTES).iterdir())
    except OSError:
        return
    for note in notes:
        with suppress(OSError, ValueError, UnusableError):
            _sweep(note)


def _sweep(note: Path) -> None:
    with _locked(note, os.O_RDONLY, fcntl.LOCK_EX | fcntl.LOCK_NB):
        temporary = Path(os.fsdecode(read_bytes(note)))
        # A note without a path is still being written.
        if temporary.name == note.name:
            if temporary.is_dir() and not temporary.is_symlink():
                shutil.rmtree(temporary)
            temporary.unlink(missing_ok=True)
            note.unlink()


@contextmanager
def _temporary_beside(path: Path) -> Iterator[tuple[Path, int]]:
    """A new file that is noted; it is removed afterwards unless it was renamed."""
    temporary = path.absolute().with_name(f"{_PREFIX}{uuid.uuid4().hex}{_SUFFIX}")
    with _noted(temporary):
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o666)
        try:
            yield temporary, descriptor
        finally:
            temporary.unlink(missing_ok=True)
            os.close(descriptor)


@contextmanager
def _temporary_folder_beside(path: Path) -> Iterator[Path]:
    """A new folder that is noted; it is removed afterwards unless it was renamed."""
    temporary = path.absolute().with_name(f"{_PREFIX}{uuid.uuid4().hex}{_SUFFIX}")
    with _noted(temporary):
        temporary.mkdir()
        try:
            yield temporary
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _put_folder(temporary: Path, path: Path) -> None:
    """Give the temporary folder its name; the previous content is whole until then."""
    if not path.is_dir():
        temporary.rename(path)
        return
    former = path.absolute().with_name(f"{_PREFIX}{uuid.uuid4().hex}{_SUFFIX}")
    path.rename(former)
    try:
        temporary.rename(path)
    except OSError:
        former.rename(path)
        raise
    shutil.rmtree(former)


@contextmanager
def _noted(temporary: Path) -> Iterator[None]:
    """A note of where a temporary file is, locked for as long as this process lives and writes.

    A state folder that cannot be written is no reason to refuse: then there is no note.
    """
    note = state_folder() / _NOTES / temporary.name
    with ExitStack() as held:
        with suppress(OSError):
            note.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            descriptor = held.enter_context(_locked(note, flags, fcntl.LOCK_EX))
            held.callback(note.unlink, missing_ok=True)
            os.write(descriptor, os.fsencode(temporary))
        yield


@contextmanager
def _locked(path: Path, flags: int, lock: int) -> Iterator[int]:
    descriptor = os.open(path, flags | _NO_LINK, 0o600)
    try:
        fcntl.flock(descriptor, lock)
        yield descriptor
    finally:
        os.close(descriptor)


def _put(temporary: Path, path: Path, overwrite: bool) -> None:
    """Give the temporary file its name; a file created there meanwhile stays."""
    refuse(path, overwrite=overwrite)
    if overwrite:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        refuse(path, overwrite=False)
        raise
    except OSError:  # a file system without hard links
        temporary.replace(path)


def _cannot_write(path: Path, error: Exception) -> ExportError:
    reason = getattr(error, "strerror", None) or str(error)
    return ExportError(f"cannot write {path}: {reason}", "Nothing was written; name another file.")
