"""What one reviewer may see of each attempt now: everything, or what is not sealed while blind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from core.assess.assigning import open_assignments, standing
from core.assess.blind import is_sealed, own_history, sealed, seen, without_others
from core.models import Assessment, Assignment, CheckReport, InView, Verdict
from core.triage.evidence import EVERYTHING, Evidence
from core.triage.verdict_book import VerdictBook


class AttemptView:
    """Assessments through the eyes of one reviewer, and their assignments."""

    def __init__(
        self, evidence: Evidence, book: VerdictBook, assignments: Iterable[Assignment]
    ) -> None:
        self._evidence = evidence
        self._book = book
        self._blind = False
        self._keeps_apart = False
        self._sealed: dict[str, Assessment] = {}
        self._drawn = list(assignments)
        self._given = standing(self._drawn)
        self._looked: dict[str, set[InView]] = {}  # by attempt, what was shown in this session

    @property
    def blind(self) -> bool:
        """Is an attempt sealed until this reviewer has decided on it?"""
        return self._blind

    @blind.setter
    def blind(self, blind: bool) -> None:
        self._blind = blind
        self.refresh()

    @property
    def keeps_apart(self) -> bool:
        """Are colleagues' verdicts hidden, blind or not, where this reviewer was asked as well?"""
        return self._keeps_apart

    @keeps_apart.setter
    def keeps_apart(self, apart: bool) -> None:
        self._keeps_apart = apart
        self.refresh()

    @property
    def _is_open(self) -> bool:
        """Can everything of every attempt be seen?"""
        return not self._blind and not (self._keeps_apart and self._given)

    def assessment(self, key: str) -> Assessment:
        """Everything that may be known of one attempt now."""
        if self._is_open:
            return self.unsealed(key)
        if key not in self._sealed:
            self._sealed[key] = self._shown(key)
        return self._sealed[key]

    def _shown(self, key: str) -> Assessment:
        known, waiting, reviewer = self.unsealed(key), self.waiting(key), self._book.reviewer
        if self._blind and is_sealed(known, reviewer, waiting):
            return sealed(known, reviewer, waiting)
        return without_others(known, reviewer, waiting) if self.hides_others(key) else known

    def assessments(self, keys: Iterable[str]) -> list[Assessment]:
        """`assessment` of each of these attempts, fast if most are cached."""
        held: Mapping[str, Assessment] = self._evidence.held if self._is_open else self._sealed
        keys = list(keys)
        try:
            return list(map(held.__getitem__, keys))
        except KeyError:  # not all are cached yet
            return [held.get(key) or self.assessment(key) for key in keys]

    def unsealed(self, key: str) -> Assessment:
        """Everything known of one attempt, blind or not: for recording, never for showing."""
        return self._evidence.assessment(key, self._book.history(key))

    @property
    def reports(self) -> Collection[CheckReport]:
        """The facts added so far, one report per attempt."""
        return self._evidence.reports

    def is_sealed(self, key: str) -> bool:
        """Is something of this attempt hidden now?"""
        return self._blind and is_sealed(self.unsealed(key), self._book.reviewer, self.waiting(key))

    def hides_others(self, key: str) -> bool:
        """Are colleagues' verdicts on an attempt hidden: sealed, or this reviewer is to answer?"""
        return self.is_sealed(key) or (self._keeps_apart and bool(self.waiting(key)))

    def _open_now(self, key: str) -> tuple[InView, ...]:
        """What of an attempt that is not sealed can be seen now."""
        now = seen(self.unsealed(key), self._book.reviewer)
        hides = self.hides_others(key)
        return tuple(view for view in now if not (hides and view is InView.VERDICTS))

    def look(self, key: str) -> Assessment:
        """An attempt as shown now, in a list or by itself: its unsealed parts count as seen."""
        if not self.is_sealed(key):
            now = self._open_now(key)
            self._looked.setdefault(key, set()).update(now)
        return self.assessment(key)

    def in_view(self, key: str) -> tuple[InView, ...]:
        """What of an attempt can be seen, or was seen before it was sealed again.

        Anybody who decided once has seen what was revealed then, even if they took that back. For
        an attempt that came back, only what can be seen now counts: that it was seen before is on
        record.
        """
        known = seen(self.unsealed(key), self._book.reviewer)
        if not self.is_sealed(key):
            looked, open_now = self._looked.get(key, ()), self._open_now(key)
            return tuple(view for view in known if view in open_now or view in looked)
        if self.came_back(key):
            return ()
        reviewer = self._book.reviewer
        own = (v for v in self._book.history(key) if v.reviewer == reviewer)
        if any(verdict.is_decision for verdict in own):
            return known
        return tuple(view for view in known if view in self._looked.get(key, ()))

    def history(self, key: str) -> Sequence[Verdict]:
        """Every verdict ever recorded on one attempt, in order; none of others while hidden."""
        history = self._book.history(key)
        if not self.hides_others(key):
            return history
        return own_history(history, self._book.reviewer, self.waiting(key))

    def assignments(self) -> Mapping[str, Sequence[Assignment]]:
        """Everybody's assignments that were not withdrawn, by attempt."""
        return self._given

    def all_assignments(self) -> list[Assignment]:
        """All assignment records, withdrawn or not: what was drawn stays drawn."""
        return self._drawn

    def waiting(self, key: str) -> Sequence[Assignment]:
        """What this reviewer was asked about an attempt and has not answered yet."""
        given = self._given.get(key)
        if not given:
            return ()
        history = self._book.history(key)
        return open_assignments(given, self._book.reviewer, self.unsealed(key), history)

    def came_back(self, key: str) -> bool:
        """Is this reviewer asked once more, as if they had not decided?"""
        return any(assignment.again for assignment in self.waiting(key))

    def take_in(self, assignments: Iterable[Assignment]) -> None:
        """Replace the assignments."""
        self._drawn = list(assignments)
        self._given = standing(self._drawn)
        self.refresh()

    def refresh(self) -> None:
        """Everything may look different."""
        self._sealed.clear()
        self._evidence.changed.append(EVERYTHING)

    def forget(self, key: str) -> None:
        """Something about an attempt is new."""
        self._sealed.pop(key, None)
        self._evidence.forget(key)
