"""Everything known of one attempt, together."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from core.models.attempt import Attempt
from core.models.criteria import Criteria, Outcome
from core.models.finding import CheckReport
from core.models.judgement import Judgement
from core.models.verdict import Verdict


class Contradiction(Struct, frozen=True):
    """Two voices that contradict each other on a criterion, or on the "outcome".

    `voices` are two of "check", "judge" and "person", in that order; twice "person" where
    reviewers differ.
    """

    about: str
    voices: tuple[str, str]


class Assessment(Struct, frozen=True):
    """Everything known of one attempt, and the outcome that follows (`core.assess.outcome`).

    `settled_by` says for each settled criterion who settled it: "person", "check" or "judge".
    `verdict` is the decision that counts: the reviewers' if they agree (its newest record), or the
    adjudicated one; None while nobody has decided, or while they are in dispute. `verdicts` has the
    newest valid record of each reviewer, decision or not; `outdated` those made on another patch or
    human change, which are shown and not counted.
    """

    attempt: Attempt
    criteria: Criteria
    settled_by: Mapping[str, str]
    outcome: Outcome
    verdict: Verdict | None = None
    report: CheckReport | None = None
    judgements: tuple[Judgement, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    outdated: tuple[Verdict, ...] = ()
    disputed: bool = False

    @property
    def conflicts(self) -> tuple[str, ...]:
        """What is contradicted, once each: criteria, and "outcome"."""
        return tuple(dict.fromkeys(found.about for found in self.contradictions))

    @property
    def record(self) -> Verdict | None:
        """The record to show if there is room for only one: the deciding one, else the newest."""
        if self.verdict is not None or not self.verdicts:
            return self.verdict
        return max(self.verdicts, key=lambda v: v.created)
