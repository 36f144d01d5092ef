"""Decisions: what a person recorded of an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.models.criteria import UNKNOWN, Criteria, Outcome
from core.models.finding import Side


@dataclass(frozen=True, slots=True)
class LineComment:
    """A person's remark at a line of the human or the generated patch."""

    file: str
    line: int
    text: str
    side: Side = Side.ATTEMPT


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's decision on one attempt: a full snapshot, appended and never changed.

    `undoes` names the verdict that this record takes back; such a record decides nothing itself.
    """

    id: str
    attempt: str
    reviewer: str
    created: datetime
    outcome: Outcome = Outcome.UNDECIDED
    criteria: Criteria = UNKNOWN
    tags: tuple[str, ...] = ()
    note: str = ""
    comments: tuple[LineComment, ...] = ()
    blind: bool = False
    undoes: str | None = None
