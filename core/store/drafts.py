"""Half-written texts, kept beside the records until they are recorded: `<store>/drafts/`.

A draft is one small file that each save replaces, so that it outlives a killed process. It is its
reviewer's own: nobody else is offered it, it is in no export and in no commit of git.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core import codec
from core.errors import StoreError
from core.store.open_folder import OpenFolder, UnusableFileError
from core.store.place import StoreFolder

FOLDER = "drafts"


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that was begun: by whom, on what (an attempt's key, say), under which heading."""

    reviewer: str
    about: str
    heading: str
    text: str
    created: datetime


class Drafts:
    """The drafts in one store."""

    def __init__(self, place: StoreFolder) -> None:
        self._place = place

    def save(self, draft: Draft) -> None:
        """Keep a draft in the place of its former self. Raises `StoreError`."""
        text = codec.dumps(codec.to_data(draft)) + "\n"
        with self._place.changing() as opened:
            opened.replace(_name(draft.reviewer, draft.about, draft.heading), text.encode("utf-8"))

    def drop(self, reviewer: str, about: str, heading: str) -> None:
        """Forget a draft: it was recorded, or is not wanted. Raises `StoreError`."""
        with self._place.reading() as opened:
            if opened is None or opened.key(_name(reviewer, about, heading)) is None:
                return
        with self._place.changing() as opened:
            opened.remove(_name(reviewer, about, heading))

    def of(self, reviewer: str) -> list[Draft]:
        """What a reviewer began and did not record, the newest first; nothing that is damaged."""
        try:
            with self._place.reading() as opened:
                found = list(_read(opened)) if opened is not None else []
        except (StoreError, OSError):
            return []
        own = [draft for draft in found if draft.reviewer == reviewer]
        return sorted(own, key=lambda draft: draft.created, reverse=True)


def _name(reviewer: str, about: str, heading: str) -> str:
    parts = json.dumps([reviewer, about, heading])
    return f"{FOLDER}/{hashlib.sha256(parts.encode()).hexdigest()[:32]}.json"


def _read(opened: OpenFolder) -> Iterator[Draft]:
    for name in opened.names(FOLDER):
        try:
            content = opened.read(f"{FOLDER}/{name}")
        except UnusableFileError:
            continue
        if content is not None and (draft := _parse(content[0])) is not None:
            yield draft


def _parse(content: bytes) -> Draft | None:
    try:
        draft = codec.from_data(json.loads(content), Draft)
    except (ValueError, RecursionError):
        return None
    return draft if draft.created.tzinfo is not None else None
