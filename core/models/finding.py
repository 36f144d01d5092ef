"""Facts: what checks found on an attempt, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.models.criteria import Criteria


class Severity(StrEnum):
    """How much a finding or an issue matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Side(StrEnum):
    """Which version of a file a line number counts in."""

    BASE = "base"
    HUMAN = "human"
    ATTEMPT = "attempt"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about an attempt. `line` counts from 1 in the version of `file` on `side`."""

    rule: str
    severity: Severity
    message: str
    certain: bool = False
    file: str | None = None
    line: int | None = None
    side: Side = Side.ATTEMPT


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The findings on one attempt, the criteria that certain rules settle, and what was measured.

    `inputs` is a hash of everything the checks read; a report is stale when it no longer matches.
    """

    attempt: str
    criteria: Criteria
    findings: tuple[Finding, ...] = ()
    measures: Mapping[str, float | int | bool | str | None] = field(default_factory=dict)
    inputs: str = ""
    created: datetime | None = None
