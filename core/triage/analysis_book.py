"""What reviewers wrote under headings: of attempts, human commits and the whole; each their own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from core.errors import InputError
from core.models import HEADINGS, Analysis, AnalysisScope, Basis

Subject = tuple[AnalysisScope, str]


class AnalysisBook:
    """Every analysis by subject, and what one reviewer wrote and has not saved."""

    def __init__(
        self, analyses: Iterable[Analysis], reviewer: str, now: Callable[[], datetime]
    ) -> None:
        self.reviewer = reviewer
        self.unsaved: dict[str, Analysis] = {}
        self._now = now
        self._by_subject: dict[Subject, list[Analysis]] = {}
        for analysis in analyses:
            self._by_subject.setdefault((analysis.scope, analysis.about), []).append(analysis)

    def of(self, scope: AnalysisScope, about: str = "") -> dict[str, Analysis]:
        """The newest analysis of each reviewer on one subject that was not taken back."""
        records = self._by_subject.get((scope, about), ())
        undone = {(record.undoes, record.reviewer) for record in records if record.undoes}
        standing = [
            record
            for record in records
            if record.undoes is None and (record.id, record.reviewer) not in undone
        ]
        return {record.reviewer: record for record in sorted(standing, key=lambda r: r.created)}

    def own(self, scope: AnalysisScope, about: str = "") -> Analysis | None:
        """What this reviewer wrote last on one subject."""
        return self.of(scope, about).get(self.reviewer)

    def everything(self) -> list[Analysis]:
        """The newest of each reviewer on every subject."""
        return [record for subject in self._by_subject for record in self.of(*subject).values()]

    def write(
        self,
        scope: AnalysisScope,
        about: str,
        texts: Mapping[str, str],
        basis: Basis | None = None,
    ) -> Analysis:
        """Record texts by heading, beside the headings that were written before. Not yet durable.

        A heading whose text is empty is taken out. Raises `InputError` for one that is not known.
        """
        unknown = [name for name in texts if name not in HEADINGS[scope]]
        if unknown:
            raise InputError(f"there is no heading {unknown[0]!r:.40}")
        before = self.own(scope, about)
        whole = {**(before.texts if before else {}), **texts}
        kept = {name: whole[name] for name in HEADINGS[scope] if whole.get(name)}
        record = Analysis(
            uuid.uuid4().hex, scope, about, self.reviewer, self._next_time(before), kept, basis
        )
        self._by_subject.setdefault((scope, about), []).append(record)
        self.unsaved[record.id] = record
        return record

    def take_in(self, analyses: Iterable[Analysis]) -> None:
        """Take in what is stored, such as a colleague's."""
        for analysis in analyses:
            held = self._by_subject.setdefault((analysis.scope, analysis.about), [])
            if all(record.id != analysis.id for record in held):
                held.append(analysis)

    def _next_time(self, before: Analysis | None) -> datetime:
        now = self._now()
        if before is None or now > before.created:
            return now
        return before.created + datetime.resolution
