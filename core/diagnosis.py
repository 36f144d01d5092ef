"""What `doctor` says of one thing. It needs no package: one may be what is missing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at. `ok` None: not needed for everything, and not there."""

    subject: str
    ok: bool | None
    detail: str
