"""The file of an index: where it is, what it must match, and that it is complete.

It is in the user's cache folder, from which everything may vanish at any time. An index matches if
the same was requested and the readers that made it are those running now; whether the files are the
same is up to `core.run_index.stamps`. One that does not match, is torn or was changed is ignored.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from msgspec import Struct

from core.files import UnusableError, opened_file, read_at
from core.places import cache_folder
from core.run_index.asked import Asked
from core.run_index.messages import Message, pack, unpacked
from core.run_index.stamps import Stamps
from core.version import installed_version

FORMAT = 1
_MAGIC = b"patchjury index\n"
_HEAD_BYTES = 4096
_MOST_KEPT = 20
_UNFINISHED_S = 3600  # no index takes that long to write
_MADE_BY = (
    "readers",
    "run_index",
    "models",
    "sources.py",
    "codec.py",
    "files.py",
    "git",
    "text.py",
)
_OPTIONAL = ("pyarrow",)  # with it more files are read

_log = logging.getLogger(__name__)


class Index(Struct, frozen=True):
    """A matching index; `id` distinguishes it from one that replaces it."""

    id: str
    path: Path
    _at: int
    _rows: int
    _stamps: int
    _hashes: tuple[str, str]

    def messages(self) -> Iterator[Message]:
        """The run set's messages. Raises `UnusableError` before the first if they are damaged."""
        yield from unpacked(io.BytesIO(self._part(self._at, self._rows, self._hashes[0])).read)

    def stamps(self) -> Stamps:
        """The stamps of the files. Raises `UnusableError`."""
        data = self._part(self._at + self._rows, self._stamps, self._hashes[1])
        stamps: Stamps = next(unpacked(io.BytesIO(data).read))[0]
        return stamps

    def _part(self, offset: int, length: int, wanted: str) -> bytes:
        with opened_file(self.path) as handle:
            data = read_at(handle, offset, length)
        if _hash(data) != wanted:
            raise UnusableError("is damaged")
        return data


def find_index(asked: Asked) -> Index | None:
    """The matching index of a reading, if there is one."""
    path = _place(asked)
    try:
        with opened_file(path) as handle:
            head = read_at(handle, 0, _HEAD_BYTES)
            size = os.fstat(handle).st_size
        if not head.startswith(_MAGIC):
            return None
        body = io.BytesIO(head[len(_MAGIC) :])
        told: list[Any] = next(unpacked(body.read), [])
        version, made_by, of, own, rows, stamps, *hashes = told
        at = len(_MAGIC) + body.tell()
        fits = (version, made_by, of) == (FORMAT, _made_by(), asked.id)
        if not fits or at + rows + stamps != size:
            return None
        return Index(own, path, at, rows, stamps, (hashes[0], hashes[1]))
    except UnusableError:
        return None
    except (ValueError, TypeError, LookupError) as error:
        _log.warning("%s is not an index: %s", path, error)
        return None


def write_index(asked: Asked, rows: Iterable[bytes], stamps: Stamps) -> str:
    """Save an index over the previous one; returns its id, "" if none can be written.

    `rows` are the packed messages of the run set.
    """
    held, noted, own = b"".join(rows), pack([stamps]), uuid.uuid4().hex
    sizes, hashes = (len(held), len(noted)), (_hash(held), _hash(noted))
    head = pack([FORMAT, _made_by(), asked.id, own, *sizes, *hashes])
    path = _place(asked)
    temporary = path.with_name(f".{own}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with open(temporary, "xb", opener=_for_the_user_alone) as file:
                file.writelines((_MAGIC, head, held, noted))
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _clear_away(path.parent)
    except OSError as error:
        _log.warning("no index of the runs is kept: %s", error)
        return ""
    return own


def _for_the_user_alone(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _clear_away(folder: Path) -> None:
    """Delete all but the newest indexes, and leftovers of killed processes."""
    for path in folder.glob(".*.tmp"):
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - _UNFINISHED_S:
                path.unlink()
    found = []
    for path in folder.glob("*.index"):
        with suppress(OSError):
            found.append((path.stat().st_mtime_ns, path))
    for _, path in sorted(found, reverse=True)[_MOST_KEPT:]:
        path.unlink(missing_ok=True)


def _place(asked: Asked) -> Path:
    return cache_folder() / "runs" / f"{asked.id}.index"


def _hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


@cache
def _made_by() -> str:
    """What determines how runs are read: version, files of the readers, Python, parsers."""
    core = Path(__file__).parents[1]
    told = [installed_version(), sys.version, *(n for n in _OPTIONAL if find_spec(n) is not None)]
    for name in _MADE_BY:
        place = core / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            info = path.stat()
            told.append(f"{path.relative_to(core)} {info.st_size} {info.st_mtime_ns}")
    return _hash("\n".join(told).encode())
