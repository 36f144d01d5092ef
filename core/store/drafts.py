"""Half-written texts, kept in the user's state folder until they are recorded.

A draft is one small file that each save replaces, so that it survives a killed process. It belongs
to its reviewer and to the store that it was begun for: the one at that path with that id. A folder
cannot bring drafts along, nor claim those of another. Drafts that an older patchjury left in a
store of this user are moved once and marked as found there.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from core import codec
from core.errors import ExportError, StoreError
from core.files import UnusableError, read_bytes
from core.places import state_folder
from core.records import replace
from core.store.identity import read_ids, read_known
from core.store.open_folder import OpenFolder, UnusableFileError
from core.store.place import StoreFolder
from core.writing import write_whole

FOLDER = "drafts"
_MOST_BYTES = 16 * 2**20

_log = logging.getLogger(__name__)


class Draft(Struct, frozen=True):
    """A text in progress: by whom, on what (an attempt's key, say), under which heading.

    `store` is the id of its store, "" if that had none yet; `found`: it was in the store; `kind`
    and `last_line` belong to a comment, as in a `LineComment`.
    """

    reviewer: str
    about: str
    heading: str
    text: str
    created: datetime
    store: str = ""
    found: bool = False
    kind: str = ""
    last_line: int | None = None


class Drafts:
    """This user's drafts for one store."""

    def __init__(self, place: StoreFolder) -> None:
        self._place = place
        path = os.path.realpath(place.path)
        self._folder = state_folder() / FOLDER / _digest(path)

    def save(self, draft: Draft) -> None:
        """Save a draft over its previous version. Raises `StoreError`."""
        ids = self._ids()
        kept = replace(draft, store=ids[0] if ids else "")
        self._write(kept)

    def drop(self, reviewer: str, about: str, heading: str) -> None:
        """Delete a draft: it was recorded, or is not wanted. Raises `StoreError`."""
        try:
            (self._folder / _name(reviewer, about, heading)).unlink(missing_ok=True)
        except OSError as error:
            raise _unusable(self._folder, error) from error

    def of(self, reviewer: str) -> list[Draft]:
        """What a reviewer began and did not record, newest first; damaged ones left out."""
        ids = self._ids()
        self._take_over(reviewer, ids)
        own = [
            draft
            for draft in _read(self._folder)
            if draft.reviewer == reviewer and (not draft.store or draft.store in ids)
        ]
        return sorted(own, key=lambda draft: draft.created, reverse=True)

    def _write(self, draft: Draft) -> None:
        text = codec.dumps(codec.to_data(draft)) + "\n"
        path = self._folder / _name(draft.reviewer, draft.about, draft.heading)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, [text], overwrite=True)
        except (OSError, ExportError) as error:
            raise _unusable(path, error) from error

    def _ids(self) -> tuple[str, ...]:
        try:
            with self._place.reading() as opened:
                return read_ids(opened) if opened is not None else ()
        except (StoreError, OSError):
            return ()

    def _take_over(self, reviewer: str, ids: tuple[str, ...]) -> None:
        """Move a reviewer's drafts out of a store that this user made."""
        if not ids or not set(ids) & set(read_known().made):
            return
        with suppress(StoreError, OSError), self._place.reading() as opened:
            found = dict(_left_in(opened)) if opened is not None else {}
            own = {name: draft for name, draft in found.items() if draft.reviewer == reviewer}
            if not own:
                return
            for draft in own.values():
                if not (self._folder / _name(draft.reviewer, draft.about, draft.heading)).exists():
                    self._write(replace(draft, store=ids[0], found=True))
            with self._place.changing() as changed:
                for name in own:
                    changed.remove(f"{FOLDER}/{name}")


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _name(reviewer: str, about: str, heading: str) -> str:
    return f"{_digest(reviewer, about, heading)}.json"


def _read(folder: Path) -> Iterator[Draft]:
    try:
        paths = sorted(folder.glob("*.json"))
    except OSError:
        return
    for path in paths:
        try:
            content = read_bytes(path, _MOST_BYTES)
        except UnusableError as error:
            _log.warning("%s", error.of(path))
            continue
        if (draft := _parse(content)) is not None:
            yield draft


def _left_in(opened: OpenFolder) -> Iterator[tuple[str, Draft]]:
    for name in opened.names(FOLDER):
        try:
            content = opened.read(f"{FOLDER}/{name}")
        except UnusableFileError:
            continue
        if content is not None and (draft := _parse(content[0])) is not None:
            yield name, draft


def _parse(content: bytes) -> Draft | None:
    try:
        draft = codec.from_data(json.loads(content), Draft)
    except (ValueError, RecursionError):
        return None
    return draft if draft.created.tzinfo is not None else None


def _unusable(path: Path, error: Exception) -> StoreError:
    return StoreError(f"the draft {path} cannot be saved: {error}")
