"""Small verdicts, judgements and attempts for tests of what follows from them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from core.models import (
    Attempt,
    Basis,
    CheckReport,
    Criteria,
    Judgement,
    JudgementState,
    Outcome,
    PatchEvidence,
    PatchState,
    Verdict,
)

SHA = "a" * 40
NOON = datetime(2025, 11, 10, 12, tzinfo=UTC)
GOOD = Criteria(True, True, True, True, False)
ONE, OTHER = Basis("p1", "h1", "pb1", "hb1"), Basis("p2", "h1", "pb2", "hb1")

TRUE, PARTIAL = Outcome.TRUE_SUCCESS, Outcome.PARTIAL_SUCCESS
FALSE_POSITIVE, FAILURE = Outcome.FALSE_POSITIVE, Outcome.FAILURE
UNDECIDED = Outcome.UNDECIDED


def attempt(
    key: str = "r/a",
    state: PatchState = PatchState.WHOLE,
    marked: bool | None = True,
    **fields: Any,
) -> Attempt:
    return Attempt(key, SHA, marked_success=marked, patch=PatchEvidence(state), **fields)


def verdict(id: str, reviewer: str = "ada", minute: int = 0, **fields: Any) -> Verdict:
    return Verdict(id, "r/a", reviewer, NOON + timedelta(minutes=minute), **fields)


def judged(criteria: Criteria, id: str = "j", **fields: Any) -> Judgement:
    return Judgement(id, "r/a", JudgementState.VERDICT, criteria, **fields)


def report(criteria: Criteria) -> CheckReport:
    return CheckReport("r/a", criteria)
