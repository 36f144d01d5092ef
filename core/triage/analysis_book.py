"""What reviewers wrote under headings: on attempts, human commits and the whole; each their own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from core.errors import InputError
from core.models import HEADINGS, Analysis, AnalysisScope, Basis
from core.records import replace

Subject = tuple[AnalysisScope, str]


class AnalysisBook:
    """Every analysis by subject, and one reviewer's unsaved ones."""

    def __init__(
        self, analyses: Iterable[Analysis], reviewer: str, now: Callable[[], datetime]
    ) -> None:
        self.reviewer = reviewer
        self.unsaved: dict[str, Analysis] = {}
        self.recorded: Callable[[Analysis], None] = lambda _: None  # called with each record
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
        """This reviewer's latest analysis of one subject."""
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
        """Record texts by heading, keeping the other headings' earlier ones. Not yet durable.

        An empty text removes its heading. Raises `InputError` for an unknown one.
        """
        unknown = [name for name in texts if name not in HEADINGS[scope]]
        if unknown:
            raise InputError(f"there is no heading {unknown[0]!r:.40}")
        before = self.own(scope, about)
        whole = {**(before.texts if before else {}), **texts}
        kept = {name: whole[name] for name in HEADINGS[scope] if whole.get(name)}
        created = self._next_time(scope, about)
        return self._append(
            Analysis(uuid.uuid4().hex, scope, about, self.reviewer, created, kept, basis)
        )

    def take_back(self, last: Analysis) -> Analysis:
        """Record that one of this reviewer's analyses is withdrawn; the previous one holds."""
        created = self._next_time(last.scope, last.about)
        stamp = {"id": uuid.uuid4().hex, "created": created, "undoes": last.id}
        return self._append(replace(last, texts={}, basis=None, **stamp))  # type: ignore[arg-type]

    def record_again(self, last: Analysis) -> Analysis:
        """Record again what was taken back."""
        created = self._next_time(last.scope, last.about)
        return self._append(replace(last, id=uuid.uuid4().hex, created=created))

    def history(self, scope: AnalysisScope, about: str = "") -> list[Analysis]:
        """Every analysis of one subject in order, withdrawn ones included."""
        return sorted(self._by_subject.get((scope, about), ()), key=lambda r: r.created)

    def take_in(self, analyses: Iterable[Analysis]) -> None:
        """Add stored ones, such as a colleague's."""
        for analysis in analyses:
            held = self._by_subject.setdefault((analysis.scope, analysis.about), [])
            if all(record.id != analysis.id for record in held):
                held.append(analysis)

    def _append(self, record: Analysis) -> Analysis:
        self._by_subject.setdefault((record.scope, record.about), []).append(record)
        self.unsaved[record.id] = record
        if record.undoes is None:
            self.recorded(record)
        return record

    def _next_time(self, scope: AnalysisScope, about: str) -> datetime:
        """Now, but later than anything that this reviewer wrote on the subject."""
        now = self._now()
        own = [r.created for r in self.history(scope, about) if r.reviewer == self.reviewer]
        return now if not own or now > own[-1] else own[-1] + datetime.resolution
