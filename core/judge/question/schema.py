"""What a judge may answer: the strict JSON schemas, and answers validated against them.

In the schema itself, a criterion with missing evidence has `cannot_assess` as its only answer.
"Complete" is not asked: every must-have of the rubric is, and completeness follows from them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec

from core.assess.opinions import ANSWERS, CANNOT, COMPLETE
from core.models import CRITERIA, Issue, Severity

Word = Literal["yes", "no", "cannot_assess"]

ASKED = tuple(name for name in CRITERIA if name != COMPLETE)
"""The criteria that are asked; completeness follows from the must-haves."""


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
    """The criteria as answered; the first version of the schema asked for completeness too."""

    syntax_correct: CriterionReply
    files_match: CriterionReply
    optimization_logic_match: CriterionReply
    is_template_code: CriterionReply
    is_complete: CriterionReply | None = None


class JudgementReply(msgspec.Struct, forbid_unknown_fields=True):
    """An attempt's judgement as answered."""

    reasoning: str
    criteria: CriteriaReply
    issues: list[IssueReply]
    quality_score: Annotated[float, msgspec.Meta(ge=0, le=1)] | None
    must_haves: dict[str, CriterionReply] = {}

    @property
    def by_criterion(self) -> dict[str, CriterionReply]:
        """The answers by criterion, for those that were asked."""
        found = {name: getattr(self.criteria, name) for name in CRITERIA}
        return {name: reply for name, reply in found.items() if reply is not None}


class RubricReply(msgspec.Struct, forbid_unknown_fields=True):
    """A rubric as answered."""

    bottleneck: str
    essential_change: Annotated[str, msgspec.Meta(min_length=1)]
    must_haves: list[str]
    acceptable_alternatives: list[str]


def parse_judgement(text: str, must_haves: int | None = None) -> JudgementReply:
    """The judgement in a model's text; `must_haves` is the number that must be answered.

    Raises `ValueError` that says where it does not fit.
    """
    reply = msgspec.json.decode(text.encode("utf-8", "replace"), type=JudgementReply)
    if must_haves is not None and reply.must_haves.keys() != set(must_have_names(must_haves)):
        raise ValueError(f"{must_haves} must-haves were asked about - at `$.must_haves`")
    return reply


def parse_rubric(text: str) -> RubricReply:
    """The rubric in a model's text. Raises `ValueError` that says where it does not fit."""
    return msgspec.json.decode(text.encode("utf-8", "replace"), type=RubricReply)


def find_object(text: str) -> str | None:
    """The one JSON object within a longer text: in a Markdown fence, or after a preface.

    None when the text is just an object, or holds none.
    """
    stripped = text.strip()
    if stripped.startswith(("{", "[")):
        return None
    blocks = re.findall(r"```(?:json)?\s*\n(.*?)\n\s*```", stripped, re.S)
    candidate = blocks[0] if len(blocks) == 1 else "".join(stripped.partition("{")[1:])
    candidate = str(candidate).strip()
    try:
        found, end = json.JSONDecoder().raw_decode(candidate)
    except (ValueError, RecursionError):
        return None
    return candidate[:end] if isinstance(found, dict) else None


def read_issues(reply: JudgementReply) -> tuple[Issue, ...]:
    """The issues of a reply with the places that it names, which need not exist."""
    return tuple(
        Issue(issue.message, issue.severity, issue.file or None, issue.line)
        for issue in reply.issues
    )


def must_have_names(number: int) -> list[str]:
    """The names under which must-haves are answered."""
    return [f"m{n}" for n in range(1, number + 1)]


def judgement_schema(blocked: Collection[str] = (), must_haves: int = 0) -> Mapping[str, Any]:
    """The strict schema of a judgement; `blocked` criteria can only be `cannot_assess`."""
    return _judgement_schema(frozenset(blocked), must_haves)


@lru_cache(maxsize=64)
def _judgement_schema(blocked: frozenset[str], must_haves: int) -> Mapping[str, Any]:
    issue = _object(
        severity={"type": "string", "enum": [severity.value for severity in Severity]},
        file={"type": ["string", "null"]},
        line={"type": ["integer", "null"]},
        message={"type": "string"},
    )
    criteria = {name: _criterion([CANNOT] if name in blocked else ANSWERS) for name in ASKED}
    words = [CANNOT] if COMPLETE in blocked else ANSWERS
    return _object(
        reasoning={"type": "string"},
        criteria=_object(**criteria),
        must_haves=_object(**{name: _criterion(words) for name in must_have_names(must_haves)}),
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


def shape_in_words(name: str, blocked: Collection[str], must_haves: int) -> str:
    """The named schema in words, for a server that does not enforce it on a model."""
    start = "Answer with one JSON object and nothing else, with these keys:\n"
    if name == "rubric":
        return start + (
            "bottleneck (text), essential_change (text), must_haves (list of texts), "
            "acceptable_alternatives (list of texts)."
        )
    names = ", ".join(must_have_names(must_haves))
    lines = [
        "reasoning (text);",
        f"criteria (object with the keys {', '.join(ASKED)}, each an object with evidence (list "
        'of quoted lines), why (text) and answer ("yes", "no" or "cannot_assess"));',
        f"must_haves (object with the keys {names}, each answered in the same way);"
        if names
        else "must_haves (an empty object);",
        'issues (list of objects with severity ("info", "warning" or "error"), file (text or '
        "null), line (whole number or null) and message (text));",
        "quality_score (number from 0 to 1, or null).",
    ]
    withheld = [name for name in ASKED if name in blocked]
    withheld += ["every must-have"] if COMPLETE in blocked and names else []
    if withheld:
        told = ", ".join(withheld)
        lines.append(f"Because evidence is missing, the only answer to {told} is cannot_assess.")
    return start + "\n".join(lines)


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
