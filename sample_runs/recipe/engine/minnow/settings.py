"""Settings of the engine, read from the environment once."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What can be set without a change of code."""

    block_size: int = 16
    max_batch_tokens: int = 8192
    max_running: int = 64


def read_settings() -> Settings:
    """Read every setting from the environment."""
    return Settings(
        block_size=_whole_number("MINNOW_BLOCK_SIZE", 16),
        max_batch_tokens=_whole_number("MINNOW_MAX_BATCH_TOKENS", 8192),
        max_running=_whole_number("MINNOW_MAX_RUNNING", 64),
    )


def _whole_number(name: str, default: int) -> int:
    """A positive whole number from the environment; raises `ValueError` that names it."""
    text = os.environ.get(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise ValueError(f"{name} must be a positive whole number, not {text!r}")
    return int(text)
