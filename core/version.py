"""Which version of patchjury is running."""

from __future__ import annotations


def installed_version() -> str:
    """The version of patchjury that is running."""
    from importlib.metadata import PackageNotFoundError, version  # here: it loads a hundred others

    try:
        return version("patchjury")
    except PackageNotFoundError:
        return "0 (not installed)"
