"""Where the store of a runs folder is: beside the runs, unless impossible or named otherwise."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

from msgspec import Struct

from core.places import data_folder
from core.store.tables import slug

STORE_FOLDER = ".patchjury"
IDS = "store.jsonl"
"""The file of a store that holds its ids (`core.store.identity`)."""


class StoreLocation(Struct, frozen=True):
    """The store's folder; `note` says where and why if it is not `<runs>/.patchjury`, else ""."""

    path: Path
    note: str = ""


def locate_store(root: Path, db: Path | None = None) -> StoreLocation:
    """`db` if named, else `<root>/.patchjury`, else a folder of its own in the user's data folder.

    `root` is the runs folder, or a file in it. Nothing is created. A full disk does not move the
    store: existing decisions would seem to be gone.
    """
    if db is not None:
        # A link named by the user is the user's own; one in a runs folder is somebody else's.
        path = db.resolve() if db.is_symlink() else db
        return StoreLocation(path, f"store: {db} (named with --db)")
    folder = root.parent if root.is_file() else root
    beside = folder / STORE_FOLDER
    obstacle = _why_not_writable(beside)
    if not obstacle:
        return StoreLocation(beside)
    path = _in_user_data(root)
    note = f"store: {path} ({beside} cannot be written: {obstacle})"
    if (beside / "commits").is_dir():
        note += "; what is stored beside the runs is not shown"
    return StoreLocation(path, note)


def find_store(path: Path) -> Path | None:
    """The store that a path names: a store's folder itself, or that of a runs folder or file."""
    if path.is_dir() and any((path / name).is_file() for name in (IDS, "commits/.lock")):
        return path
    found = locate_store(path).path
    return found if (found / "commits").is_dir() else None


def _why_not_writable(store: Path) -> str:
    # Permission bits say nothing about a read-only mount or root, so a nameless file is created.
    from tempfile import TemporaryFile

    if store.is_symlink() or (store / "commits").is_symlink():
        return "it is a link that leads elsewhere"
    candidates = (store / "commits", store, store.parent)
    try:
        with TemporaryFile(dir=next(path for path in candidates if os.path.lexists(path))):
            return ""
    except StopIteration:
        return os.strerror(errno.ENOENT)
    except OSError as error:
        return "" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)


def _in_user_data(root: Path) -> Path:
    resolved = root.resolve()
    digest = hashlib.sha256(os.fsencode(resolved)).hexdigest()[:16]
    return data_folder() / f"{slug(resolved.name) or 'runs'}-{digest}"
