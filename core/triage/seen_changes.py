"""Which changes a reviewer has marked as seen, kept by content in their own state folder.

A change is identified by a digest of its lines, so that the same change in another attempt counts
as seen too, and one that has changed does not. It is a visual aid: not a record, and in no export.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from core import codec
from core.errors import ExportError, StoreError
from core.files import read_own_text
from core.places import state_folder
from core.writing import write_whole

FOLDER = "seen-changes"


class SeenChanges:
    """The changes of one runs folder, by reviewer; each is read once."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._seen: dict[str, frozenset[str]] = {}

    def of(self, reviewer: str) -> frozenset[str]:
        """The digests that a reviewer marked."""
        if reviewer not in self._seen:
            self._seen[reviewer] = self._read(reviewer)
        return self._seen[reviewer]

    def turn(self, reviewer: str, digest: str) -> bool:
        """Mark a change, or remove the mark; returns whether it is marked now.

        Raises `StoreError` if that cannot be stored: then it holds while this process runs.
        """
        now = self.of(reviewer) ^ {digest}
        self._seen[reviewer] = now
        path = self._path(reviewer)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, [codec.dumps(sorted(now)) + "\n"], overwrite=True)
        except (OSError, ExportError) as error:
            hint = "The marks last until you quit."
            raise StoreError(f"marks cannot be saved in {path}: {error}", hint) from error
        return digest in now

    def _read(self, reviewer: str) -> frozenset[str]:
        try:
            held = json.loads(read_own_text(self._path(reviewer)))
        except (OSError, ValueError, RecursionError):
            return frozenset()
        given = held if isinstance(held, list) else ()
        return frozenset(digest for digest in given if isinstance(digest, str))

    def _path(self, reviewer: str) -> Path:
        named = json.dumps([str(self._root), reviewer])
        return state_folder() / FOLDER / f"{hashlib.sha256(named.encode()).hexdigest()[:32]}.json"
