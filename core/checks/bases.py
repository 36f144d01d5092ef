"""On which base each patch was made, as shown by the blob ids in it.

A patch's `index old..new` lines name the version of each file that it was made on. The human diff
of a task names the versions of its files at the task's base, and with a repository every file's
version is known. So a patch was made on the recorded base if none of its versions differs from
those, and on another task's if that task's versions fit and the recorded ones do not. A patch that
is assigned to a base then adds its versions to what is known of that base. New files and the
patch's own `model_patch.diff` carry no information.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from core.checks.made_on import MadeOn
from core.errors import RepositoryError
from core.git.repository import Repository
from core.patch.parse import OWN_DIFF

_INDEX = re.compile(r"index ([0-9a-f]{7,64})\.\.[0-9a-f]{7,64}")
_OF_HUNKS = frozenset(" +-")  # how the lines of a hunk begin
_MAX_ROUNDS = 8
_MOST_BASES = 300
"""In a repository, a patch is tried on at most this many bases of other tasks."""

Versions = Mapping[str, str]
"""The blob id, often abbreviated, of each file."""

_NOTHING: Versions = {}
_AS_RECORDED = MadeOn(True)
_WITHOUT_IDS = MadeOn(None, reason="the patch has no blob id of an existing file")


def old_versions(text: str) -> dict[str, str]:
    """The version of each existing file that a patch was made on, by its old name."""
    found: dict[str, str] = {}
    version = ""
    in_hunk = False
    for line in text.split("\n"):
        if in_hunk and line[:1] in _OF_HUNKS:
            continue
        if line.startswith("diff --git "):
            version, in_hunk = "", False
        elif line.startswith("@@"):
            in_hunk = True
        elif not in_hunk and (match := _INDEX.match(line)):
            version = match[1] if match[1].strip("0") else ""
        elif not in_hunk and version and line.startswith("--- a/"):
            name = line[6:].split("\t")[0].rstrip("\r")
            if name != OWN_DIFF:
                found[name] = version
    return found


class _Base(Struct):
    """What is known of one base, and the tasks it belongs to."""

    versions: dict[str, str] = field(default_factory=dict)
    tasks: list[str] = field(default_factory=list)


class BaseIndex:
    """The bases of a run set and the patches made on them; no text."""

    def __init__(self) -> None:
        self._bases: dict[str, _Base] = defaultdict(_Base)
        self._patches: dict[str, tuple[str, Versions]] = {}

    def add_task(self, base: str, task: str, diff: str) -> None:
        """A task's human diff, which was made on its base."""
        known = self._bases[base]
        known.tasks.append(task)
        for path, version in old_versions(diff).items():
            known.versions.setdefault(path, version)

    def add_patch(self, key: str, base: str, text: str) -> None:
        """An attempt's patch, and the base recorded for it."""
        self._patches[key] = base, old_versions(text) or _NOTHING

    def made_on(self, repository: Repository | None = None) -> dict[str, MadeOn]:
        """The answer for every patch that was added."""
        assigned = self._assign()
        return {
            key: self._tell(key, base, versions, assigned.get(key), repository)
            for key, (base, versions) in self._patches.items()
        }

    def _assign(self) -> dict[str, str]:
        """The base that fits each patch; every assigned patch adds to what is known of its base."""
        assigned: dict[str, str] = {}
        for _ in range(_MAX_ROUNDS):
            by_version = self._by_version()
            new = {
                key: base
                for key, (recorded, versions) in self._patches.items()
                if key not in assigned and (base := self._fit(recorded, versions, by_version))
            }
            if not new:
                break
            assigned |= new
            for key, base in new.items():
                for path, version in self._patches[key][1].items():
                    self._bases[base].versions.setdefault(path, version)
        return assigned

    def _by_version(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for base, known in self._bases.items():
            for path, version in known.versions.items():
                found[path, version[:7]].append(base)
        return found

    def _fit(
        self, recorded: str, versions: Versions, by_version: Mapping[tuple[str, str], list[str]]
    ) -> str | None:
        """The base that shares most versions and contradicts none; the recorded one first."""
        hits: dict[str, int] = defaultdict(int)
        for path, version in versions.items():
            for base in by_version.get((path, version[:7]), ()):
                hits[base] += 1
        fitting = [base for base in hits if not self._differs(base, versions)]
        if recorded in fitting:
            return recorded
        return max(fitting, key=lambda base: (hits[base], base), default=None)

    def _differs(self, base: str, versions: Versions) -> bool:
        known = self._bases[base].versions if base in self._bases else {}
        return any(p in known and not _same(known[p], v) for p, v in versions.items())

    def _tell(
        self,
        key: str,
        recorded: str,
        versions: Versions,
        assigned: str | None,
        repository: Repository | None,
    ) -> MadeOn:
        if not versions:
            return _WITHOUT_IDS
        if repository is not None and recorded:
            fits = _fits(repository, recorded, versions)
            if fits is not None:
                return (
                    _AS_RECORDED if fits else self._other(versions, recorded, assigned, repository)
                )
        if assigned == recorded and recorded:
            return _AS_RECORDED
        if assigned is not None and (self._differs(recorded, versions) or recorded in self._bases):
            return MadeOn(False, tuple(self._bases[assigned].tasks))
        if self._differs(recorded, versions):
            return MadeOn(False)
        return MadeOn(None, reason="the versions of these files at the base are not known here")

    def _other(
        self, versions: Versions, recorded: str, assigned: str | None, repository: Repository
    ) -> MadeOn:
        if assigned is not None and assigned != recorded:
            return MadeOn(False, tuple(self._bases[assigned].tasks))
        others = (base for base in list(self._bases)[:_MOST_BASES] if base != recorded)
        found = next((base for base in others if _fits(repository, base, versions)), None)
        return MadeOn(False, tuple(self._bases[found].tasks) if found else ())


def _same(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _fits(repository: Repository, base: str, versions: Versions) -> bool | None:
    """Does a commit hold these versions? None if the repository does not know the commit."""
    try:
        return all(_held(repository, base, versions))
    except RepositoryError:
        return None


def _held(repository: Repository, base: str, versions: Versions) -> Iterator[bool]:
    for path, version in versions.items():
        held = repository.object_id(base, path)
        yield held is not None and _same(held, version)
