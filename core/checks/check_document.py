"""The JSON of `patchjury check`, attempt by attempt (`docs/check-report.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from core import codec
from core.assess.outcome import assess
from core.models import Attempt, CheckReport, Finding, LoadProblem, Outcome

SCHEMA_VERSION = 1

MeasureValue = float | int | bool | str | None


class CheckedCriteria(Struct, frozen=True):
    """What certain rules settle; `applies` is not a criterion, but is listed with them."""

    applies: bool | None
    syntax_correct: bool | None
    files_match: bool | None
    optimization_logic_match: bool | None
    is_complete: bool | None
    is_template_code: bool | None


class CheckedAttempt(Struct, frozen=True):
    """What the checks say about one attempt; the outcome is the one that they alone imply."""

    attempt: str
    human_commit: str
    marked_success: bool | None
    criteria: CheckedCriteria
    measures: Mapping[str, MeasureValue]
    findings: tuple[Finding, ...]
    outcome: Outcome


class CheckDocument(Struct, frozen=True):
    """The whole document."""

    schema_version: int
    attempts: tuple[CheckedAttempt, ...]
    load_problems: tuple[LoadProblem, ...]


def attempt_entry(attempt: Attempt, report: CheckReport) -> dict[str, Any]:
    """One attempt as plain JSON data."""
    measures = dict(report.measures)
    applies, found = measures.pop("applies", None), report.criteria
    record = CheckedAttempt(
        attempt.key,
        attempt.reference_sha,
        attempt.marked_success,
        CheckedCriteria(
            applies if isinstance(applies, bool) else None,
            found.syntax_correct,
            found.files_match,
            found.optimization_logic_match,
            found.is_complete,
            found.is_template_code,
        ),
        measures,
        report.findings,
        assess(attempt, report=report).outcome,
    )
    data: dict[str, Any] = codec.to_data(record)
    return data


def check_frame(problems: tuple[LoadProblem, ...]) -> dict[str, Any]:
    """The document as plain JSON data, still without attempts."""
    data: dict[str, Any] = codec.to_data(CheckDocument(SCHEMA_VERSION, (), problems))
    return data
