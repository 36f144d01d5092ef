"""Noticing what others store: one look at the folder tells which files changed.

A look lists the folder and reads nothing. The result has all records of the files that changed,
including this process's own: their ids tell what is new.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import StoreError
from core.models import LoadProblem
from core.store.commit_files import read_files
from core.store.contents import StoreContents, build_contents
from core.store.identity import read_ids
from core.store.open_folder import FileKey
from core.store.place import StoreFolder
from core.store.tables import COMMITS

INTERVAL_S = 1.0
"""How often a session should look, so that a colleague's verdict is seen within two seconds."""


class StoreWatch:
    """Looks at a store's folder, which need not exist yet, for changes since the last look."""

    def __init__(self, place: StoreFolder, seen: Mapping[str, FileKey]) -> None:
        self._place = place
        self._seen = dict(seen)

    def changes(self) -> StoreContents | None:
        """The records in the files that changed; None if none did.

        For a thread that may wait for the disk. Raises `StoreError`: the folder moved, or cannot be
        read.
        """
        with self._place.reading() as opened:
            if opened is None:
                return None
            try:
                now = opened.keys(COMMITS)
            except OSError as error:
                reason = error.strerror or str(error)
                raise StoreError(f"{opened.path / COMMITS} cannot be read: {reason}") from error
            changed = sorted(name for name, key in now.items() if self._seen.get(name) != key)
            self._seen = now
            if not changed:
                return None
            problems: list[LoadProblem] = []
            return build_contents(read_files(opened, changed, problems), problems, read_ids(opened))
