"""What reading each patch once tells: its hash, and whether it holds a copy of itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from core.assess.outcome import has_patch
from core.errors import SourceError
from core.models import Attempt, PatchState
from core.patch.parse import OWN_DIFF, holds_own_diff, parse_patch
from core.sources import encode


@dataclass(frozen=True, slots=True)
class PatchFact:
    """What reading a patch once tells; `sha256` is None when it could not be read (`problem`)."""

    sha256: str | None = None
    own_diff: bool | None = None  # does it hold a file named model_patch.diff? None: unknown
    problem: str = ""


def read_patch_facts(attempts: Iterable[Attempt]) -> dict[str, PatchFact]:
    """Hash and look through every patch, by attempt key, with one patch in memory at a time.

    A patch that cannot be read now has a fact that says why. Attempts without a patch have none.
    """
    return {a.key: read_patch_fact(a) for a in attempts if has_patch(a) is not False}


def read_patch_fact(attempt: Attempt) -> PatchFact:
    """Read one attempt's patch; the hash is of its bytes as they stand in the runs."""
    source = attempt.patch.source
    if source is None or not attempt.patch.has_text:
        return PatchFact(problem="the patch could not be read when the runs were loaded")
    try:
        text = source.read()
    except SourceError as error:
        return PatchFact(problem=error.title)
    own: bool | None = OWN_DIFF in text and holds_own_diff(parse_patch(text))
    if not own and attempt.patch.state is PatchState.CUT:
        own = None  # it may stand in what is missing
    return PatchFact(hashlib.sha256(encode(text)).hexdigest(), own)
