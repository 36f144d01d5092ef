"""The JSON of commands that print no other room's record: one record per command.

`schema_version` comes first in each (`tui.cli.output.emit_record`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from msgspec import Struct

from core.assess.assigning import ReviewerLoad
from core.diagnosis import Diagnosis
from core.models import LoadProblem
from core.settings.listing import Row
from core.stats.agreement import Agreement
from core.stats.conditions import Condition, ConditionState, is_met
from core.stats.foreign_judges import ForeignJudge, OpinionAndMeasurement

SCHEMA_VERSION = 1
"""The version of all of these."""


MergedFrom = TypedDict(
    "MergedFrom", {"from": str, "added": Mapping[str, int], "known": int, "problems": int}
)
"""What one store or export added: new records by table, known ones, and stray ones."""


class Merged(Struct, frozen=True):
    """`patchjury merge --json`."""

    merged: tuple[MergedFrom, ...]


class GateCondition(Struct, frozen=True):
    """One condition: counts of attempts, and the bounds of their share (None: no attempts)."""

    name: str
    met: ConditionState
    yes: int
    no: int
    unknown: int
    low: float | None
    high: float | None
    bound: float
    at_least: bool
    source: str


class Gate(Struct, frozen=True):
    """`patchjury gate --json`."""

    met: bool
    conditions: tuple[GateCondition, ...]


class Assigned(Struct, frozen=True):
    """`patchjury assign --json`."""

    reviewers: tuple[ReviewerLoad, ...]


class Diagnosed(Struct, frozen=True):
    """`patchjury doctor --json`."""

    diagnoses: tuple[Diagnosis, ...]


class SettingsListing(Struct, frozen=True):
    """`patchjury settings --json`: the user's file, and what holds."""

    file: str
    settings: tuple[Row, ...]
    problems: tuple[LoadProblem, ...]


class MeasuredOpinions(Struct, frozen=True):
    """The opinions of one column beside a measurement and its limit."""

    opinion: str
    measure: str
    limit: float
    rows: tuple[OpinionAndMeasurement, ...]


class TableAudit(Struct, frozen=True):
    """`patchjury audit RUNS FILE --json`; `against`: another judge by column, if one was named."""

    key: str
    table: ForeignJudge
    against: Mapping[str, Agreement]
    measured: tuple[MeasuredOpinions, ...]


def gate_document(conditions: Iterable[Condition]) -> Gate:
    """A gate's verdict on its conditions."""
    asked = tuple(conditions)
    return Gate(
        is_met(asked),
        tuple(
            GateCondition(
                one.name,
                one.met,
                one.bounds.yes,
                one.bounds.no,
                one.bounds.unknown,
                one.bounds.low,
                one.bounds.high,
                one.bound,
                one.at_least,
                one.source,
            )
            for one in asked
        ),
    )
