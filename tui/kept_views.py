"""Saved views as the screen keeps them: those of the settings, and those saved on the screen.

What is saved on the screen is remembered in the user's state folder; what somebody wrote into a
settings file stays there and is removed there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.errors import SettingsError
from core.settings import load_settings, remember, remembered_views


def saved_views(root: Path) -> Mapping[str, str]:
    """Every saved view for a runs folder, as text by name. Raises `SettingsError`."""
    settings = load_settings(root)
    return settings.views


def keep_view(root: Path, name: str, text: str) -> Mapping[str, str]:
    """Save a view under a name. Raises `SettingsError` if a settings file has that name."""
    own = remembered_views()
    if name not in own and name in saved_views(root):
        raise SettingsError(f"the view {name!r} is in a settings file", "Choose another name.")
    remember(views={**own, name: text})
    return saved_views(root)


def remove_view(root: Path, name: str) -> Mapping[str, str]:
    """Delete a view saved here. Raises `SettingsError` for one in a settings file."""
    own = remembered_views()
    if name not in own:
        raise SettingsError(f"the view {name!r} is in a settings file", "Delete it there.")
    remember(views={other: text for other, text in own.items() if other != name})
    return saved_views(root)
