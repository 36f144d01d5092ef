"""Saved views as the screen keeps them: those of the settings, and those that were saved here.

What is saved on the screen is remembered in the user's state folder; what somebody wrote into a
settings file stands there and is taken away there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.errors import SettingsError
from core.settings import load_settings, remember, remembered_views


def saved_views(root: Path) -> Mapping[str, str]:
    """Every view that holds for a runs folder, as text by name. Raises `SettingsError`."""
    settings = load_settings(root)
    return settings.views


def keep_view(root: Path, name: str, text: str) -> Mapping[str, str]:
    """Keep a view under a name. Raises `SettingsError` where a settings file has that name."""
    own = remembered_views()
    if name not in own and name in saved_views(root):
        raise SettingsError(f"the view {name!r} stands in a settings file", "Choose another name.")
    remember(views={**own, name: text})
    return saved_views(root)


def remove_view(root: Path, name: str) -> Mapping[str, str]:
    """Forget a view that was kept here. Raises `SettingsError` for one of a settings file."""
    own = remembered_views()
    if name not in own:
        raise SettingsError(f"the view {name!r} stands in a settings file", "Take it away there.")
    remember(views={other: text for other, text in own.items() if other != name})
    return saved_views(root)
