"""What lies in a folder without anything to triage, by name, with what would help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePath

from msgspec import Struct, field

from core.readers.found import Found
from core.readers.packed_records import RECORDS
from core.readers.walk import Folder
from core.text import counted

_ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".xz", ".bz2", ".7z", ".zst")
_PATCHES = (".patch", ".diff")
_MOST_NAMED = 3
_MOST_ENDINGS = 6
_MOST_FIELDS = 8


class Seen(Struct):
    """Files by their ending, and records that no reader knows, by file."""

    files: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    names: dict[str, list[str]] = field(default_factory=dict)  # the first few of an ending
    unknown: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)

    def add_folder(self, folder: Folder) -> None:
        """Count a folder's files; what all folders of a run have is examined once."""
        files = folder.file_names
        if not files:
            return
        self.files += len(files)
        for ending, names in _by_ending(files):
            self._add(ending, names)

    def add_file(self, name: str) -> None:
        """Count a file; those of records are read, compressed or not."""
        self.files += 1
        for ending, names in _by_ending((name,)):
            self._add(ending, names)

    def _add(self, ending: str, names: tuple[str, ...]) -> None:
        self.endings[ending] += len(names)
        named = self.names.setdefault(ending, [])
        if len(named) < _MOST_NAMED:
            named += names[: _MOST_NAMED - len(named)]

    @staticmethod
    def is_archive(name: str) -> bool:
        """Is a file an archive, and not one of records?"""
        lower = name.lower()
        return lower.endswith(_ARCHIVES) and not lower.endswith(RECORDS)

    def add_unknown(self, path: str, count: int, value: object) -> None:
        """Remember a file without known records, by the fields of the last one."""
        names = tuple(value) if isinstance(value, dict) else ()
        if len(self.unknown) < _MOST_NAMED:
            self.unknown[path] = count, tuple(map(str, names[:_MOST_FIELDS]))

    def archives(self, found: Found) -> None:
        """Report archives beside what was found: they may contain more of it."""
        number = sum(self.endings[ending] for ending in _ARCHIVES)
        if number:
            was = "was" if number == 1 else "were"
            said = f"{counted(number, 'archive')} ({self._named(_ARCHIVES)}) {was} not opened"
            found.problems.add("archives", f"{said}: unpack those that belong to the runs")

    def say(self, found: Found) -> str:
        """What was seen, in sentences; "" if that would help nobody."""
        return " ".join(self._sentences(found))

    def _sentences(self, found: Found) -> Iterator[str]:
        references, commits = len(found.references), len(found.commits)
        if references or commits:
            yield (
                f"Seen: {counted(references + commits, 'human change')}, and no attempt at any: "
                "add predictions (instance_id, model_patch)."
            )
        if found.reports:
            yield (
                f"Seen: {counted(len(found.reports), 'report')}, and nothing that they are about: "
                "put them beside their predictions."
            )
        yield from self._unknown(found)
        patches = sum(self.endings[ending] for ending in _PATCHES)
        if patches:
            yield (
                f"Seen: {counted(patches, 'patch', 'patches')} ({self._named(_PATCHES)}), and "
                "nothing that says for which task each is: name them <task>.patch in a folder "
                "called patches, or list them as predictions (instance_id, model_patch)."
            )
        archives = sum(self.endings[ending] for ending in _ARCHIVES)
        if archives:
            yield (
                f"Seen: {counted(archives, 'archive')} ({self._named(_ARCHIVES)}): unpack "
                f"{'it' if archives == 1 else 'them'} first."
            )
        others = {e: n for e, n in self.endings.items() if e not in (*_PATCHES, *_ARCHIVES)}
        if others and not (references or commits or found.reports or self.unknown):
            counts = (f"{n} {e}" for e, n in Counter(others).most_common(_MOST_ENDINGS))
            yield f"Seen: {', '.join(counts)}."

    def _unknown(self, found: Found) -> Iterator[str]:
        for path, (count, names) in self.unknown.items():
            what = f"fields {', '.join(names)}" if names else "no fields"
            records = counted(count, "record")
            yield f"Seen: {found.below_root(path)} with {records} of an unknown kind ({what})."

    def _named(self, endings: tuple[str, ...]) -> str:
        names = [name for ending in endings for name in self.names.get(ending, ())]
        more = ", ..." if sum(self.endings[e] for e in endings) > _MOST_NAMED else ""
        return ", ".join(names[:_MOST_NAMED]) + more


@lru_cache(maxsize=1024)
def _by_ending(names: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """File names by ending, without those of records, which are read."""
    found: dict[str, list[str]] = {}
    for name in names:
        if ending := _ending_of(name):
            found.setdefault(ending, []).append(name)
    return tuple((ending, tuple(members)) for ending, members in found.items())


def _ending_of(name: str) -> str:
    """The ending of a file's name; "" for records."""
    if name.lower().endswith(RECORDS):
        return ""
    return PurePath(name).suffix.lower() or "no ending"
