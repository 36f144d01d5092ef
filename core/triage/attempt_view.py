"""What one reviewer may see of each attempt now: everything, or while blind what is not sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.assess.assigning import open_assignments, standing
from core.assess.blind import is_sealed, own_history, sealed, seen
from core.models import Assessment, Assignment, InView, Verdict
from core.triage.evidence import Evidence
from core.triage.verdict_book import VerdictBook


class AttemptView:
    """Assessments through the eyes of one reviewer, and what was assigned to them."""

    def __init__(
        self, evidence: Evidence, book: VerdictBook, assignments: Iterable[Assignment]
    ) -> None:
        self._evidence = evidence
        self._book = book
        self._blind = False
        self._sealed: dict[str, Assessment] = {}
        self._given = standing(assignments)

    @property
    def blind(self) -> bool:
        """Is an attempt sealed until this reviewer has decided on it?"""
        return self._blind

    @blind.setter
    def blind(self, blind: bool) -> None:
        self._blind = blind
        self.refresh()

    def assessment(self, key: str) -> Assessment:
        """Everything that may be known of one attempt now."""
        if not self._blind:
            return self.unsealed(key)
        if key not in self._sealed:
            known, waiting = self.unsealed(key), self.waiting(key)
            hidden = is_sealed(known, self._book.reviewer, waiting)
            self._sealed[key] = sealed(known, self._book.reviewer, waiting) if hidden else known
        return self._sealed[key]

    def unsealed(self, key: str) -> Assessment:
        """Everything known of one attempt, blind or not: for what is recorded, never for a look."""
        return self._evidence.assessment(key, self._book.history(key))

    def is_sealed(self, key: str) -> bool:
        """Is something of this attempt hidden now?"""
        return self._blind and is_sealed(self.unsealed(key), self._book.reviewer, self.waiting(key))

    def in_view(self, key: str) -> tuple[InView, ...]:
        """What of an attempt can be seen now, beside patch and human change."""
        return () if self.is_sealed(key) else seen(self.unsealed(key), self._book.reviewer)

    def history(self, key: str) -> Sequence[Verdict]:
        """Every verdict ever recorded on one attempt, in order; only one's own while sealed."""
        history = self._book.history(key)
        return own_history(history, self._book.reviewer) if self.is_sealed(key) else history

    def assignments(self) -> Mapping[str, Sequence[Assignment]]:
        """Everybody's assignments that were not withdrawn, by attempt."""
        return self._given

    def waiting(self, key: str) -> Sequence[Assignment]:
        """What this reviewer was asked about an attempt and has not answered."""
        given = self._given.get(key)
        if not given:
            return ()
        history = self._book.history(key)
        return open_assignments(given, self._book.reviewer, self.unsealed(key), history)

    def came_back(self, key: str) -> bool:
        """Is this reviewer asked once more, as if they had not decided?"""
        return any(assignment.again for assignment in self.waiting(key))

    def take_in(self, assignments: Iterable[Assignment]) -> None:
        """What is assigned now."""
        self._given = standing(assignments)
        self.refresh()

    def refresh(self) -> None:
        """Everything may look different."""
        self._sealed.clear()

    def forget(self, key: str) -> None:
        """Something about an attempt is new."""
        self._evidence.forget(key)
        self._sealed.pop(key, None)
