"""Which API a self-hosted server speaks, found by asking once and remembered for this user.

Only server names are needed for that, and only their hashes are written: an address may contain a
password. What cannot be read or written is found by asking again.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from core.errors import ExportError
from core.files import read_own_text
from core.places import state_folder
from core.settings import DEFAULT_BASE_URL, JudgeSettings
from core.writing import write_whole

FILE_NAME = "servers.json"


def known_api(base_url: str) -> str | None:
    """The API ("responses", "chat") that a server was last found to speak; None if unknown."""
    api = _read().get(_name(base_url))
    return api if api in ("responses", "chat") else None


def api_of(settings: JudgeSettings) -> str:
    """The API ("responses", "chat") to try first with a server."""
    if settings.api != "auto":
        return settings.api
    if settings.base_url == DEFAULT_BASE_URL:
        return "responses"
    return known_api(settings.base_url) or "responses"


def remember_api(base_url: str, api: str) -> None:
    """Record which API a server speaks."""
    path = _path()
    known = {**_read(), _name(base_url): api}
    with suppress(OSError, ExportError):  # then the next run asks again
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, [json.dumps(known, indent=1)], overwrite=True)


def _read() -> dict[str, object]:
    try:
        data = json.loads(read_own_text(_path()))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _path() -> Path:
    return state_folder() / FILE_NAME


def _name(base_url: str) -> str:
    return hashlib.sha256(base_url.encode("utf-8", "replace")).hexdigest()
