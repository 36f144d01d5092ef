"""All attempts at one human commit side by side: which files each touches, which are alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from string import ascii_uppercase
from typing import TYPE_CHECKING

from msgspec import Struct

from core.errors import SourceError
from core.models import Attempt, HumanCommit
from core.patch.parse import parse_patch
from core.patch.parse.repair import parse_reference

if TYPE_CHECKING:
    from core.triage.triage import Triage


class PatchOverview(Struct, frozen=True):
    """An attempt's patch compared with the others at its commit.

    `shared` of the `human` files of the human change are touched, and `other` files besides; None
    if a patch cannot be read. `group` is a letter for patches that are the same change.
    """

    shared: int | None = None
    human: int | None = None
    other: int | None = None
    group: str = ""


def overview(
    triage: Triage, sha: str, cancelled: Callable[[], bool] = lambda: False
) -> dict[str, PatchOverview]:
    """The overview of every attempt at a commit, by key; reads their patches."""
    attempts = triage.attempts_of(sha)
    human = _human_files(triage.commit(sha))
    groups = _groups(triage, attempts, cancelled)
    found: dict[str, PatchOverview] = {}
    for attempt in attempts:
        if cancelled():
            break
        group = groups.get(attempt.key, "")
        files = _files(attempt)
        if files is None:
            found[attempt.key] = PatchOverview(None, None if human is None else len(human))
        elif human is None:
            found[attempt.key] = PatchOverview(other=len(files), group=group)
        else:
            shared = len(files & human)
            found[attempt.key] = PatchOverview(shared, len(human), len(files - human), group)
    return found


def _groups(
    triage: Triage, attempts: Sequence[Attempt], cancelled: Callable[[], bool]
) -> dict[str, str]:
    groups: dict[str, str] = {}
    two = (a + b for a in ascii_uppercase for b in ascii_uppercase)
    letters = chain(ascii_uppercase, two)
    for attempt in attempts:
        if cancelled():
            break
        if attempt.key in groups or not attempt.patch.has_text:
            continue
        if twins := triage.same_patch(attempt.key):
            letter = next(letters, "…")
            groups |= dict.fromkeys((attempt.key, *twins), letter)
    return groups


def _files(attempt: Attempt) -> frozenset[str] | None:
    """The files that a patch touches; None if there is none or it cannot be read."""
    if attempt.patch.source is None or not attempt.patch.has_text:
        return None
    try:
        patch = parse_patch(attempt.patch.source.read())
    except SourceError:
        return None
    return frozenset(file.path for file in patch.files) if patch.files else None


def _human_files(commit: HumanCommit) -> frozenset[str] | None:
    if commit.diff is not None:
        try:
            return frozenset(file.path for file in parse_reference(commit.diff.read()).files)
        except SourceError:
            return frozenset(commit.files) or None
    return frozenset(commit.files) or None
