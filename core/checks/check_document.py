"""The JSON of `patchjury check`, attempt by attempt (`docs/check-report.md`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core import codec
from core.assess.outcome import assess
from core.models import CRITERIA, Attempt, CheckReport, LoadProblem

SCHEMA_VERSION = 1


def attempt_entry(attempt: Attempt, report: CheckReport) -> dict[str, Any]:
    """What the checks say of one attempt; the outcome is the one that they alone imply."""
    measures = dict(report.measures)
    applies = measures.pop("applies", None)
    criteria = {name: getattr(report.criteria, name) for name in CRITERIA}
    return {
        "attempt": attempt.key,
        "human_commit": attempt.reference_sha,
        "marked_success": attempt.marked_success,
        "criteria": {"applies": applies, **criteria},
        "measures": measures,
        "findings": [codec.to_data(finding) for finding in report.findings],
        "outcome": assess(attempt, report=report).outcome.value,
    }


def check_document(
    entries: Iterable[dict[str, Any]], problems: Iterable[LoadProblem] = ()
) -> dict[str, Any]:
    """The whole document."""
    return {
        "schema_version": SCHEMA_VERSION,
        "attempts": list(entries),
        "load_problems": [codec.to_data(problem) for problem in problems],
    }
