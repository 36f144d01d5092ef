"""Whose opinions count: those exactly as this user's patchjury wrote them, and accepted ones.

What a line says of itself proves nothing: only a seal (`core.store.seals`) makes an opinion one's
own. All others count by their writer, be it a store, an import, or a file beside the runs: the user
is asked about each once, and the answer is kept in the user's state. A line that names no writer,
as in schema 1, is attributed to its folder's only store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from core.models import Judgement, Rubric
from core.records import replace
from core.store.identity import KnownStores, read_known, remember_answer
from core.text import one_line

FOREIGN = "it comes from a store that your patchjury did not create"
CHANGED = "it is in a store of yours, but not as your patchjury wrote it"
IMPORTED = "it comes from an import"
FOUND = "it comes from a file beside the runs"

_IMPORT, _FILE = "import-", "file-"

_Record = TypeVar("_Record")


class Trust:
    """What is known about other sources now, for the records of a folder with the ids `ids`."""

    def __init__(self, ids: Sequence[str] = (), known: KnownStores | None = None) -> None:
        self._ids = ids
        self._known = read_known() if known is None else known

    def weigh(self, record: _Record, written_by: str, *, own: bool = False) -> _Record:
        """The record; another's opinion or rubric is marked so and set aside unless accepted."""
        if not isinstance(record, (Judgement, Rubric)):
            return record
        source = "" if own else source_of(written_by, self._ids)
        reason = "" if own else self._reason(source)
        by = "" if own else source_name(source)
        if (record.set_aside, record.reported_by) == (reason, by):
            return record
        return replace(record, set_aside=reason, reported_by=by)

    def _reason(self, source: str) -> str:
        if self._known.accepts(source):
            return ""
        if source in self._known.made:
            return CHANGED
        kinds = ((_IMPORT, IMPORTED), (_FILE, FOUND))
        return next((reason for start, reason in kinds if source.startswith(start)), FOREIGN)


def source_of(written_by: str, ids: Sequence[str]) -> str:
    """The writer of a record whose line names `written_by`, in a folder with these ids."""
    if written_by or not ids:
        return written_by
    return ids[0] if len(ids) == 1 else f"unnamed-{_digest(sorted(ids))}"


def import_source(content: bytes) -> str:
    """The writer of an import's records: a file with exactly this content."""
    return f"{_IMPORT}{hashlib.sha256(content).hexdigest()[:32]}"


def found_source(judgements: Iterable[Judgement]) -> str:
    """The writer of opinions found beside the runs: files with exactly this content."""
    return f"{_FILE}{_digest(sorted(judgement.id for judgement in judgements))}"


def is_kept(source: str) -> bool:
    """Were the opinions of a source in a store, rather than found beside the runs?"""
    return not source.startswith(_FILE)


def weigh_found(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """Opinions found beside the runs, set aside unless they were accepted."""
    if not judgements:
        return ()
    source, trust = found_source(judgements), Trust()
    return tuple(trust.weigh(judgement, source) for judgement in judgements)


def answer_trust(sources: Iterable[str], trusted: bool) -> None:
    """Remember whether what these sources wrote counts."""
    for source in sources:
        remember_answer(source, trusted)


def unanswered(sources: Mapping[str, int]) -> dict[str, int]:
    """The sources that nobody has ruled on yet, with what they wrote."""
    answered = read_known().answered
    return {source: number for source, number in sources.items() if source not in answered}


def source_name(source: str) -> str:
    """A source in words."""
    start, dash, rest = source.partition("-")
    match f"{start}{dash}":
        case "import-":
            return f"import {rest[:8]}"
        case "file-":
            return "a file beside the runs"
        case _:
            return f"store {one_line(source, 8)}" if source else "an unnamed store"


def _digest(names: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(names).encode("utf-8", "surrogatepass")).hexdigest()[:32]
