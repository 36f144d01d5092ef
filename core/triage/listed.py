"""Which attempts are listed, and in what order: all or a queue's, by filter and columns.

Which attempts match a filter and where a column sorts them is fixed when it is chosen: a list does
not change under the hands of somebody working through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING

from core.assess.filters import SearchTexts, parse_filter, sort_attempts
from core.models import Attempt
from core.triage.evidence import by_commit

if TYPE_CHECKING:
    from core.triage.triage import Triage


_Lists = dict[bool, tuple[Sequence[Attempt], list[str]]]
"""Attempts with their keys, in one list or commit by commit (False)."""


class ListedAttempts:
    """The attempts of a triage after queue, order and filter."""

    def __init__(self, triage: Triage) -> None:
        self._triage = triage
        self._commits = triage.run_set.commits
        self._found: frozenset[str] | None = None  # the keys that match the filter; None: all
        self.queue: Mapping[str, None] | None = None
        self.order = ""
        self._texts = SearchTexts()
        self._in_order: _Lists = {}  # before any filter
        self._left: _Lists = {}
        self._build()

    @property
    def shas(self) -> Sequence[str]:
        """Every human commit that has attempts."""
        return list(self._of)

    def show_queue(self, keys: Sequence[str] | None) -> None:
        """List only these attempts, in their order; None for all."""
        self.queue = None if keys is None else dict.fromkeys(keys)
        self._build()

    def sort(self, order: str) -> None:
        """Sort the attempts by columns as they are now ("": by queue or runs).

        Raises `FilterError` for an order that names an unknown column; nothing changes then.
        """
        sort_attempts((), self._commits, order)
        self.order = order
        self._build()

    def matching(self, query: str) -> Callable[[Attempt], bool]:
        """Apply a filter (`docs/filters.md`); "" matches everything. Raises `FilterError`."""
        asked = parse_filter(query, self._texts)
        self._left.clear()
        every = self._triage.assessments() if asked.text else ()
        known = asked.select(every, self._commits)
        if len(known) == len(every):
            self._found = None
            return lambda attempt: True
        found = self._found = frozenset([one.attempt.key for one in known])
        return lambda attempt: attempt.key in found

    def look_again(self) -> None:
        """Sort again: different things may be visible of the attempts now."""
        self._build()

    def holds(self, key: str) -> bool:
        """Does an attempt match the filter?"""
        return self._found is None or key in self._found

    def at_commit(self, sha: str) -> Sequence[Attempt]:
        """The attempts of the queue at one commit, before any filter."""
        return self._of.get(sha, ())

    def everywhere(self) -> Sequence[Attempt]:
        """The attempts of the queue in one list, before any filter."""
        return self._all

    def left_over(self, *, flat: bool) -> Sequence[Attempt]:
        """Every attempt left after queue and filter: as one list, or commit by commit."""
        if flat not in self._left:
            attempts, keys = self._ordered(flat=flat)
            if self._found is not None:
                fits = list(map(self._found.__contains__, keys))
                attempts, keys = list(compress(attempts, fits)), list(compress(keys, fits))
            self._left[flat] = attempts, keys
        return self._left[flat][0]

    def keys(self, *, flat: bool) -> list[str]:
        """The keys of `left_over`; the list is shared, and must not be changed."""
        self.left_over(flat=flat)
        return self._left[flat][1]

    def _ordered(self, *, flat: bool) -> tuple[Sequence[Attempt], list[str]]:
        if flat not in self._in_order:
            attempts = self._all if flat else [a for group in self._of.values() for a in group]
            self._in_order[flat] = attempts, [attempt.key for attempt in attempts]
        return self._in_order[flat]

    def _build(self) -> None:
        self._in_order.clear()
        self._left.clear()
        triage = self._triage
        self._commits = triage.run_set.commits
        attempts: Sequence[Attempt] = triage.run_set.attempts
        groups = by_commit(attempts)
        attempts = [attempt for group in groups.values() for attempt in group]
        if self.order:
            known = [triage.assessment(attempt.key) for attempt in attempts]
            attempts = [o.attempt for o in sort_attempts(known, self._commits, self.order)]
        self._of = groups if not self.order else by_commit(attempts)
        self._of = {sha: self._of[sha] for sha in groups}
        if self.queue is not None:
            queue = self.queue
            self._of = {s: [a for a in group if a.key in queue] for s, group in self._of.items()}
            attempts = [a for a in attempts if a.key in queue]
            if not self.order:
                by_key = {attempt.key: attempt for attempt in attempts}
                attempts = [by_key[key] for key in queue if key in by_key]
        self._all = attempts


def undecided_from(
    triage: Triage, keys: Sequence[str], key: str | None, step: int = 1
) -> Iterator[str]:
    """Those of some attempts that need a decision, starting after one of them, wrapping around.

    `step` -1 goes backwards.
    """
    try:
        here = keys.index(key or "")
    except ValueError:
        here = -step
    for at in range(1, len(keys) + 1):
        other = keys[(here + step * at) % len(keys)]
        if other != key and triage.needs_decision(other):
            yield other
