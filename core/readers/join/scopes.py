"""Which attempts a file is about: those of the nearest folder above it that has some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import PurePath

from core.readers.found import FoundAttempt
from core.readers.join.file_names import spellings
from core.readers.record_names import instance_named


class Home:
    """A folder whose attempts files refer to: all of them, by task and by name of the model."""

    def __init__(self, folder: str, near: list[int], attempts: Sequence[FoundAttempt]) -> None:
        self.folder = folder
        self.near = near
        self._attempts = attempts

    @cached_property
    def by_task(self) -> dict[str, list[int]]:
        """Attempts by their task."""
        found: dict[str, list[int]] = defaultdict(list)
        for at in self.near:
            attempt = self._attempts[at]
            names = {attempt.instance, attempt.attempt.reference_sha}
            for name in names | {instance_named(attempt.instance)}:
                found[name].append(at)
        return found

    @cached_property
    def by_name(self) -> dict[str, set[int]]:
        """Attempts by every name of their model or run."""
        found: dict[str, set[int]] = defaultdict(set)
        for at in self.near:
            for name in names_of(self._attempts[at]):
                found[name].add(at)
        return found


class Scopes:
    """Attempts by the folder of their submission."""

    def __init__(self, attempts: Sequence[FoundAttempt], root: str) -> None:
        self._root = root
        self._direct: dict[str, list[int]] = defaultdict(list)
        self._below: dict[str, list[int]] = defaultdict(list)
        self._attempts = attempts
        self._homes: dict[str, Home] = {}
        self._of_folder: dict[str, Home] = {}
        for at, attempt in enumerate(attempts):
            self._direct[attempt.scope].append(at)
            for folder in self._above(attempt.scope):
                self._below[folder].append(at)

    def home(self, folder: str) -> Home:
        """The nearest folder above with attempts of its own, or else below it; with those."""
        if folder not in self._homes:
            self._homes[folder] = self._find(folder)
        return self._homes[folder]

    def _find(self, folder: str) -> Home:
        for above in self._above(folder):
            found = self._direct.get(above) or self._below.get(above)
            if found:
                if above not in self._of_folder:
                    self._of_folder[above] = Home(above, found, self._attempts)
                return self._of_folder[above]
        return Home(self._root, [], self._attempts)

    def _above(self, folder: str) -> Iterable[str]:
        """A folder and those above it, up to the root."""
        yield folder
        path = PurePath(folder)
        while str(path) != self._root and path != path.parent:
            path = path.parent
            yield str(path)


def names_of(attempt: FoundAttempt) -> set[str]:
    """Every name that a file may use for the attempt's model or run, in file-name form."""
    names: set[str] = set()
    for name in (attempt.attempt.model, *attempt.names):
        if name and name != "unknown":
            names |= spellings(name)
    return names


def share_a_name(one: FoundAttempt, other: FoundAttempt) -> bool:
    """Do two files use the same name for one model, or does one not say?"""
    mine, theirs = names_of(one), names_of(other)
    return not mine or not theirs or not mine.isdisjoint(theirs)


def same_model(one: FoundAttempt, other: FoundAttempt) -> bool:
    """May two files be about one model? Names that differ by a provider or an addition may."""
    mine, theirs = names_of(one), names_of(other)
    if not mine or not theirs:
        return True
    return any(a == b or a in b or b in a for a in mine for b in theirs)
