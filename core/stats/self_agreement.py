"""Self-agreement: reviewers' decisions on repeated attempts, beside their first ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from core.assess.decisions import Decision, decision_of, newest, not_taken_back
from core.models import Verdict


class RepeatedDecision(Struct, frozen=True):
    """One reviewer's two decisions on one attempt."""

    attempt: str
    reviewer: str
    first: Decision
    again: Decision

    @property
    def agrees(self) -> bool:
        """Are the two the same?"""
        return self.first is self.again


def repeated_decisions(histories: Iterable[Sequence[Verdict]]) -> Iterator[RepeatedDecision]:
    """The pairs of decisions, each with the last one before the attempt came back."""
    for history in histories:
        for verdict in not_taken_back(history):
            if verdict.origin is None or not verdict.origin.again:
                continue
            before = [
                v
                for v in not_taken_back(history)
                if v.reviewer == verdict.reviewer
                and v.created < verdict.created
                and not v.adjudicates
                and v.is_decision
            ]
            again = decision_of(verdict)
            last = newest(before)
            first = decision_of(last) if last else None
            if again is not None and first is not None:
                yield RepeatedDecision(verdict.attempt, verdict.reviewer, first, again)
