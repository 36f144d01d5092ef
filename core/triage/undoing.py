"""A reviewer's records of one session, in order: undo takes them back, redo records them again."""

from __future__ import annotations

from core.assess.decisions import newest, not_taken_back
from core.models import Analysis, AnalysisScope, Verdict
from core.triage.analysis_book import AnalysisBook
from core.triage.verdict_book import VerdictBook

Record = Verdict | Analysis


class Undoing:
    """Takes back verdicts and analyses, newest first, each by a record that says so."""

    def __init__(self, verdicts: VerdictBook, analyses: AnalysisBook) -> None:
        self._verdicts = verdicts
        self._analyses = analyses
        self._session: list[Record] = []
        self._taken_back: list[Record] = []
        verdicts.recorded = analyses.recorded = self._recorded

    def undo(self, key: str | None) -> Record | None:
        """Take back this session's last record, else the reviewer's newest one on `key`.

        Returns the record that takes it back; None if there is nothing of theirs.
        """
        last = self._session.pop() if self._session else self._newest_on(key)
        if last is None:
            return None
        self._taken_back.append(last)
        if isinstance(last, Verdict):
            return self._verdicts.take_back(last)
        return self._analyses.take_back(last)

    def redo(self) -> Record | None:
        """Record again what was taken back last; None if nothing was since the last record."""
        if not self._taken_back:
            return None
        last = self._taken_back.pop()
        rest = list(self._taken_back)
        again: Record
        if isinstance(last, Verdict):
            again = self._verdicts.record_again(last)
        else:
            again = self._analyses.record_again(last)
        self._taken_back = rest
        return again

    def _recorded(self, record: Record) -> None:
        self._session.append(record)
        self._taken_back.clear()

    def _newest_on(self, key: str | None) -> Record | None:
        if key is None:
            return None
        reviewer = self._verdicts.reviewer
        own = [v for v in not_taken_back(self._verdicts.history(key)) if v.reviewer == reviewer]
        verdict, analysis = newest(own), self._analyses.own(AnalysisScope.ATTEMPT, key)
        if verdict is None or analysis is None:
            return verdict or analysis
        return verdict if verdict.created >= analysis.created else analysis
