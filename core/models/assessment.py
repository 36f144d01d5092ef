"""Everything known of one attempt, together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.models.attempt import Attempt
from core.models.criteria import Criteria, Outcome
from core.models.finding import CheckReport
from core.models.judgement import Judgement
from core.models.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything known of one attempt, and the outcome that follows (`core.assess.outcome`).

    `settled_by` says for each settled criterion who settled it: "person", "check" or "judge";
    `conflicts` names the criteria on which a check or the person and the judge disagree.
    """

    attempt: Attempt
    criteria: Criteria
    settled_by: Mapping[str, str]
    outcome: Outcome
    verdict: Verdict | None = None
    report: CheckReport | None = None
    judgements: tuple[Judgement, ...] = ()
    conflicts: tuple[str, ...] = ()
