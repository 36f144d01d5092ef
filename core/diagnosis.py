"""What `doctor` says about one thing. It needs no package: one may be what is missing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was checked. `ok` None: missing, but not needed for everything."""

    subject: str
    ok: bool | None
    detail: str
