"""How attempts in a file are named, and how abbreviated commit ids become full ones."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

_UNSAFE = re.compile(r"[^\w.+@=,-]+")
_LOOKS_LIKE_A_TASK = re.compile(
    r"instance_.+|.+__.+-.+|.+/.+:pr-\d+|.+__.+\.[0-9a-f]{8}\..+"  # the last: SWE-smith
)
_PULL_REQUEST = re.compile(r"([^/\s]+)/([^:\s]+):pr-(\d+)")
_FULL_LENGTHS = (40, 64)  # SHA-1 and SHA-256


def safe_name(text: str) -> str:
    """A text as one part of a path: no separators, control or invisible characters; never empty."""
    return _UNSAFE.sub("_", text).strip("_.") or "unnamed"


def looks_like_a_task(name: str) -> bool:
    """Does a name look like a task's id?"""
    return _LOOKS_LIKE_A_TASK.fullmatch(name) is not None


def instance_named(name: str) -> str:
    """A task's id in the form of its dataset: `org/repo:pr-7` is `org__repo-7`."""
    match = _PULL_REQUEST.fullmatch(name)
    return f"{match[1]}__{match[2]}-{match[3]}" if match else name


def record_key(file: str, *names: str) -> str:
    """The key of an attempt inside a file; repetitions still have to be distinguished."""
    return "/".join((file, *map(safe_name, names)))


class UniqueKeys:
    """Gives the second attempt with the same key `#2`, and so on."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def unique(self, key: str) -> str:
        """The key itself, or with the first number that makes it new."""
        candidate, number = key, 1
        while candidate in self._used:
            number += 1
            candidate = f"{key}#{number}"
        self._used.add(candidate)
        return candidate


def is_full_id(commit: str) -> bool:
    """Is a commit id complete, rather than abbreviated?"""
    return len(commit) in _FULL_LENGTHS


class KnownCommits:
    """Full commit ids, searchable by their first digits."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids = sorted({name for name in ids if is_full_id(name)})

    def matching(self, prefix: str) -> list[str]:
        """The full ids that begin with a prefix; two are enough to show that it is ambiguous."""
        at = bisect_left(self._ids, prefix)
        return [name for name in self._ids[at : at + 2] if name.startswith(prefix)]
