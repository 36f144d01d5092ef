"""Which repository a run set was last opened with: kept in the user's state folder, to be offered.

Never in the runs folder: a repository named by somebody else's runs is not opened.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from core import codec
from core.errors import ExportError
from core.files import read_own_text
from core.places import state_folder
from core.writing import write_whole

_MOST = 200  # how many run sets are remembered, newest first

_log = logging.getLogger(__name__)


def last_repository(root: Path) -> Path | None:
    """The repository that was named for these runs before, if it still exists."""
    name = _read().get(str(root.resolve()))
    return Path(name) if name and Path(name).exists() else None


def remember_repository(root: Path, repository: Path) -> None:
    """Remember which repository was named for these runs."""
    known = dict(_read())
    key, name = str(root.resolve()), str(repository.resolve())
    if known.get(key) == name:
        return
    known.pop(key, None)
    known[key] = name
    newest = dict(list(known.items())[-_MOST:])
    try:
        _path().parent.mkdir(parents=True, exist_ok=True)
        write_whole(_path(), [codec.dumps(newest, indent=1), "\n"], overwrite=True)
    except (OSError, ExportError) as error:  # then it is not offered
        _log.warning("%s cannot be written: %s", _path(), error)


def _path() -> Path:
    return state_folder() / "repositories.json"


def _read() -> Mapping[str, str]:
    try:
        return codec.from_data(json.loads(read_own_text(_path())), dict[str, str])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("%s cannot be used: %s", _path(), error)
        return {}
