"""What was seen on disk when runs were read, and whether it is the same now.

A folder's stamp is a hash of its content: names, kinds, and for files size, times and inode. If
something was written so shortly before that it may have been rewritten within one clock tick, the
stamp says that it proves nothing.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from core.readers.walk import SKIPPED

_UNSETTLED = "?"
"""The prefix of a stamp that proves nothing."""

_SETTLES_NS = 2 * 10**9  # the coarsest clock of file systems in use
_LENGTH = 12

Stamps = dict[str, str]
"""Stamps by the folder's path; for a path that is not a folder, its own state."""


class Places(Struct, frozen=True):
    """Where readers look: everything below `trees`, and the direct content of `folders`."""

    trees: tuple[str, ...]
    folders: tuple[str, ...] = ()


def read_stamps(places: Places, began_ns: int) -> Stamps:
    """The stamps of everything at these places; `began_ns` is when reading began."""
    newest = began_ns - _SETTLES_NS
    found: Stamps = {}
    pending = list(places.trees)
    while pending:
        path = pending.pop()
        if path not in found:
            found[path], below = _look(path, newest)
            pending += below
    for path in places.folders:
        if path not in found:
            found[path] = _look(path, newest)[0]
    return found


def differing(before: Stamps, now: Stamps) -> list[str]:
    """The paths that changed, those that came and went included."""
    return [
        path
        for path in dict.fromkeys((*before, *now))
        if before.get(path, "").lstrip(_UNSETTLED) != now.get(path, "").lstrip(_UNSETTLED)
    ]


def prove_nothing(stamps: Stamps) -> bool:
    """May something have changed without any stamp showing it?"""
    return any(stamp.startswith(_UNSETTLED) for stamp in stamps.values())


def _look(path: str, newest: int) -> tuple[str, list[str]]:
    """The stamp of a path, and the folders in it to examine."""
    try:
        with os.scandir(path) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except NotADirectoryError:
        return _stamp([_state(Path(path).name, os.lstat(path))], newest), []
    except OSError as error:
        return f"cannot be read: {error.errno}", []
    states, below = [], []
    for entry in found:
        is_folder = entry.is_dir(follow_symlinks=False)
        if is_folder and entry.name not in SKIPPED:
            below.append(entry.path)
        if is_folder:
            states.append((entry.name, "folder", 0, 0))
        else:
            states.append(_state(entry.name, _looked_at(entry)))
    return _stamp(states, newest), below


_State = tuple[str, str, int, int]
"""Name, kind with size and inode, and when content and the rest were changed, in nanoseconds."""


def _looked_at(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except OSError:
        return None


def _state(name: str, info: os.stat_result | None) -> _State:
    if info is None:
        return name, "gone", 0, 0
    kind = f"{stat.S_IFMT(info.st_mode)} {info.st_size} {info.st_ino}"
    return name, kind, info.st_mtime_ns, info.st_ctime_ns


def _stamp(states: Sequence[_State], newest: int) -> str:
    is_fresh = any(max(one[2], one[3]) > newest for one in states)
    text = "\0".join(f"{name}\1{kind} {at} {since}" for name, kind, at, since in states)
    data = text.encode("utf-8", "surrogateescape")
    stamp = hashlib.blake2b(data, digest_size=_LENGTH).hexdigest()
    return f"{_UNSETTLED}{stamp}" if is_fresh else stamp
