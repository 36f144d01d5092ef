"""What an export reports about facts and money, as records kept under the import's name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core import codec
from core.models import CheckReport, LoadProblem, Reported, ReportedLedger, RunSet
from core.store.trust import source_name


def read_reported(
    data: Mapping[str, Any], run_set: RunSet, source: str, name: str, problems: list[LoadProblem]
) -> dict[str, tuple[Reported, ...]]:
    """By human commit, the check reports on attempts of this run set; under "" the ledger."""
    try:
        created = codec.from_data(data.get("created"), datetime)
    except ValueError:
        return {}  # a single attempt, or an export from before exports had a time
    if created.utcoffset() is None:
        return {}
    by = source_name(source)
    generator = str(data.get("generator", ""))[:100]
    found: dict[str, tuple[Reported, ...]] = {}
    for human, reports in _reports(data, run_set, name, problems).items():
        one = Reported(f"{source}|{human}", created, by, human, generator, tuple(reports))
        found[human] = (one,)
    ledger = _ledger(data, name, problems)
    if ledger is not None:
        one = Reported(f"{source}|", created, by, "", generator, ledger=ledger)
        found[""] = (*found.get("", ()), one)
    return found


def _reports(
    data: Mapping[str, Any], run_set: RunSet, name: str, problems: list[LoadProblem]
) -> dict[str, list[CheckReport]]:
    humans = {attempt.key: attempt.reference_sha for attempt in run_set.attempts}
    found: dict[str, list[CheckReport]] = {}
    attempts = data.get("attempts")
    for one in attempts if isinstance(attempts, list) else ():
        if not isinstance(one, dict) or one.get("key") not in humans or one.get("check") is None:
            continue
        try:
            report = codec.from_data(one["check"], CheckReport)
        except (ValueError, RecursionError) as error:
            problems.append(LoadProblem(name, f"the check report on {one['key']}: {error}"))
            continue
        if report.attempt == one["key"]:
            found.setdefault(humans[report.attempt], []).append(report)
    return found


def _ledger(
    data: Mapping[str, Any], name: str, problems: list[LoadProblem]
) -> ReportedLedger | None:
    given = data.get("given")
    told = given.get("ledger") if isinstance(given, dict) else None
    if told is None:
        return None
    try:
        return codec.from_data(told, ReportedLedger)
    except (ValueError, RecursionError) as error:
        problems.append(LoadProblem(name, f"the ledger: {error}"))
        return None
