"""Facts: what checks found about an attempt, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from core.models.criteria import Criteria


class Severity(StrEnum):
    """How much a finding or an issue matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Side(StrEnum):
    """Which version of a file a line number refers to."""

    BASE = "base"
    HUMAN = "human"
    ATTEMPT = "attempt"


def place_of(file: str | None, line: int | None) -> str:
    """A place as people write it: "file:line", "file", or "" for the whole attempt."""
    return file or "" if line is None or not file else f"{file}:{line}"


class Finding(Struct, frozen=True):
    """One fact about an attempt. `line` counts from 1 in the version of `file` on `side`."""

    rule: str
    severity: Severity
    message: str
    certain: bool = False
    file: str | None = None
    line: int | None = None
    side: Side = Side.ATTEMPT

    @property
    def place(self) -> str:
        """Where it is, as people write it: see `place_of`."""
        return place_of(self.file, self.line)


Measures = Mapping[str, float | int | bool | str | None]


class FamilyReport(Struct, frozen=True):
    """What the rules of one family say about an attempt, and what that rests on.

    `rests_on` maps the name of an input (`core.checks.inputs`) to its hash or id, "" if it was
    missing; the report holds as long as no current input differs.
    """

    attempt: str
    family: str
    rests_on: Mapping[str, str]
    criteria: Criteria
    findings: tuple[Finding, ...] = ()
    measures: Measures = field(default_factory=dict)
    created: datetime | None = None


class FactCounts(Struct, frozen=True):
    """Numbers of attempts: facts of every family hold, some are stale, there are none."""

    hold: int = 0
    stale: int = 0
    none: int = 0

    def __str__(self) -> str:
        return f"check reports: {self.hold} hold, {self.stale} stale, {self.none} none"

    @property
    def advice(self) -> str:
        """What to do about stale or missing ones; "" if there are none."""
        return "run `patchjury check`" if self.stale or self.none else ""


def by_rule(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by the rule that states them, most severe rules first."""
    order = list(Severity)
    found: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: -order.index(f.severity)):
        found.setdefault(finding.rule, []).append(finding)
    return found


class CheckReport(Struct, frozen=True):
    """The findings on one attempt, the criteria settled by certain rules, and the measures.

    Merged from the families' reports; `inputs` is a hash of everything they rest on, "" if the
    attempt could not be checked.
    """

    attempt: str
    criteria: Criteria
    findings: tuple[Finding, ...] = ()
    measures: Measures = field(default_factory=dict)
    inputs: str = ""
    created: datetime | None = None
