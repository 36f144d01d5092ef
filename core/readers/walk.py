"""Which folders and files below a root are examined, and what is never entered.

A symbolic link is resolved before anything is opened: if it leads into the root, a folder is loaded
already and a file is read where it really is; if it leads out of the root, it is a load problem,
unless links are to be followed; then its target is walked after everything else and marked as from
outside.
"""

from __future__ import annotations

import os
import stat
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

from msgspec import Struct, field

from core.files import UnusableError, is_below, resolve_below
from core.readers.problems import Problems

SKIPPED = frozenset({".git", ".patchjury", ".venv", "node_modules"})
"""Folders of these names are never entered."""

_NAME = attrgetter("name")

MOST_LEVELS = 100
"""More deeply nested folders are a load problem."""


class File(Struct, frozen=True, array_like=True):
    """A file below a folder: its real path, and whether it was reached from outside."""

    path: str
    outside: bool = False
    is_regular: bool = True
    is_linked: bool = False  # a symbolic link leads to it


class Folder(Struct, frozen=True, array_like=True):
    """A folder and its content by name, sorted. `key` is its path below the root, "." for it.

    `special` is everything in it but regular files: a file behind a link or one that is not
    regular; None for a folder, and for what is not entered. The rest are files, made into records
    when they are asked for: a folder travels to another process, and most of its files are known by
    their names.
    """

    path: str
    key: str
    names: tuple[str, ...]  # of everything in it
    special: dict[str, File | None] = field(default_factory=dict)
    folders: dict[str, tuple[str, bool]] = field(default_factory=dict)  # path, is it linked
    outside: bool = False

    @property
    def is_top(self) -> bool:
        """Is it the root itself?"""
        return self.key == "."

    @property
    def file_names(self) -> tuple[str, ...]:
        """The names of its files, those behind links included."""
        special = self.special
        if not special:
            return self.names
        return tuple([n for n in self.names if n not in special or special[n] is not None])

    @property
    def files(self) -> dict[str, File]:
        """Its files by name, made again each time; for one alone see `file`."""
        special, outside, path_of = self.special, self.outside, self.path_of
        return {name: special.get(name) or File(path_of(name), outside) for name in self.file_names}

    def file(self, name: str) -> File | None:
        """The file of this name; None if there is none."""
        if name in self.special:
            return self.special[name]
        return File(self.path_of(name), self.outside) if self._holds(name) else None

    def path_to(self, name: str) -> str | None:
        """Where the file of this name really is; None if there is none."""
        if name in self.special:
            file = self.special[name]
            return None if file is None else file.path
        return self.path_of(name) if self._holds(name) else None

    def is_regular(self, name: str) -> bool:
        """Is something in it a regular file, if need be behind a link?"""
        if name in self.special:
            file = self.special[name]
            return file is not None and file.is_regular
        return self._holds(name)

    def _holds(self, name: str) -> bool:
        """Is something of this name in it? A folder may hold 100,000 others."""
        names = self.names
        at = bisect_left(names, name)
        return at < len(names) and names[at] == name

    def path_of(self, name: str) -> str:
        """The path of something in it."""
        return f"{self.path}{name}" if self.path == "/" else f"{self.path}/{name}"


class Walk:
    """Goes through a root folder by folder; the caller says which folders not to enter."""

    def __init__(self, root: Path, problems: Problems, *, follow_links: bool = False) -> None:
        self._root = str(root)
        self._problems = problems
        self._follow = follow_links
        self._pending: list[tuple[str, str, bool]] = [(str(root), ".", False)]
        self._linked: deque[tuple[str, str, bool]] = deque()
        self._seen: set[tuple[int, int]] = set()

    def __iter__(self) -> Iterator[Folder]:
        while self._pending or self._linked:
            path, key, outside = self._pending.pop() if self._pending else self._linked.popleft()
            folder = self._enter(path, key, outside)
            if folder is not None:
                yield folder

    def waiting(self) -> int:
        """How many folders are known and not entered yet."""
        return len(self._pending) + len(self._linked)

    def enter(self, folder: Folder) -> None:
        """Continue with the folders inside a folder."""
        for name, (path, is_linked) in reversed(folder.folders.items()):
            if name not in SKIPPED:
                key = name if folder.is_top else f"{folder.key}/{name}"
                place = (path, key, folder.outside or is_linked)
                (self._linked if is_linked else self._pending).append(place)

    def look(self, folder: Folder, name: str) -> Folder | None:
        """A folder inside a folder that the walk does not enter."""
        place = folder.folders.get(name)
        if place is None:
            return None
        return self._enter(place[0], f"{folder.key}/{name}", folder.outside or place[1])

    def _enter(self, path: str, key: str, outside: bool) -> Folder | None:
        if key.count("/") >= MOST_LEVELS:
            self._problems.add(path, f"is nested deeper than {MOST_LEVELS} folders")
            return None
        try:
            if outside and not self._is_new(path):
                self._problems.add(path, "is a symbolic link to a folder that is already loaded")
                return None
            with os.scandir(path) as entries:
                found = sorted(entries, key=_NAME)
        except OSError as error:
            self._problems.add(path, f"cannot be read: {error.strerror or error}")
            return None
        folder = Folder(path, key, tuple([e.name for e in found]), {}, {}, outside)
        for entry in found:
            if not (entry.name.isascii() and entry.is_file(follow_symlinks=False)):  # as most are
                self._sort_in(entry, folder)
        return folder

    def _is_new(self, path: str) -> bool:
        """Is a folder behind a link entered for the first time? Others are reached only once."""
        if is_below(path, self._root):
            return False
        info = os.stat(path, follow_symlinks=False)  # noqa: PTH116  # a Path each is slow
        known, identity = len(self._seen), (info.st_dev, info.st_ino)
        self._seen.add(identity)
        return len(self._seen) > known

    def _sort_in(self, entry: os.DirEntry[str], folder: Folder) -> None:
        name = entry.name
        if not name.isascii() and not _is_utf8(name):
            self._problems.add(entry.path, "has a name that is not UTF-8")
        if entry.is_file(follow_symlinks=False):
            return
        folder.special[name] = None
        if entry.is_dir(follow_symlinks=False):
            folder.folders[name] = entry.path, False
        elif entry.is_symlink():
            self._resolve(entry, folder)
        else:
            folder.special[name] = File(entry.path, folder.outside, is_regular=False)

    def _resolve(self, entry: os.DirEntry[str], folder: Folder) -> None:
        try:
            real = resolve_below(entry.path, self._root, follow_links=self._follow)
            mode = os.stat(real).st_mode  # noqa: PTH116
        except UnusableError as error:
            self._problems.add(entry.path, str(error))
            return
        except OSError as error:
            self._problems.add(entry.path, f"cannot be read: {error.strerror or error}")
            return
        outside = not is_below(real, self._root)
        if not stat.S_ISDIR(mode):
            is_outside, is_regular = outside or folder.outside, stat.S_ISREG(mode)
            folder.special[entry.name] = File(real, is_outside, is_regular, is_linked=True)
        elif outside:
            folder.folders[entry.name] = real, True
        else:
            self._problems.add(entry.path, "is a symbolic link to a folder that is already loaded")


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
