"""What is told of the base that a patch was made on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MadeOn:
    """On which base a patch was made (`core.checks.bases` tells)."""

    recorded: bool | None = None  # the recorded one? None: it cannot be told
    tasks: tuple[str, ...] = ()  # whose base it is, where it is another one
    reason: str = ""  # why it cannot be told


NOT_TOLD = MadeOn()
"""Nobody has looked."""
