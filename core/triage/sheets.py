"""What one reviewer may write on an attempt, a human commit or the whole, and recording it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from core.assess.prefilling import prefilled
from core.models import HEADINGS, Analysis, AnalysisScope
from core.triage.triage import Triage

OF_VERDICT = {"note": "Note", "tags": "Tags"}
"""Texts on an attempt that are stored with the verdict, and their labels."""


class Sheet(Struct, frozen=True):
    """The recorded texts on one subject, by name, and their headings."""

    scope: AnalysisScope
    about: str  # an attempt's key, a human commit's sha, "" for the whole
    headings: Mapping[str, str]
    texts: Mapping[str, str]
    others: Mapping[str, str] = field(default_factory=dict)  # by name, what colleagues wrote
    closed: str = ""  # why nothing can be written now


class Sheets:
    """Prepares the sheets of one triage, and records what is written on them."""

    def __init__(self, triage: Triage) -> None:
        self._triage = triage

    def sheet(self, scope: AnalysisScope, about: str = "") -> Sheet:
        """What is recorded on a subject, as far as it may be seen."""
        headings = HEADINGS[scope]
        if scope is AnalysisScope.ATTEMPT:
            headings = {**OF_VERDICT, **headings}
            if self._triage.view.came_back(about):
                why = "Asked a second time: what you wrote before is sealed until you decide."
                return Sheet(scope, about, headings, {}, closed=why)
        own = self._triage.analyses.own(scope, about)
        texts = dict(own.texts) if own else {}
        if scope is AnalysisScope.ATTEMPT and (verdict := self._triage.own(about)) is not None:
            texts |= {"note": verdict.note, "tags": ", ".join(verdict.tags)}
        return Sheet(scope, about, headings, texts, self._others(scope, about))

    def prefill(self, sheet: Sheet, name: str) -> str:
        """What the visible evidence suggests for one heading of a sheet."""
        if sheet.scope is not AnalysisScope.ATTEMPT:
            return ""
        return prefilled(self._triage.assessment(sheet.about), name)

    def record(self, sheet: Sheet, texts: Mapping[str, str], **moment: Any) -> list[str]:
        """Record the texts that differ from the sheet; returns their headings. Not yet durable.

        `moment` is what belongs to the moment of a verdict (`Triage.decide`).
        """
        changed = {name: text for name, text in texts.items() if text != sheet.texts.get(name, "")}
        verdict: dict[str, Any] = {}
        if "note" in changed:
            verdict["note"] = changed["note"]
        if "tags" in changed:
            verdict["tags"] = tags_of(changed["tags"])
        if verdict:
            self._triage.decide(sheet.about, **verdict, **moment)
        written = {name: text for name, text in changed.items() if name not in OF_VERDICT}
        if written:
            is_attempt = sheet.scope is AnalysisScope.ATTEMPT
            basis = self._triage.basis(sheet.about) if is_attempt else None
            self._triage.analyses.write(sheet.scope, sheet.about, written, basis)
        return [sheet.headings[name] for name in sheet.headings if name in changed]

    def history(self, key: str) -> list[Analysis]:
        """Every analysis ever recorded on one attempt, in order; only one's own while sealed."""
        if self._triage.view.came_back(key):
            return []
        written = self._triage.analyses.history(AnalysisScope.ATTEMPT, key)
        sealed = self._triage.view.hides_others(key)
        return [one for one in written if not sealed or one.reviewer == self._triage.reviewer]

    def _others(self, scope: AnalysisScope, about: str) -> dict[str, str]:
        """What colleagues wrote, by heading; nothing while it could reveal what is sealed."""
        if self._is_sealed(scope, about):
            return {}
        found: dict[str, list[str]] = {}
        for reviewer, analysis in self._triage.analyses.of(scope, about).items():
            if reviewer != self._triage.reviewer:
                for name, text in analysis.texts.items():
                    found.setdefault(name, []).append(f"{reviewer}: {text}")
        return {name: "\n\n".join(texts) for name, texts in found.items()}

    def _is_sealed(self, scope: AnalysisScope, about: str) -> bool:
        view, run_set = self._triage.view, self._triage.run_set
        if not view.blind or scope is AnalysisScope.ATTEMPT:
            return scope is AnalysisScope.ATTEMPT and view.hides_others(about)
        shas = {about} if scope is AnalysisScope.COMMIT else set(self._triage.commit_shas)
        return any(view.is_sealed(a.key) for a in run_set.attempts if a.reference_sha in shas)


def tags_of(text: str) -> tuple[str, ...]:
    """Tags as people write them: comma-separated, duplicates removed."""
    return tuple(dict.fromkeys(filter(None, (tag.strip() for tag in text.split(",")))))
