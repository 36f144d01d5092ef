"""The time at which an export says it was written."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from core.errors import ExportError

VARIABLE = "SOURCE_DATE_EPOCH"
"""Seconds since 1970; when set, the same result gives the same bytes
(https://reproducible-builds.org/specs/source-date-epoch/)."""


def export_time() -> datetime:
    """Now, or the time that the environment names. Raises `ExportError` if that is not a time."""
    named = os.environ.get(VARIABLE, "")
    if not named:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(named), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ExportError(
            f"{VARIABLE} is not a time: {named!r:.40}", "It must be a number of seconds since 1970."
        ) from error
