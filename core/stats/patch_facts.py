"""What reading each patch once reveals: its hash, and whether it contains a copy of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from core.assess.outcome import has_patch
from core.errors import SourceError
from core.models import Attempt, PatchState
from core.readers.patch_looks import PatchLook, look_at
from core.sources import TextSource, encode

_CUT = PatchState.CUT

NO_LOOKS: Mapping[TextSource, PatchLook] = {}


class PatchFact(Struct, frozen=True, gc=False):
    """What reading a patch once reveals; `sha256` is None when it could not be read (`problem`)."""

    sha256: str | None = None
    own_diff: bool | None = None  # does it hold a file named model_patch.diff? None: unknown
    problem: str = ""


def read_patch_facts(
    attempts: Iterable[Attempt], looks: Mapping[TextSource, PatchLook] = NO_LOOKS
) -> dict[str, PatchFact]:
    """Hash and search every patch, by attempt key, with one patch in memory at a time.

    `looks` were taken when the runs were read just now: these patches are not read again. One that
    cannot be read now gets a fact that says why; attempts without a patch get none.
    """
    return {a.key: read_patch_fact(a, looks) for a in attempts if has_patch(a) is not False}


def read_patch_fact(
    attempt: Attempt, looks: Mapping[TextSource, PatchLook] = NO_LOOKS
) -> PatchFact:
    """Read one attempt's patch; the hash is of its bytes as found in the runs."""
    source = attempt.patch.source
    if source is None or not attempt.patch.has_text:
        return PatchFact(problem="the patch could not be read when the runs were loaded")
    look = looks.get(source)
    if look is None:
        try:
            look = look_at(encode(source.read()))
        except SourceError as error:
            return PatchFact(problem=error.title)
    own: bool | None = look.own_diff
    if not own and attempt.patch.state is _CUT:
        own = None  # it may be in the missing part
    return PatchFact(look.sha256, own)
