"""How the user prefers to look at things: settings that keys change and remember."""

from __future__ import annotations

from msgspec import Struct

from core.records import replace
from core.settings import load_settings, remember

SIDE_BY_SIDE_FROM = 96
"""Cells that a comparison needs to be shown side by side unless the user says otherwise."""

_LAYOUTS: dict[bool | None, str] = {None: "auto", False: "side-by-side", True: "stacked"}


class Preferences(Struct, frozen=True):
    """`stacked` None: side by side if there is room."""

    theme: str = ""
    stacked: bool | None = None
    folded: bool = False
    remarks: bool = False
    wrapped: bool = False

    def is_stacked(self, width: int) -> bool:
        """Is a comparison of this many cells shown in one column?"""
        return width < SIDE_BY_SIDE_FROM if self.stacked is None else self.stacked

    def with_other_layout(self, width: int) -> Preferences:
        """The other layout at this width; if that is the usual one, width decides again."""
        other = not self.is_stacked(width)
        usual = replace(self, stacked=None).is_stacked(width)
        return replace(self, stacked=None if other == usual else other)


def read_preferences() -> Preferences:
    """The preferences in the settings. Raises `SettingsError` if they are wrong."""
    chosen = load_settings().screen
    stacked = next(stacked for stacked, name in _LAYOUTS.items() if name == chosen.layout)
    return Preferences(chosen.theme, stacked, chosen.folded, chosen.remarks, chosen.wrapped)


def write_preferences(preferences: Preferences) -> None:
    """Remember what differs from the settings; a failure to do so disturbs nobody."""
    now = read_preferences()
    names = ("theme", "folded", "remarks", "wrapped")
    changed = {
        n: getattr(preferences, n) for n in names if getattr(preferences, n) != getattr(now, n)
    }
    if preferences.stacked != now.stacked:
        changed["layout"] = _LAYOUTS[preferences.stacked]
    if changed:
        remember(**changed)
