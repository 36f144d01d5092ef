"""Choices made on the screen or asked for once, kept in the user's state folder.

They are weaker than the settings file: what somebody wrote there on purpose holds at every start.
"""

from __future__ import annotations

import json
from pathlib import Path

from core import codec
from core.errors import ExportError, SettingsError
from core.files import read_own_text
from core.places import state_folder
from core.settings.secret import Secret
from core.settings.setting_values import Setting, all_settings, checked
from core.writing import write_whole

FILE_NAME = "remembered.json"


def read_remembered() -> dict[str, object]:
    """The remembered choices, by path ("screen.theme"); what no longer fits is forgotten."""
    try:
        data = json.loads(read_own_text(_file()))
    except (OSError, ValueError, RecursionError):
        return {}
    known = {one.path: one for one in all_settings() if one.kind is not Secret}
    given = data.items() if isinstance(data, dict) else ()
    return {path: value for path, value in given if path in known and _fits(known[path], value)}


def remember(**choices: object) -> None:
    """Keep choices by name (`theme="x"`) for the next start.

    A state folder that cannot be written is no reason to disturb anybody. Raises `SettingsError`
    for a value that does not fit, and for a key, which is never written.
    """
    known = {one.name: one for one in all_settings()}
    kept = read_remembered()
    for name, value in choices.items():
        if known[name].kind is Secret:
            raise SettingsError(f"{name} is not remembered", "Put it into your settings file.")
        kept[known[name].path] = codec.to_data(checked("remembered", known[name], value))
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        write_whole(_file(), [codec.dumps(kept, indent=1) + "\n"], overwrite=True)
    except (OSError, ExportError):
        return


def remembered_views() -> dict[str, str]:
    """The saved views kept from the screen, as text by name."""
    views = read_remembered().get("views")
    return {str(name): str(text) for name, text in views.items()} if isinstance(views, dict) else {}


def _fits(setting: Setting, value: object) -> bool:
    try:
        checked("", setting, value)
    except SettingsError:
        return False
    return True


def _file() -> Path:
    return state_folder() / FILE_NAME
