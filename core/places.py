"""Where patchjury keeps this user's own files: configuration, state, data, the log.

Each is a folder of the platform (XDG on Linux); nothing is created here.
"""

from __future__ import annotations

from pathlib import Path

_NAME = "patchjury"

# platformdirs is imported late: `patchjury --help` does without it.


def config_folder() -> Path:
    """The folder of the user's `patchjury.toml`."""
    from platformdirs import user_config_path

    return user_config_path(_NAME, appauthor=False)


def state_folder() -> Path:
    """The folder of what patchjury remembers between two starts."""
    from platformdirs import user_state_path

    return user_state_path(_NAME, appauthor=False)


def data_folder() -> Path:
    """The folder of stores that cannot be beside their runs."""
    from platformdirs import user_data_path

    return user_data_path(_NAME, appauthor=False)


def cache_folder() -> Path:
    """The folder of what may be lost at any time, and then only has to be made again."""
    from platformdirs import user_cache_path

    return user_cache_path(_NAME, appauthor=False)
