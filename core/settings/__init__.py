"""What can be set, the current values, and where each came from."""

from __future__ import annotations

from core.settings.remembered import remember, remembered_views
from core.settings.secret import Secret
from core.settings.setting_sources import FILE_NAME, load_settings, settings_file
from core.settings.settings_table import (
    DEFAULT_BASE_URL,
    MIN_OUTPUT_TOKENS,
    CheckSettings,
    JudgeSettings,
    MeasurementSettings,
    Price,
    ReviewSettings,
    ScreenSettings,
    Settings,
)

KEY_HINT = "Set OPENAI_API_KEY, or api_key in patchjury.toml in your config folder."

__all__ = [
    "DEFAULT_BASE_URL",
    "FILE_NAME",
    "KEY_HINT",
    "MIN_OUTPUT_TOKENS",
    "CheckSettings",
    "JudgeSettings",
    "MeasurementSettings",
    "Price",
    "ReviewSettings",
    "ScreenSettings",
    "Secret",
    "Settings",
    "load_settings",
    "remember",
    "remembered_views",
    "settings_file",
]
