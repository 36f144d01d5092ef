"""The last visit to each runs folder, and which filters were typed: in the user's state folder.

Nothing here is essential: a file that cannot be read or written is treated as missing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from core import codec
from core.errors import ExportError
from core.files import read_own_text
from core.places import state_folder
from core.writing import write_whole

FILE_NAME = "visits.json"
_MOST_FOLDERS = 50
_MOST_FILTERS = 50


class Visit(Struct, frozen=True):
    """The state of the screen: what was selected and listed, and how the room was divided.

    `lists_width` and `evidence_height` are in cells, 0 if nobody moved a split; `seed` and `sample`
    belong to a queue drawn at random, `sample` is 0 without one.
    """

    attempt: str = ""
    queue: str = ""
    filter: str = ""
    order: str = ""
    is_flat: bool = False
    tab: str = ""
    row: int = 0
    without_lists: bool = False
    lists_width: int = 0
    evidence_height: int = 0
    seed: int = 0
    sample: int = 0


def read_visit(root: Path) -> Visit:
    """The last visit to a runs folder; an empty one if there was none."""
    found = _read().get("folders", {})
    data = found.get(str(root)) if isinstance(found, dict) else None
    usual = structs.asdict(Visit())
    given: dict[str, Any] = data if isinstance(data, dict) else {}
    fitting = {n: given[n] for n in usual if type(given.get(n)) is type(usual[n])}
    return Visit(**{**usual, **fitting})


def keep_visit(root: Path, visit: Visit) -> str:
    """Remember a visit to a runs folder; returns why that failed, "" if it did not."""
    data = _read()
    before = data.get("folders")
    folders = dict(before) if isinstance(before, dict) else {}
    folders.pop(str(root), None)
    folders[str(root)] = structs.asdict(visit)
    return _write({**data, "folders": dict(list(folders.items())[-_MOST_FOLDERS:])})


def filters_typed() -> Sequence[str]:
    """The filters that were typed before, newest last."""
    found = _read().get("filters")
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def keep_filter(text: str) -> None:
    """Remember a filter that was typed."""
    if text.strip():
        others = [one for one in filters_typed() if one != text]
        _write({**_read(), "filters": [*others, text][-_MOST_FILTERS:]})


def is_first_start() -> bool:
    """Was the screen never opened before? True only once: asking is remembered."""
    data = _read()
    if data.get("greeted") is True:
        return False
    _write({**data, "greeted": True})
    return True


def _read() -> dict[str, Any]:
    try:
        data = json.loads(read_own_text(_file()))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _write(data: dict[str, Any]) -> str:
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        write_whole(_file(), [codec.dumps(data, indent=1) + "\n"], overwrite=True)
    except (OSError, ExportError) as error:
        return str(error)
    return ""


def _file() -> Path:
    return state_folder() / FILE_NAME
