"""How the user likes to look at things, remembered between sessions in the user's state folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_state_path

from core import codec

SIDE_BY_SIDE_FROM = 96
"""Cells that a comparison must have to be shown side by side unless the user says so."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """`stacked` None: side by side where there is room."""

    theme: str = ""
    stacked: bool | None = None
    folded: bool = False
    remarks: bool = True
    wrapped: bool = False

    def is_stacked(self, width: int) -> bool:
        """Is a comparison of this many cells shown in one column?"""
        return width < SIDE_BY_SIDE_FROM if self.stacked is None else self.stacked


def preferences_file() -> Path:
    """Where they are remembered."""
    return user_state_path("patchjury", appauthor=False) / "screen.json"


def read_preferences() -> Preferences:
    """What was remembered; the defaults where there is nothing or nothing sensible."""
    try:
        data = json.loads(preferences_file().read_text(encoding="utf-8"))
        return codec.from_data(data, Preferences)
    except (OSError, ValueError):
        return Preferences()


def write_preferences(preferences: Preferences) -> None:
    """Remember; a folder that cannot be written is no reason to disturb the user."""
    path = preferences_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(codec.dumps(codec.to_data(preferences)), encoding="utf-8")
    except OSError:
        return
