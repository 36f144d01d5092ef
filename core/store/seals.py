"""Which opinions this user's patchjury wrote in exactly this form: a seal on the line proves it.

A store's id is in its files for everybody to copy, so it proves nothing. A seal is the HMAC-SHA256
of everything before it in its line, with a key that is in the user's state folder and nowhere else.
A line written by others, or changed since by a single character, has no valid seal. Opinions and
rubrics are sealed; people's decisions carry their names instead.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from core.places import state_folder
from core.store.tables import JUDGEMENTS, RUBRICS

SEALED = (JUDGEMENTS, RUBRICS)
"""The tables whose lines are sealed."""

_MARK = b', "seal": "'
_END = b'"}'
_KEY_BYTES = 32

_log = logging.getLogger(__name__)


def sealed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines (a JSON object and a line feed each) with the seal of this user's patchjury at the end.

    Unchanged if no key can be stored: then the user is asked about them like lines of others.
    """
    key = _read_key() or _make_key()
    for line in lines:
        told = line.removesuffix(b"\n").removesuffix(b"}")
        yield told + _MARK + _digest(key, told) + _END + b"\n" if key else line


def seal_test() -> Callable[[bytes], bool]:
    """A test of lines without their line feed: did this user's patchjury write exactly this?"""
    own_key = cache(_read_key)  # once, and not for a file without a seal

    def is_own(line: bytes) -> bool:
        told, mark, rest = line.rpartition(_MARK)
        if not (mark and rest.endswith(_END) and (key := own_key())):
            return False
        return hmac.compare_digest(rest.removesuffix(_END), _digest(key, told))

    return is_own


def _digest(key: bytes, told: bytes) -> bytes:
    return hmac.new(key, told, hashlib.sha256).hexdigest().encode("ascii")


def _path() -> Path:
    return state_folder() / "seal.key"


def _read_key() -> bytes:
    try:
        key = _path().read_bytes()
    except OSError:
        return b""
    return key if len(key) == _KEY_BYTES else b""


def _make_key() -> bytes:
    """The key, created now; another process may do so too. b"" if it cannot be stored."""
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        try:
            os.link(new, path)  # whole, and never over an existing one
        except FileExistsError:
            pass  # another process just created it: that one is read below
        finally:
            new.unlink()
    except OSError as error:
        _log.warning("%s cannot be written: %s", path, error)
    return _read_key()
