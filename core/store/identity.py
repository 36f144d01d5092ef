"""Which store a record comes from: every store has a random id, created at its first write.

`<store>/store.jsonl` holds it, one id per line, so that two reviewers' branches merge. The ids
created by this user's patchjury are kept in the user's state folder too, along with the user's
answers about others' opinions (`core.store.trust`): what a runs folder says of itself proves
nothing.
"""

from __future__ import annotations

import json
import logging
import uuid
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, field

from core import codec
from core.errors import ExportError
from core.places import state_folder
from core.store.location import IDS
from core.store.open_folder import OpenFolder, UnusableFileError
from core.store.record_lines import Line, NewerSchemaError, encode_line, parse_lines
from core.store.tables import COMMITS
from core.writing import write_whole

_TABLE = "stores"

_ATTRIBUTES = b"# Written by patchjury: two reviewers' lines are both kept in a merge.\n" + (
    b"*.jsonl -text merge=union\n"
)
_IGNORED = b"# Written by patchjury: what is of no use to others.\n.lock\n*.lock\n*.tmp\ndrafts/\n"

_log = logging.getLogger(__name__)


class KnownStores(Struct, frozen=True):
    """The ids of stores created by this user's patchjury, and the user's answers about sources."""

    made: tuple[str, ...] = ()
    answered: dict[str, bool] = field(default_factory=dict)

    def accepts(self, source: str) -> bool:
        """Did the user accept the opinions of a source?"""
        return self.answered.get(source) is True


def read_ids(opened: OpenFolder) -> tuple[str, ...]:
    """The ids of a store: one, or several after a merge; none before its first write."""
    try:
        found = opened.read(IDS)
        return tuple(parse_lines(found[0] if found else b"").tables.get(_TABLE, {}))
    except (UnusableFileError, NewerSchemaError):
        return ()


def ensure_id(opened: OpenFolder) -> str:
    """The id of a store, created now if it has none; for a locked folder.

    Raises `OSError`.
    """
    if ids := read_ids(opened):
        return ids[0]
    new = uuid.uuid4().hex
    is_empty = not any(name.endswith((".json", ".jsonl")) for name in opened.names(COMMITS))
    record = {"created": datetime.now(UTC).isoformat()}
    opened.create(".gitattributes", _ATTRIBUTES)
    opened.create(".gitignore", _IGNORED)
    opened.append(IDS, encode_line(Line(_TABLE, new, record, store=new)))
    if is_empty:
        opened.then(lambda: remember_made(new))
    return new


def read_known() -> KnownStores:
    """The contents of the user's state folder; empty if they cannot be understood."""
    try:
        return codec.from_data(json.loads(_state_path().read_text(encoding="utf-8")), KnownStores)
    except FileNotFoundError:
        return KnownStores()
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("%s cannot be used: %s", _state_path(), error)
        return KnownStores()


def remember_made(store: str) -> None:
    """Record that this user's patchjury created a store."""
    known = read_known()
    if store not in known.made:
        _write(KnownStores((*known.made, store), known.answered))


def remember_answer(source: str, trusted: bool) -> None:
    """Record whether the user accepts what a source wrote."""
    known = read_known()
    _write(KnownStores(known.made, {**known.answered, source: trusted}))


def _state_path() -> Path:
    return state_folder() / "stores.json"


def _write(known: KnownStores) -> None:
    path = _state_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = codec.dumps(codec.to_data(known), indent=1) + "\n"
        write_whole(path, [text], overwrite=True)
    except (OSError, ExportError) as error:  # then the own store counts as foreign
        _log.warning("%s cannot be written: %s", path, error)
