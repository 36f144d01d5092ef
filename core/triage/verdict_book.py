"""The verdicts of a run set in memory: recorded at once, and unsaved until they are on disk."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.assess.basis import what_changed
from core.assess.decisions import named, own_verdict
from core.errors import InputError
from core.models import UNKNOWN, Attempt, Basis, Outcome, Verdict
from core.records import replace

_LAST = datetime.max.replace(tzinfo=UTC)


class VerdictBook:
    """Every verdict by attempt, and one reviewer's unsaved ones."""

    def __init__(
        self,
        verdicts: Mapping[str, Iterable[Verdict]],
        reviewer: str,
        now: Callable[[], datetime],
    ) -> None:
        self.reviewer = reviewer
        self.by_attempt = {key: list(history) for key, history in verdicts.items()}
        self.unsaved: dict[str, Verdict] = {}
        self.recorded: Callable[[Verdict], None] = lambda _: None  # called with each record
        self._now = now

    def history(self, key: str) -> Sequence[Verdict]:
        """Every verdict ever recorded on one attempt, withdrawn ones included."""
        return tuple(self.by_attempt.get(key, ()))

    def strays(self, attempts: Container[str]) -> dict[str, Sequence[Verdict]]:
        """The histories of verdicts on attempts other than these."""
        gone = {key: history for key, history in self.by_attempt.items() if key not in attempts}
        return {key: tuple(history) for key, history in gone.items()}

    def own(self, key: str) -> Verdict | None:
        """The reviewer's newest verdict on one attempt, outdated or not; nobody else's."""
        return own_verdict(self.by_attempt.get(key, ()), self.reviewer)

    def draft(
        self, attempt: Attempt, now: Basis, changes: Mapping[str, Any], *, afresh: bool = False
    ) -> Verdict:
        """The reviewer's own verdict with changes, as it would be recorded.

        An outcome or criteria that were given to another patch are dropped. `afresh` starts from
        nothing.
        """
        own = None if afresh else self.own(attempt.key)
        own = own or self._blank(attempt.key)
        if what_changed(own.basis, now):
            own = replace(own, outcome=Outcome.UNDECIDED, cannot_tell=None, criteria=UNKNOWN)
        kept = own.basis if own.is_decision and not _decides(changes) else now
        return self._fresh(attempt, own, kept, changes)

    def adjudication(
        self, attempt: Attempt, now: Basis, heard: Sequence[Verdict], changes: Mapping[str, Any]
    ) -> Verdict:
        """The reviewer's ruling on a dispute among others, and perhaps themselves."""
        start = self._blank(attempt.key)
        sided = next((v for v in heard if v.id == changes.get("derived_from")), None)
        if sided is not None:
            start = replace(
                start,
                outcome=sided.outcome,
                cannot_tell=sided.cannot_tell,
                criteria=sided.criteria,
            )
        settles = {**changes, "adjudicates": tuple(v.id for v in heard)}
        settled = self._fresh(attempt, start, now, settles)
        if not settled.is_decision:
            raise InputError(
                "a dispute can only be settled by an outcome", "Name one, or a verdict."
            )
        return settled

    def append(self, verdict: Verdict) -> Verdict:
        """Record a verdict: it counts at once and waits to be saved."""
        self.by_attempt.setdefault(verdict.attempt, []).append(verdict)
        self.unsaved[verdict.id] = verdict
        if verdict.undoes is None:
            self.recorded(verdict)
        return verdict

    def take_back(self, last: Verdict) -> Verdict:
        """Record that one of this reviewer's verdicts is withdrawn."""
        created = self._next_time(last.attempt)
        return self.append(
            Verdict(uuid.uuid4().hex, last.attempt, self.reviewer, created, undoes=last.id)
        )

    def record_again(self, last: Verdict) -> Verdict:
        """Record again what was taken back."""
        created = self._next_time(last.attempt)
        return self.append(replace(last, id=uuid.uuid4().hex, created=created))

    def take_in(self, verdicts: Mapping[str, Iterable[Verdict]]) -> set[str]:
        """Add stored ones, such as a colleague's verdicts; returns the attempts they are on."""
        changed = set()
        for key, history in verdicts.items():
            held = self.by_attempt.setdefault(key, [])
            known = {verdict.id for verdict in held}
            fresh = [verdict for verdict in history if verdict.id not in known]
            if fresh:
                held += fresh
                held.sort(key=lambda v: v.created)
                changed.add(key)
        return changed

    def _blank(self, key: str) -> Verdict:
        return Verdict("", key, self.reviewer, self._now())

    def _fresh(
        self, attempt: Attempt, start: Verdict, basis: Basis | None, changes: Mapping[str, Any]
    ) -> Verdict:
        """A new record: what belongs to the moment of an older one is not carried over."""
        moment: dict[str, Any] = {
            "id": uuid.uuid4().hex,
            "reviewer": self.reviewer,
            "created": self._next_time(attempt.key),
            "undoes": None,
            "basis": basis,
            "in_view": None,
            "origin": None,
            "seconds": None,
            "derived_from": "",
            "flags": (),
        }
        verdict = replace(start, **{**moment, **_exclusive(changes)})
        return replace(verdict, outcome=named(verdict.outcome, attempt.marked_success))

    def _next_time(self, key: str) -> datetime:
        """Now, but after every verdict on this attempt, whatever the clocks of colleagues say."""
        history = self.by_attempt.get(key, ())
        latest = max((verdict.created for verdict in history), default=None)
        now = self._now()
        if latest is None or now > latest:
            return now
        return min(latest, _LAST - datetime.resolution) + datetime.resolution


def _decides(changes: Mapping[str, Any]) -> bool:
    return "outcome" in changes or "cannot_tell" in changes


def _exclusive(changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """An outcome replaces "cannot tell", and vice versa."""
    if changes.get("cannot_tell") is not None:
        return {**changes, "outcome": Outcome.UNDECIDED}
    if "outcome" in changes:
        return {**changes, "cannot_tell": None}
    return changes
