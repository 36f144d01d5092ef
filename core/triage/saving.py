"""Getting records to disk: one writer at a time, and nothing is lost on failure."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from core.models import Attempt
from core.store import Store
from core.triage.analysis_book import AnalysisBook
from core.triage.verdict_book import VerdictBook


class Saving:
    """Writes what is unsaved. Safe to call from several threads."""

    def __init__(
        self,
        store: Store,
        attempts: Mapping[str, Attempt],
        book: VerdictBook,
        analyses: AnalysisBook,
    ) -> None:
        self._store = store
        self._attempts = attempts
        self._book = book
        self._analyses = analyses
        self._lock = threading.Lock()

    @property
    def unsaved(self) -> int:
        """How many records are not on disk yet."""
        return len(self._book.unsaved) + len(self._analyses.unsaved)

    def save(self) -> int:
        """Write them; returns how many. Raises `StoreError`; call again to retry."""
        with self._lock:
            verdicts = list(self._book.unsaved.values())
            for verdict in verdicts:
                self._store.add(self._attempts[verdict.attempt].reference_sha, [verdict])
                self._book.unsaved.pop(verdict.id, None)
            analyses = list(self._analyses.unsaved.values())
            for analysis in analyses:
                attempt = self._attempts.get(analysis.about)
                human = attempt.reference_sha if attempt else analysis.about
                self._store.add(human, [analysis])
                self._analyses.unsaved.pop(analysis.id, None)
            return len(verdicts) + len(analyses)
