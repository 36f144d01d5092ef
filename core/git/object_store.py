"""Which folder holds a repository's objects, and whether it is safe to let git near it.

Git waits for ever on a pipe among the objects, and follows links and alternates wherever they lead;
so all of that is inspected before git runs.
"""

from __future__ import annotations

import os
from pathlib import Path

from core.errors import RepositoryError
from core.files import UnusableError, read_slice, resolve_below

_POINTER_BYTES = 4096
_ALTERNATES_BYTES = 2**16
_MOST_STORES = 16


def find_store(path: Path) -> Path:
    """The object folder of the repository at `path` (bare or a work tree's top folder).

    Raises `RepositoryError` if there is none.
    """
    for git_dir in (_follow(path / ".git", "gitdir:"), path):
        store = _follow(git_dir / "commondir", "", git_dir) / "objects"
        if store.is_dir() and (git_dir / "HEAD").exists():
            return store
    raise RepositoryError(f"{path} is not a git repository or bundle")


def check_store(store: Path, below: Path | None = None) -> None:
    """Inspect everything that git would open. Raises `RepositoryError` for what it must not.

    Nothing may lead out of the folder `below` (without links); None: links are followed.
    """
    pending, seen = [store], set[str]()
    while pending:
        folder = pending.pop()
        real = _resolved(folder, below)
        if real in seen:
            continue
        seen.add(real)
        if len(seen) > _MOST_STORES:
            raise RepositoryError(f"{store} names more than {_MOST_STORES} alternates")
        _check_folder(real, below, depth=2)
        pending += _alternates(Path(real))


def _check_folder(folder: str, below: Path | None, depth: int) -> None:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if depth:
                        _check_folder(entry.path, below, depth - 1)
                elif not entry.is_file(follow_symlinks=False):
                    _check_odd(entry, below, depth)
    except OSError as error:
        raise RepositoryError(f"cannot read {folder}: {error.strerror or error}") from error


def _check_odd(entry: os.DirEntry[str], below: Path | None, depth: int) -> None:
    """An entry that is neither a folder nor a regular file."""
    real = _resolved(Path(entry.path), below) if entry.is_symlink() else ""
    if real and depth and Path(real).is_dir():
        _check_folder(real, below, depth - 1)
    elif not real or not Path(real).is_file():
        raise RepositoryError(f"{entry.path} is not a regular file")


def _resolved(path: Path, below: Path | None) -> str:
    try:
        return resolve_below(path, below or "/")
    except UnusableError as error:
        reason = str(error).replace("is a symbolic link that leads", "leads")
        raise RepositoryError(f"{path} {reason}") from error


def _alternates(store: Path) -> list[Path]:
    """The object folders that `objects/info/alternates` names (format: gitrepository-layout)."""
    file = store / "info/alternates"
    if not os.path.lexists(file):
        return []
    try:
        data = read_slice(os.path.realpath(file), 0, _ALTERNATES_BYTES)
    except UnusableError as error:
        raise RepositoryError(error.of(file)) from error
    lines = (line for line in data.split(b"\n") if line and not line.startswith(b"#"))
    folders = (store / os.fsdecode(_unquoted(line)) for line in lines)
    return [folder for folder in folders if folder.is_dir()]


def _unquoted(line: bytes) -> bytes:
    if not line.startswith(b'"'):
        return line
    inner = line[1 : line.rfind(b'"')] if line.count(b'"') > 1 else line[1:]
    return inner.decode("unicode_escape", "replace").encode("latin-1", "replace")


def _follow(pointer: Path, prefix: str, otherwise: Path | None = None) -> Path:
    """The folder that a pointer file of git names; `otherwise` (or itself) if it is not a file."""
    try:
        text = os.fsdecode(read_slice(os.path.realpath(pointer), 0, _POINTER_BYTES))
    except UnusableError:
        return otherwise or pointer
    return pointer.parent / text.rstrip("\r\n").removeprefix(prefix).lstrip()
