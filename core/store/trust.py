"""Whose opinions count: those of stores that this user's patchjury made, or that were accepted.

What a store says of itself proves nothing, so that a line's store is looked up in the user's state.
A line that names none, as those of schema 1, is taken for its folder's only store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from core.models import Judgement, Rubric
from core.store.identity import KnownStores, read_known, remember_answer

if TYPE_CHECKING:
    from core.store import Store

FOREIGN = "it comes from a store that this user's patchjury did not make"

_Record = TypeVar("_Record")


class Trust:
    """What is known of stores now, for the records of a folder with the ids `own`."""

    def __init__(self, own: Sequence[str], known: KnownStores | None = None) -> None:
        self._own = own
        self._known = read_known() if known is None else known

    def trusts(self, store: str) -> bool:
        """May the opinions of a store count ("" for a line that names none)?"""
        if not store and len(self._own) == 1:
            store = self._own[0]
        return self._known.trusts(store) is True

    def weigh(self, record: _Record, store: str) -> _Record:
        """The record, an opinion or rubric set aside where its store is foreign."""
        if not isinstance(record, (Judgement, Rubric)):
            return record
        reason = "" if self.trusts(store) else FOREIGN
        return record if record.set_aside == reason else replace(record, set_aside=reason)


def answer_trust(store: Store, trusted: bool) -> tuple[str, ...]:
    """Remember whether opinions in a folder that were not made here count; returns whose.

    Raises `StoreError` for a folder without an id that cannot be written.
    """
    contents = store.load()
    ids = {*contents.ids, *contents.written_by.values()} or {store.make_id()}
    foreign = tuple(sorted(ids - set(read_known().made)))
    for one in foreign:
        remember_answer(one, trusted)
    return foreign


def awaits_trust(store: Store) -> bool:
    """Is there an id of which nobody said yet whether its opinions count?

    A store without an id, as those of schema 1, awaits it too.
    """
    ids, known = store.ids(), read_known()
    return not ids or any(known.trusts(one) is None for one in ids)
