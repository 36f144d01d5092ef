"""Which attempts a file speaks of: those of the nearest folder above it that has some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from core.readers.found import FoundAttempt


class Scopes:
    """Attempts by the folder of their submission."""

    def __init__(self, attempts: Sequence[FoundAttempt], root: str) -> None:
        self._root = root
        self._direct: dict[str, list[int]] = defaultdict(list)
        self._below: dict[str, list[int]] = defaultdict(list)
        self._homes: dict[str, tuple[str, list[int]]] = {}
        for at, attempt in enumerate(attempts):
            self._direct[attempt.scope].append(at)
            for folder in self._above(attempt.scope):
                self._below[folder].append(at)

    def home(self, folder: str) -> tuple[str, list[int]]:
        """The nearest folder above that has attempts of its own, or else below it; and those."""
        if folder not in self._homes:
            self._homes[folder] = self._find(folder)
        return self._homes[folder]

    def _find(self, folder: str) -> tuple[str, list[int]]:
        for above in self._above(folder):
            found = self._direct.get(above) or self._below.get(above)
            if found:
                return above, found
        return self._root, []

    def _above(self, folder: str) -> Iterable[str]:
        """A folder and those above it, up to the root."""
        yield folder
        path = PurePath(folder)
        while str(path) != self._root and path != path.parent:
            path = path.parent
            yield str(path)


def names_of(attempt: FoundAttempt) -> set[str]:
    """Everything that a file may call the attempt's model or run, as names of files have it."""
    names: set[str] = set()
    for name in (attempt.attempt.model, *attempt.names):
        if name and name != "unknown":
            names |= {name.replace("/", "__"), name.replace("/", "_"), name.rsplit("/")[-1]}
    return names


def share_a_name(one: FoundAttempt, other: FoundAttempt) -> bool:
    """Do two files call one model by the same name, or does one not say?"""
    mine, theirs = names_of(one), names_of(other)
    return not mine or not theirs or not mine.isdisjoint(theirs)


def same_model(one: FoundAttempt, other: FoundAttempt) -> bool:
    """May two files speak of one model? Names that differ by a provider or an addition may."""
    mine, theirs = names_of(one), names_of(other)
    if not mine or not theirs:
        return True
    return any(a == b or a in b or b in a for a in mine for b in theirs)
