"""What is known about the base that a patch was made on."""

from __future__ import annotations

from msgspec import Struct


class MadeOn(Struct, frozen=True):
    """The base that a patch was made on (determined by `core.checks.bases`)."""

    recorded: bool | None = None  # the recorded one? None: unknown
    tasks: tuple[str, ...] = ()  # whose base it is, if another one
    reason: str = ""  # why it is unknown


NOT_TOLD = MadeOn()
"""Nobody has looked."""
