"""What one look at a patch's whole text reveals, taken while reading has the text in memory.

Only the text as read here counts: nothing of it is kept for another opening.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from core.patch.parse import OWN_DIFF, holds_own_diff, parse_patch
from core.sources import TextSource, decode


class PatchLook(NamedTuple):
    """The SHA-256 of a patch's bytes, and whether it holds a file named model_patch.diff."""

    sha256: str
    own_diff: bool


Looks = dict[TextSource, PatchLook]
"""Looks by where each patch stands."""

_OWN_DIFF = OWN_DIFF.encode()


def look_at(data: bytes) -> PatchLook:
    """Hash and search a patch."""
    own = _OWN_DIFF in data and holds_own_diff(parse_patch(decode(data)))
    return PatchLook(hashlib.sha256(data).hexdigest(), own)
