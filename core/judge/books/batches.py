"""What is written down about a batch before it is sent: `<store>/batches/<name>.json`.

The folder may be somebody else's: a record is identified by its file name, whatever it says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from core import codec
from core.errors import PatchjuryError
from core.files import UnusableError, read_bytes
from core.models import Judgement
from core.records import replace
from core.store import Store

FOLDER = "batches"
LOCK = "judge.lock"
"""Held in the store's folder while somebody asks, so that no question is paid for twice."""
BUSY = "Another patchjury is asking the judge about these runs"

_NAME = re.compile("[0-9a-f]{32}")


class BatchError(PatchjuryError):
    """The server rejected a batch, or does not return it."""


class BatchLine(Struct, frozen=True):
    """One line of a batch: what its reply will complete."""

    frame: Judgement
    human: str
    blocked: tuple[str, ...]
    fences: tuple[str, str]
    prompt_hash: str
    instructions: str = ""  # name and version
    copies: tuple[tuple[str, str], ...] = ()  # attempts with the same question, and their canary
    model: str = ""


class BatchRecord(Struct, frozen=True):
    """One batch: what it asks, and its progress. `id` is "" until the server has accepted it."""

    name: str
    created: datetime
    model: str
    effort: str
    max_output_tokens: int
    endpoint: str
    lines: Mapping[str, BatchLine]  # by custom id
    input_limit: int | None = None
    id: str = ""
    status: str = ""
    collected: bool = False

    @property
    def votes(self) -> int:
        """Votes that the batch will give, copies included."""
        return sum(1 + len(line.copies) for line in self.lines.values())


def read_records(store: Store) -> list[BatchRecord]:
    """Every batch that was ever submitted from this store, the oldest first.

    Raises `BatchError` for a file that cannot be used.
    """
    records = []
    for path in sorted((store.folder / FOLDER).glob("*.json")):
        try:
            if not _NAME.fullmatch(path.stem):
                raise ValueError("patchjury did not write it")
            record = codec.from_data(json.loads(read_bytes(path)), BatchRecord)
        except (UnusableError, ValueError, RecursionError) as error:
            title = f"{path} cannot be used: {error}"
            raise BatchError(title, "Repair it or move it elsewhere.") from error
        records.append(replace(record, name=path.stem))
    return sorted(records, key=lambda record: record.created)


def save_record(store: Store, record: BatchRecord) -> None:
    """Write a record over its previous version. Raises `StoreError`."""
    store.put_text(f"{FOLDER}/{record.name}.json", codec.dumps(codec.to_data(record)) + "\n")


def waiting_keys(store: Store) -> frozenset[str]:
    """The keys of votes that are in an uncollected batch. Raises `BatchError`."""
    return frozenset(
        line.frame.key
        for record in read_records(store)
        if not record.collected
        for line in record.lines.values()
    )
