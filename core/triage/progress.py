"""How far a triage has come: the counts of the header and of the commit list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec import Struct

from core.assess.outcome import is_judged, is_open, is_reviewed
from core.models import Assessment, HumanCommit
from core.triage.evidence import EVERYTHING, Evidence
from core.triage.verdict_book import VerdictBook


class CommitProgress(Struct, frozen=True):
    """One line of the commit list: a human commit and its review progress."""

    commit: HumanCommit
    attempts: int
    marked: int
    reviewed: int
    with_patch: int
    open: int  # undecided ones with a patch, disputes excluded
    disputed: int


def commit_progress(commit: HumanCommit, known: Sequence[Assessment]) -> CommitProgress:
    """The review progress of the attempts at one human commit."""
    return CommitProgress(
        commit=commit,
        attempts=len(known),
        marked=sum(one.attempt.marked_success is True for one in known),
        reviewed=sum(map(is_reviewed, known)),
        with_patch=sum(one.attempt.patch.has_text for one in known),
        open=sum(map(is_open, known)),
        disputed=sum(one.disputed for one in known),
    )


class Progress(Struct, frozen=True):
    """The counts of the header. Only attempts with a patch need a person: `with_patch`."""

    commits: int
    attempts: int
    with_patch: int
    judged: int
    reviewed: int
    disputed: int
    outdated: int
    strays: int  # verdicts that belong to no attempt
    problems: int
    unsaved: int
    pace_s: float | None = None  # seconds this reviewer spends per attempt, idle time excluded


class Counts(NamedTuple):
    """What one attempt adds to the counts, or all of them together."""

    judged: int = 0
    reviewed: int = 0
    disputed: int = 0
    outdated: int = 0
    strays: int = 0
    timed: int = 0  # decisions of this reviewer of which the time is known
    tenths: int = 0  # of seconds, that these took

    @property
    def pace_s(self) -> float | None:
        """The average seconds per decision of this reviewer; None if nobody measured them."""
        return self.tenths / 10 / self.timed if self.timed else None


class Tally:
    """The counts of a run set: attempts that changed are counted again, no others looked at.

    The header is painted with every key, however many attempts are judged and decided by then.
    """

    def __init__(
        self, evidence: Evidence, book: VerdictBook, assess: Callable[[str], Assessment]
    ) -> None:
        self._evidence = evidence
        self._book = book
        self._assess = assess
        self._of: dict[str, Counts] = {}
        self._sum = Counts()
        evidence.changed.append(EVERYTHING)

    def counts(self) -> Counts:
        """All of them together, now."""
        changed = self._evidence.changed
        while changed:  # other threads may add to it
            if (key := changed.popleft()) != EVERYTHING:
                self._count(key)
                continue
            self._of, self._sum = {}, Counts()
            for each in {**self._book.by_attempt, **self._evidence.judgements}:
                self._count(each)
        return self._sum

    def _count(self, key: str) -> None:
        before, now = self._of.get(key, Counts()), self._counts_of(key)
        if now != before:
            self._of[key] = now
            self._sum = Counts(*(s - b + n for s, b, n in zip(self._sum, before, now, strict=True)))

    def _counts_of(self, key: str) -> Counts:
        history = self._book.by_attempt.get(key, ())
        own = self._book.own(key) if history else None
        seconds = own.seconds if own is not None and own.is_decision else None
        time = int(seconds is not None), round(10 * (seconds or 0))
        if key not in self._evidence.attempts:
            return Counts(0, 0, 0, 0, len(history), *time)
        is_voted = key in self._evidence.judgements
        if not history and not is_voted:
            return Counts()
        known = self._assess(key)
        judged = is_voted and is_judged(known)
        if not history:
            return Counts(judged)
        return Counts(judged, is_reviewed(known), known.disputed, bool(known.outdated), 0, *time)
