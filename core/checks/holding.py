"""Which stored facts hold now: the strongest of each family that current evidence does not refute.

Missing evidence proves nothing against a fact that was found with it; evidence that was missing
then makes a fact weaker, not false.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from core.checks.inputs import BASE, BASE_NAME, COMMIT, MADE_ON, OPTIONAL, Inputs
from core.models import CRITERIA, CheckReport, Criteria, FactCounts, FamilyReport
from core.records import replace

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_SHORTEST_ID = 4


class Held(Struct, frozen=True):
    """The stored facts on one attempt that hold now, by family, and whether there were others."""

    reports: Mapping[str, FamilyReport]
    any_stored: bool


def count(counts: FactCounts, held: Held, families: Collection[str]) -> FactCounts:
    """The counts with one more attempt."""
    if held.reports.keys() >= set(families):
        return replace(counts, hold=counts.hold + 1)
    if held.any_stored:
        return replace(counts, stale=counts.stale + 1)
    return replace(counts, none=counts.none + 1)


def count_all(held: Iterable[Held], families: Collection[str]) -> FactCounts:
    """The counts of many attempts; those of which nothing is stored are most of them."""
    counts, silent = FactCounts(), 0
    for one in held:
        if one.reports or one.any_stored:
            counts = count(counts, one, families)
        else:
            silent += 1
    return replace(counts, none=counts.none + silent)


def find_held(stored: Sequence[FamilyReport], inputs: Inputs, families: Iterable[str]) -> Held:
    """The strongest reports on one attempt that hold; the newest among equals."""
    held = {}
    by_family: dict[str, list[FamilyReport]] = {}
    for report in stored:
        by_family.setdefault(report.family, []).append(report)
    for family in families if stored else ():
        now = inputs.of(family)
        holding = [r for r in by_family.get(family, ()) if holds(r, now, inputs.base_name)]
        if holding:
            held[family] = max(holding, key=_strength) if len(holding) > 1 else holding[0]
    return Held(held, bool(stored))


def holds(report: FamilyReport, now: Mapping[str, str], base_name: str = "") -> bool:
    """Does no current evidence contradict what a report rests on?"""
    then = report.rests_on
    if now.items() <= then.items():  # as most do
        return True
    if any(name not in then for name in now):
        return False
    if now.get(BASE) == "" and then[BASE] and base_name and not _same_id(then[BASE], base_name):
        return False
    return all(_agrees(name, then, now) for name in now)


def _agrees(name: str, then: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Does one current input agree with its earlier value?"""
    before, value = then[name], now[name]
    if before == value:
        return True
    if name == COMMIT:
        return _same_id(before, value)
    if name == BASE_NAME:
        return not (before and value) or _same_id(before, value)
    if name == MADE_ON:  # the repository decides; version tables alone say less
        return not value or (bool(then.get(BASE)) and not now.get(BASE))
    return name in OPTIONAL and not (before and value)


def is_weak(report: FamilyReport, now: Mapping[str, str]) -> bool:
    """Is there evidence now that was missing when the report was made?"""
    return any(now.get(name) and not report.rests_on.get(name) for name in OPTIONAL)


def join(attempt: str, reports: Iterable[FamilyReport]) -> CheckReport:
    """The families' reports on one attempt, merged.

    Two families that contradict each other leave the criterion unknown.
    """
    reports = tuple(reports)
    times = [report.created for report in reports if report.created is not None]
    return CheckReport(
        attempt,
        Criteria(**{name: _agreed(name, reports) for name in CRITERIA}),
        tuple(finding for report in reports for finding in report.findings),
        {name: value for report in reports for name, value in report.measures.items()},
        _digest([[report.family, sorted(report.rests_on.items())] for report in reports]),
        max(times, default=None),
    )


def _agreed(criterion: str, reports: Iterable[FamilyReport]) -> bool | None:
    answers = {getattr(report.criteria, criterion) for report in reports} - {None}
    return answers.pop() if len(answers) == 1 else None


def _strength(report: FamilyReport) -> tuple[int, datetime]:
    known = sum(bool(report.rests_on.get(name)) for name in OPTIONAL)
    return known, report.created or _BEFORE_ALL


def _same_id(one: str, other: str) -> bool:
    """Are two commit ids the same, though one may be abbreviated?"""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _SHORTEST_ID and longer.startswith(shorter)


def _digest(data: object) -> str:
    return hashlib.blake2b(json.dumps(data).encode(), digest_size=16).hexdigest()
