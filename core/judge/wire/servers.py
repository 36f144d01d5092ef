"""Which API a server of one's own speaks, found by asking once and remembered for this user.

Only names of servers are needed for that, and of those only hashes are written: an address may
hold a password. What cannot be read or written is found by asking again.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

from core.files import read_own_text

FILE_NAME = "servers.json"


def known_api(base_url: str) -> str | None:
    """The API ("responses", "chat") that a server was last found to speak; None if unknown."""
    api = _read().get(_name(base_url))
    return api if api in ("responses", "chat") else None


def remember_api(base_url: str, api: str) -> None:
    """Write down which API a server speaks."""
    path = _path()
    temporary = path.with_name(f".{FILE_NAME}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps({**_read(), _name(base_url): api}, indent=1), "utf-8")
        temporary.replace(path)
    except OSError:  # then the next run asks again
        with suppress(OSError):
            temporary.unlink()


def _read() -> dict[str, object]:
    try:
        data = json.loads(read_own_text(_path()))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _path() -> Path:
    # Imported here because a server whose API is set is never looked up.
    from platformdirs import user_state_path

    return user_state_path("patchjury") / FILE_NAME


def _name(base_url: str) -> str:
    return hashlib.sha256(base_url.encode("utf-8", "replace")).hexdigest()
