"""What a decision was based on, and whether it still holds: hashes of patch and human change.

A hash that is missing on one side proves nothing: such a decision holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from core.errors import SourceError
from core.models import NO_PATCH, Attempt, Basis, HumanCommit, PatchState
from core.patch.change_hash import change_hash
from core.patch.parse import Patch, parse_patch
from core.patch.parse.repair import parse_reference
from core.sources import TextSource, sha256


class ChangeId(Struct, frozen=True):
    """The identity of one change: parsed and by its bytes; "" means not known."""

    parsed: str = ""
    data: str = ""


UNKNOWN_CHANGE = ChangeId()
_NO_CHANGE = ChangeId(NO_PATCH, NO_PATCH)


def identify(
    text: str, known: Iterable[ChangeId] = (), parse: Callable[[str], Patch] = parse_patch
) -> ChangeId:
    """The identity of a patch's text. One already `known` by its bytes is not parsed again."""
    data = sha256(text)
    for change in known:
        if change.data == data and change.parsed:
            return change
    return ChangeId(change_hash(parse(text)), data)


def identify_source(
    source: TextSource | None,
    known: Iterable[ChangeId] = (),
    parse: Callable[[str], Patch] = parse_patch,
) -> ChangeId:
    """The identity of a patch as it can be read now; unknown when it cannot be read."""
    if source is None:
        return UNKNOWN_CHANGE
    try:
        return identify(source.read(), known, parse)
    except SourceError:
        return UNKNOWN_CHANGE


def patch_id(attempt: Attempt, known: Iterable[ChangeId] = ()) -> ChangeId:
    """The identity of an attempt's current patch; the absence of one has an identity of its own."""
    if attempt.patch.state in (PatchState.EMPTY, PatchState.MISSING):
        return _NO_CHANGE
    if not attempt.patch.has_text:
        return UNKNOWN_CHANGE
    return identify_source(attempt.patch.source, known)


def human_id(commit: HumanCommit | None, known: Iterable[ChangeId] = ()) -> ChangeId:
    """The identity of a human change now."""
    return identify_source(commit.diff, known, parse_reference) if commit else UNKNOWN_CHANGE


def basis_of(patch: ChangeId, human: ChangeId) -> Basis:
    """Both identities together, as a verdict keeps them."""
    return Basis(patch.parsed, human.parsed, patch.data, human.data)


def patch_of(basis: Basis) -> ChangeId:
    """The patch that a decision was made on."""
    return ChangeId(basis.patch, basis.patch_bytes)


def human_of(basis: Basis) -> ChangeId:
    """The human change that a decision was made on."""
    return ChangeId(basis.human, basis.human_bytes)


def what_changed(made_on: Basis | None, now: Basis | None) -> tuple[str, ...]:
    """Which of "patch" and "human change" have changed since. Empty: the decision holds."""
    if made_on is None or now is None:
        return ()
    pairs = (
        ("patch", patch_of(made_on), patch_of(now)),
        ("human change", human_of(made_on), human_of(now)),
    )
    return tuple(name for name, then, today in pairs if _differs(then, today))


def _differs(then: ChangeId, today: ChangeId) -> bool:
    pairs = ((then.parsed, today.parsed), (then.data, today.data))
    known = [(a, b) for a, b in pairs if a and b]
    return bool(known) and all(a != b for a, b in known)
