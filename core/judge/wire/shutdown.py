"""When a model is shut down, according to its server or an announcement."""

from __future__ import annotations

from datetime import UTC, date, datetime

from core.settings import DEFAULT_BASE_URL, JudgeSettings

ANNOUNCED = {"gpt-5": "2026-12-11"}
"""Announced by OpenAI; for reporting before anything is sent."""


def announced_date(settings: JudgeSettings) -> str | None:
    """The announced date (`YYYY-MM-DD`) for a model on OpenAI's own server."""
    return ANNOUNCED.get(settings.model) if settings.base_url == DEFAULT_BASE_URL else None


def shutdown_warning(settings: JudgeSettings, day: str | None) -> str:
    """What to know before the model is used; "" when no date (`YYYY-MM-DD`) is known."""
    try:
        known = date.fromisoformat((day or "")[:10])
    except ValueError:
        return ""
    when = "was" if known <= datetime.now(UTC).date() else "will be"
    return (
        f"The model {settings.model} {when} shut down on {known.isoformat()}. "
        "Choose another with the setting model."
    )
