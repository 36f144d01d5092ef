"""The records that pass between the layers, and the vocabulary they fix (`docs/architecture.md`).

Records are frozen Structs, so that threads and processes can share them. Conversion to and from
JSON goes through `core.codec`. `None` always means unknown and never false.
"""

from core.models.analysis import HEADINGS, Analysis, AnalysisScope
from core.models.assessment import Assessment, Contradiction
from core.models.assignment import Assignment
from core.models.attempt import Attempt, Execution, HumanCommit, PatchEvidence, PatchState
from core.models.criteria import CRITERIA, UNKNOWN, Criteria, Outcome
from core.models.finding import (
    CheckReport,
    FactCounts,
    FamilyReport,
    Finding,
    Severity,
    Side,
    by_rule,
)
from core.models.judgement import (
    FAKE_ORIGIN,
    OWN_ORIGIN,
    Answer,
    Call,
    Issue,
    Judgement,
    JudgementState,
    Rubric,
    Usage,
)
from core.models.measurement import (
    DEFAULT_LIMITS,
    Claim,
    Direction,
    Measurement,
    SpeedLimits,
    Subject,
)
from core.models.reported import Reported, ReportedLedger
from core.models.run_set import LoadProblem, RunSet
from core.models.verdict import (
    NO_PATCH,
    Basis,
    CommentKind,
    Flag,
    InView,
    LineComment,
    Origin,
    Verdict,
)

__all__ = [
    "CRITERIA",
    "DEFAULT_LIMITS",
    "FAKE_ORIGIN",
    "HEADINGS",
    "NO_PATCH",
    "OWN_ORIGIN",
    "UNKNOWN",
    "Analysis",
    "AnalysisScope",
    "Answer",
    "Assessment",
    "Assignment",
    "Attempt",
    "Basis",
    "Call",
    "CheckReport",
    "Claim",
    "CommentKind",
    "Contradiction",
    "Criteria",
    "Direction",
    "Execution",
    "FactCounts",
    "FamilyReport",
    "Finding",
    "Flag",
    "HumanCommit",
    "InView",
    "Issue",
    "Judgement",
    "JudgementState",
    "LineComment",
    "LoadProblem",
    "Measurement",
    "Origin",
    "Outcome",
    "PatchEvidence",
    "PatchState",
    "Reported",
    "ReportedLedger",
    "Rubric",
    "RunSet",
    "Severity",
    "Side",
    "SpeedLimits",
    "Subject",
    "Usage",
    "Verdict",
    "by_rule",
]
