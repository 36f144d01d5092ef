"""Which version of patchjury is running."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    """The version of patchjury that is running."""
    try:
        return version("patchjury")
    except PackageNotFoundError:
        return "0 (not installed)"
