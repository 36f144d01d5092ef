"""Whether open runs changed on disk: a cheap look at the places they were found in.

It looks at the files of records, at the content of the folders above attempts, and at the patch in
each attempt's folder, or the folder if it holds none: it sees an attempt that comes or goes, and a
file of records or a patch that is rewritten. It does not see a rewritten journal, prompt or log:
those texts are read when shown.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator

from core.models import Attempt, RunSet
from core.readers.packed_records import RECORDS
from core.readers.reader_registry import files_reader
from core.readers.walk import SKIPPED
from core.sources import FolderFile

MOST = 20_000
"""How many places are watched: those nearest the root."""

_Stamp = tuple[int, int, int] | None
"""What stays the same as long as nothing changes; None: it does not exist."""


class DiskChanges:
    """Looks at the places of a run set, and reports those that changed."""

    def __init__(self, run_set: RunSet, since_ns: int) -> None:
        """`since_ns`: anything written later may have come too late to be read."""
        self._root = str(run_set.root)
        self._since = since_ns
        self._names = self._top_names()
        found = sorted(places(run_set), key=lambda path: (path.count("/"), path))
        self._before = {path: _stamp(path) for path in found[:MOST]}
        self._told: dict[str, None] = dict.fromkeys(
            path for path, stamp in self._before.items() if stamp and stamp[0] > since_ns
        )
        self._own = list(_own_of_each(run_set.attempts))
        self._hashes = array("q", [0]) * len(self._own)  # of the stamps, which take less memory
        for at, path in enumerate(map(_path_of, self._own)):
            self._hashes[at] = hash(stamp := _stamp(path))
            if stamp and stamp[0] > since_ns:
                self._told[path] = None

    def look(self) -> tuple[str, ...]:
        """Every place that changed so far, as people should see it."""
        for path, before in self._before.items():
            if path not in self._told and _stamp(path) != before:
                self._told[path] = None
        for at, path in enumerate(map(_path_of, self._own)):
            stamp = _stamp(path)
            if self._hashes[at] != hash(stamp) and (stamp or _is_there(self._own[at])):
                self._told[path] = None
        for name in sorted(self._top_names() ^ self._names):
            path = f"{self._root}/{name}"
            if path not in self._told and _may_be_read(path):
                self._told[path] = None
        return tuple(path.removeprefix(f"{self._root}/") for path in self._told)

    def _top_names(self) -> frozenset[str]:
        """The content of the root; its time says less, because the store may be created in it."""
        try:
            return frozenset(os.listdir(self._root)) - SKIPPED  # noqa: PTH208
        except OSError:
            return frozenset()


def places(run_set: RunSet) -> set[str]:
    """The files of records, and the folders above attempts up to, but without, the root."""
    root = str(run_set.root)
    found: set[str] = set()
    for place in set(_own_places(run_set.attempts)):
        if place.startswith(f"{root}/"):
            found.add(place)
            above = place.rpartition("/")[0]
            while above not in found and len(above) > len(root):
                found.add(above)
                above = above.rpartition("/")[0]
    return found


def _own_places(attempts: Iterable[Attempt]) -> Iterator[str]:
    """For each attempt the folder that its own is in, or the file that its record is in."""
    for attempt in attempts:
        for source in (attempt.patch.source, *attempt.logs, *attempt.prompts):
            if isinstance(source, FolderFile):
                yield source.folder.rpartition("/")[0]
                break
            if isinstance(path := getattr(source, "path", None), str):
                yield path
                break


def _own_of_each(attempts: Iterable[Attempt]) -> Iterator[FolderFile | str]:
    """The patch in the folder of each attempt; the folder where there is none."""
    for attempt in attempts:
        sources = (attempt.patch.source, *attempt.logs, *attempt.prompts)
        mine = next((one for one in sources if isinstance(one, FolderFile)), None)
        if mine is not None:
            yield mine if mine is attempt.patch.source else mine.folder


def _path_of(own: FolderFile | str) -> str:
    return own if isinstance(own, str) else own.path


def _is_there(own: FolderFile | str) -> bool:
    """Is the folder of a patch still there? Else the folder above it tells of the change."""
    return isinstance(own, FolderFile) and os.path.lexists(own.folder)


def _may_be_read(path: str) -> bool:
    """Might a reader look at it? Pictures and other foreign files change nothing."""
    name = path.rpartition("/")[2]
    is_file = name.lower().endswith(RECORDS) or files_reader(name) is not None
    return is_file or "." not in name


def _stamp(path: str) -> _Stamp:
    try:
        info = os.lstat(path)
    except OSError:
        return None
    return info.st_mtime_ns, info.st_size, info.st_ino
