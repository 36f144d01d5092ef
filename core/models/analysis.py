"""Analyses: what a reviewer writes under headings about an attempt, a human commit or the whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from core.models.verdict import Basis


class AnalysisScope(StrEnum):
    """What an analysis is about."""

    ATTEMPT = "attempt"
    COMMIT = "commit"
    WHOLE = "whole"


HEADINGS: Mapping[AnalysisScope, Mapping[str, str]] = {
    AnalysisScope.ATTEMPT: {
        "right": "What is right",
        "errors": "Critical errors",
        "over_optimization": "Over-optimisation",
        "logic": "Logic difference",
        "story": "What happened",
    },
    AnalysisScope.COMMIT: {
        "change": "What it does and why",
        "conclusion": "Conclusion",
    },
    AnalysisScope.WHOLE: {
        "key_finding": "Key finding",
        "findings": "Findings",
        "recommendations": "Recommendations",
    },
}
"""By scope, the names used in `Analysis.texts` and the headings they are shown under."""


class Analysis(Struct, frozen=True):
    """A reviewer's texts on one subject: a full snapshot, appended; the newest of each counts.

    `about` is an attempt's key, a human commit's sha, or "" for the whole. A record that names
    another in `undoes` takes that one back and says nothing itself.
    """

    id: str
    scope: AnalysisScope
    about: str
    reviewer: str
    created: datetime
    texts: Mapping[str, str] = field(default_factory=dict)  # name of a heading -> text
    basis: Basis | None = None
    undoes: str | None = None
