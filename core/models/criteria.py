"""The criteria, and the outcomes that follow from them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from core.records import field_names


class Outcome(StrEnum):
    """What an attempt turned out to be. Undecided means none of the other four."""

    TRUE_SUCCESS = "true_success"
    PARTIAL_SUCCESS = "partial_success"
    FALSE_POSITIVE = "false_positive"
    FAILURE = "failure"
    UNDECIDED = "undecided"


class Criteria(Struct, frozen=True):
    """The five criteria and the quality score (0..1); `None` is unknown.

    `is_template_code` is the one that is bad when true.
    """

    syntax_correct: bool | None = None
    files_match: bool | None = None
    optimization_logic_match: bool | None = None
    is_complete: bool | None = None
    is_template_code: bool | None = None
    quality_score: float | None = None


CRITERIA: tuple[str, ...] = tuple(n for n in field_names(Criteria) if n != "quality_score")
"""Names of the five yes/no criteria, in the order in which they are shown."""


UNKNOWN = Criteria()
"""Criteria that are all unknown."""
