"""Verdicts as they would be recorded: what they start from, rest on, and contradict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.assess.blind import seen
from core.assess.contradictions import flags_of
from core.assess.decisions import decision_of
from core.assess.outcome import has_patch
from core.errors import InputError
from core.models import UNKNOWN, Flag, Origin, Verdict
from core.records import replace
from core.triage.attempt_view import AttemptView
from core.triage.evidence import Evidence
from core.triage.verdict_book import VerdictBook


class VerdictDrafts:
    """Builds a reviewer's next verdict on an attempt, and records nothing."""

    def __init__(self, evidence: Evidence, book: VerdictBook, view: AttemptView) -> None:
        self._evidence = evidence
        self._book = book
        self._view = view

    def own(self, key: str, changes: Mapping[str, Any]) -> Verdict:
        """The reviewer's own verdict with changes; it names the assignment that it fulfils."""
        changes = {"in_view": self._view.in_view(key), **changes}
        waiting = self._view.waiting(key)
        if waiting:
            origin = changes.get("origin") or Origin()
            changes["origin"] = replace(origin, assignment=waiting[0].id, again=waiting[0].again)
        history = self._book.history(key)
        basis = self._evidence.basis(key, history)
        attempt, afresh = self._evidence.attempts[key], self._view.came_back(key)
        return self._flagged(self._book.draft(attempt, basis, changes, afresh=afresh))

    def adjudication(self, key: str, changes: Mapping[str, Any]) -> Verdict:
        """A verdict that settles a dispute. Raises `InputError` if there is none."""
        known, history = self._view.unsealed(key), self._book.history(key)
        if not known.disputed:
            raise InputError(
                f"{key} is not in dispute", "Only what reviewers disagree on can be settled."
            )
        heard = [v for v in known.verdicts if v.is_decision]
        heard += [v for v in history if v.adjudicates]
        changes = {"in_view": seen(known, self._book.reviewer), **changes}
        attempt, basis = self._evidence.attempts[key], self._evidence.basis(key, history)
        return self._flagged(self._book.adjudication(attempt, basis, heard, changes))

    def _flagged(self, verdict: Verdict) -> Verdict:
        return replace(verdict, flags=self._flags(verdict))

    def _flags(self, verdict: Verdict) -> tuple[Flag, ...]:
        report = self._evidence.report(verdict.attempt)
        facts = report.criteria if report else UNKNOWN
        patch = has_patch(self._evidence.attempts[verdict.attempt])
        return flags_of(decision_of(verdict), verdict.criteria, facts, patch)


def alike(verdict: Verdict) -> dict[str, Any]:
    """What is copied to other attempts with the same patch: all but what belongs to the moment."""
    names = ("criteria", "tags", "note", "comments", "origin")
    what = {name: getattr(verdict, name) for name in names}
    decided = "outcome" if verdict.cannot_tell is None else "cannot_tell"
    return {**what, decided: getattr(verdict, decided), "derived_from": verdict.id}
