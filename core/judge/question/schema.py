"""What a judge may answer: the strict JSON schemas, and answers read back against them.

A criterion whose evidence is missing has `cannot_assess` as its only answer in the schema itself.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Literal

import msgspec

from core.assess.opinions import ANSWERS, CANNOT
from core.models import CRITERIA, Issue, Severity

Word = Literal["yes", "no", "cannot_assess"]


class CriterionReply(msgspec.Struct, forbid_unknown_fields=True):
    """One criterion as answered."""

    evidence: list[str]
    why: str
    answer: Word


class IssueReply(msgspec.Struct, forbid_unknown_fields=True):
    """One issue as answered."""

    severity: Severity
    file: str | None
    line: int | None
    message: str


class CriteriaReply(msgspec.Struct, forbid_unknown_fields=True):
    """The five criteria as answered."""

    syntax_correct: CriterionReply
    files_match: CriterionReply
    optimization_logic_match: CriterionReply
    is_complete: CriterionReply
    is_template_code: CriterionReply


class JudgementReply(msgspec.Struct, forbid_unknown_fields=True):
    """An attempt's judgement as answered."""

    reasoning: str
    criteria: CriteriaReply
    issues: list[IssueReply]
    quality_score: Annotated[float, msgspec.Meta(ge=0, le=1)] | None

    @property
    def by_criterion(self) -> dict[str, CriterionReply]:
        """The answers by the names of their criteria."""
        return {name: getattr(self.criteria, name) for name in CRITERIA}


class RubricReply(msgspec.Struct, forbid_unknown_fields=True):
    """A rubric as answered."""

    bottleneck: str
    essential_change: Annotated[str, msgspec.Meta(min_length=1)]
    must_haves: list[str]
    acceptable_alternatives: list[str]


def parse_judgement(text: str) -> JudgementReply:
    """The judgement in a model's text. Raises `ValueError` that says where it does not fit."""
    return msgspec.json.decode(text.encode("utf-8", "replace"), type=JudgementReply)


def parse_rubric(text: str) -> RubricReply:
    """The rubric in a model's text. Raises `ValueError` that says where it does not fit."""
    return msgspec.json.decode(text.encode("utf-8", "replace"), type=RubricReply)


def read_issues(reply: JudgementReply) -> tuple[Issue, ...]:
    """The issues of a reply; a line that cannot be one is dropped."""
    return tuple(
        Issue(
            issue.message,
            issue.severity,
            issue.file or None,
            issue.line if issue.line is not None and issue.line > 0 else None,
        )
        for issue in reply.issues
    )


def judgement_schema(blocked: Collection[str] = ()) -> dict[str, Any]:
    """The strict schema of a judgement; `blocked` criteria can only be `cannot_assess`."""
    issue = _object(
        severity={"type": "string", "enum": [severity.value for severity in Severity]},
        file={"type": ["string", "null"]},
        line={"type": ["integer", "null"]},
        message={"type": "string"},
    )
    criteria = {name: _criterion([CANNOT] if name in blocked else ANSWERS) for name in CRITERIA}
    return _object(
        reasoning={"type": "string"},
        criteria=_object(**criteria),
        issues={"type": "array", "items": issue},
        quality_score={"type": ["number", "null"]},
    )


def rubric_schema() -> dict[str, Any]:
    """The strict schema of a rubric."""
    texts = {"type": "array", "items": {"type": "string"}}
    return _object(
        bottleneck={"type": "string"},
        essential_change={"type": "string"},
        must_haves=texts,
        acceptable_alternatives=texts,
    )


def _criterion(answers: Collection[str]) -> dict[str, Any]:
    # Evidence and reason come first: a model that has to quote before it answers answers better.
    return _object(
        evidence={"type": "array", "items": {"type": "string"}},
        why={"type": "string"},
        answer={"type": "string", "enum": list(answers)},
    )


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
