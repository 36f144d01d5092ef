"""Which folders below a root are attempts, and which other files may hold something to load.

An attempt folder is a leaf, except that one with nothing but a summary is also looked into (a
summary may stand at the level of a run). Symbolic links to folders are followed, after everything
else, and never into a folder that was already seen.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.readers.open_files import Problems

JOURNAL, SUMMARY, PATCH = "journal.json", "run_summary.json", "model_patch.diff"

_SKIPPED = frozenset({".git", ".patchjury", ".venv", "node_modules"})
_LEAF_MARKS = frozenset({JOURNAL, PATCH})
_REPOSITORY_MARKS = frozenset({"HEAD", "objects", "refs"})

Entries = dict[str, "os.DirEntry[str]"]


@dataclass(frozen=True, slots=True)
class AttemptFolder:
    """A folder that holds an attempt; `key` is its path below the root, "." for the root."""

    path: str
    key: str
    entries: Entries


@dataclass(frozen=True, slots=True)
class DataFile:
    """A JSON or JSON Lines file outside of the attempts."""

    path: str


@dataclass(frozen=True, slots=True)
class RepositoryPlace:
    """A bare repository or a bundle at the top of the root."""

    path: str


Finding = AttemptFolder | DataFile | RepositoryPlace


def walk(root: Path, problems: Problems) -> Iterator[Finding]:
    """Everything below a root folder that may be loaded, folder by folder, sorted by name."""
    pending: list[tuple[str, str]] = [(str(root), "")]
    linked: deque[tuple[str, str]] = deque()
    seen: set[tuple[int, int]] = set()
    while pending or linked:
        path, key = pending.pop() if pending else linked.popleft()
        entries = _enter(path, seen, problems)
        if entries is None:
            continue
        if entries.keys() >= _REPOSITORY_MARKS:
            if key and "/" not in key:
                yield RepositoryPlace(path)
            continue
        is_attempt = SUMMARY in entries or not _LEAF_MARKS.isdisjoint(entries)
        if is_attempt:
            yield AttemptFolder(path, key or ".", entries)
        else:
            yield from _data_files(entries, not key)
        if not key or _LEAF_MARKS.isdisjoint(entries):
            for name, entry in reversed(entries.items()):
                if name not in _SKIPPED and _is_folder(entry, problems):
                    place = (entry.path, f"{key}/{name}" if key else name)
                    (linked if entry.is_symlink() else pending).append(place)


def is_file(entry: os.DirEntry[str]) -> bool:
    """Is an entry a regular file, or a link to one?"""
    try:
        return entry.is_file()
    except OSError:  # a link to itself, or into a folder that must not be entered
        return False


def _is_folder(entry: os.DirEntry[str], problems: Problems) -> bool:
    try:
        if entry.is_dir():
            return True
        leads_nowhere = entry.is_symlink() and not entry.is_file()
    except OSError:
        leads_nowhere = True
    if leads_nowhere:
        problems.add(entry.path, "is a symbolic link that leads to no file and no folder")
    return False


def _enter(path: str, seen: set[tuple[int, int]], problems: Problems) -> Entries | None:
    """The entries of a folder by sorted name; None when it was seen before or cannot be read."""
    try:
        info = os.stat(path)  # noqa: PTH116  # a Path for each of 100,000 folders is slow
        if (info.st_dev, info.st_ino) in seen:
            problems.add(path, "is a symbolic link to a folder that is already loaded, or a cycle")
            return None
        seen.add((info.st_dev, info.st_ino))
        with os.scandir(path) as entries:
            return {entry.name: entry for entry in sorted(entries, key=lambda entry: entry.name)}
    except OSError as error:
        problems.add(path, f"cannot be read: {error.strerror or error}")
        return None


def _data_files(entries: Entries, at_top: bool) -> Iterator[Finding]:
    for name, entry in entries.items():
        if name.lower().endswith((".json", ".jsonl")):
            leads_elsewhere = entry.is_symlink() or entry.is_dir(follow_symlinks=False)
            if is_file(entry) or not leads_elsewhere:  # a pipe too: the load problem names it
                yield DataFile(entry.path)
        elif at_top and name.endswith(".bundle") and is_file(entry):
            yield RepositoryPlace(entry.path)
