"""The records that pass between the layers, and the vocabulary they fix (`docs/architecture.md`).

Records are frozen dataclasses, so that they can be shared between threads and processes. JSON in
and out of them goes through `core.codec`. `None` always means unknown and never false.
"""

from core.models.assessment import Assessment
from core.models.attempt import Attempt, Execution, HumanCommit, PatchEvidence, PatchState
from core.models.criteria import CRITERIA, UNKNOWN, Criteria, Outcome
from core.models.finding import CheckReport, Finding, Severity, Side
from core.models.judgement import (
    FAKE_ORIGIN,
    Answer,
    Call,
    Issue,
    Judgement,
    JudgementState,
    Rubric,
    Usage,
)
from core.models.run_set import LoadProblem, RunSet
from core.models.verdict import LineComment, Verdict

__all__ = [
    "CRITERIA",
    "FAKE_ORIGIN",
    "UNKNOWN",
    "Answer",
    "Assessment",
    "Attempt",
    "Call",
    "CheckReport",
    "Criteria",
    "Execution",
    "Finding",
    "HumanCommit",
    "Issue",
    "Judgement",
    "JudgementState",
    "LineComment",
    "LoadProblem",
    "Outcome",
    "PatchEvidence",
    "PatchState",
    "Rubric",
    "RunSet",
    "Severity",
    "Side",
    "Usage",
    "Verdict",
]
