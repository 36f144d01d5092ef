"""What differs between the runs in an index and the runs as reread."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import PurePath

from msgspec import Struct

from core.models import Attempt, RunSet
from core.sources import FolderFile
from core.text import counted

_MOST_NAMED = 3


class Differences(Struct, frozen=True):
    """The keys of attempts that are new, gone, or changed."""

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def are_any(self) -> bool:
        """Does any attempt differ?"""
        return bool(self.new or self.gone or self.changed)

    def __str__(self) -> str:
        """The differences, for people; the first of each kind by name."""
        kinds = (("changed", self.changed), ("new", self.new), ("gone", self.gone))
        parts = []
        for word, keys in kinds:
            if keys:
                more = ", ..." if len(keys) > _MOST_NAMED else ""
                named = ", ".join(keys[:_MOST_NAMED])
                parts.append(f"{counted(len(keys), 'attempt')} {word}: {named}{more}")
        return "\n".join(parts) or "no attempt differs"


def compare(before: RunSet, now: RunSet, paths: Collection[str]) -> Differences:
    """The differences; `paths` are folders in which something on disk changed."""
    was = {attempt.key: attempt for attempt in before.attempts}
    known = {attempt.key for attempt in now.attempts}
    touched = set(paths)
    changed = (
        attempt.key
        for attempt in now.attempts
        if attempt.key in was
        and (was[attempt.key] != attempt or not touched.isdisjoint(_folders(attempt)))
    )
    return Differences(
        tuple(attempt.key for attempt in now.attempts if attempt.key not in was),
        tuple(key for key in was if key not in known),
        tuple(changed),
    )


def _folders(attempt: Attempt) -> Iterator[str]:
    """The folders whose files belong to this attempt alone."""
    for source in (attempt.patch.source, *attempt.prompts, *attempt.logs):
        if isinstance(source, FolderFile) and PurePath(source.folder).name == attempt.item:
            yield source.folder
