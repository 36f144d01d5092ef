"""What reports say of the attempts: of its submission and model, and nothing where they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from core.models import Attempt
from core.readers.found import FoundAttempt, Report, folder_of
from core.readers.join.file_names import holds, names_another
from core.readers.join.scopes import Home, Scopes, names_of
from core.readers.problems import Problems
from core.readers.record_names import instance_named


@dataclass(frozen=True, slots=True)
class Marked:
    """An attempt with what reports claim of it, and the reports that speak of it."""

    attempt: Attempt
    reports: tuple[Report, ...] = ()


def mark(
    attempts: Sequence[FoundAttempt], reports: Iterable[Report], root: str, problems: Problems
) -> list[Marked]:
    """The attempts with what reports claim of them, in their order."""
    scopes = Scopes(attempts, root)
    said: dict[int, list[tuple[bool | None, Report]]] = defaultdict(list)
    for report in reports:
        spoken_of = _spoken_of(report, attempts, scopes, problems)
        for at, claim in spoken_of:
            said[at].append((claim, report))
        if not spoken_of and not report.silent and not problems.names(report.path):
            problems.add(report.path, "is a report that speaks of no attempt that was found")
    contradictions: dict[tuple[str, str], int] = defaultdict(int)
    result = []
    for at, found in enumerate(attempts):
        attempt, pair = _marked(found.attempt, said.get(at, []))
        result.append(Marked(attempt, tuple(report for _, report in said.get(at, ()))))
        if pair:
            contradictions[pair] += 1
    for (one, other), number in contradictions.items():
        of = f"{number} attempts" if number > 1 else "one attempt"
        beside = problems.below_root(other)
        problems.add(one, f"and {beside} contradict each other on {of}: neither is believed")
    return result


def _spoken_of(
    report: Report, attempts: Sequence[FoundAttempt], scopes: Scopes, problems: Problems
) -> list[tuple[int, bool | None]]:
    """The attempts that a report speaks of, with what it says (None: the evaluation failed)."""
    home = scopes.home(folder_of(report.path))
    named = _named(report, home, attempts)
    if not named:
        return []
    mine = _of_the_model(report, home, named, attempts)
    if mine is None:
        reason = "does not say which of several models it speaks of: it is not believed"
        problems.add(report.path, reason)
        return []
    return [(at, _claim(report, attempts[at].instance)) for at in mine]


def _named(report: Report, home: Home, attempts: Sequence[FoundAttempt]) -> list[int]:
    """The attempts near a report whose tasks it says anything of."""
    if report.rest is None:
        names = report.claims.keys() | report.errors
        return sorted({at for name in names for at in home.by_task.get(name, ())})
    unknown = report.unknown - report.errors
    return [at for at in home.near if attempts[at].instance not in unknown]


def _claim(report: Report, name: str) -> bool | None:
    for called in (name, instance_named(name)):
        if called in report.errors:
            return None
        if called in report.claims:
            return report.claims[called]
    return report.rest


def _of_the_model(
    report: Report,
    home: Home,
    named: list[int],
    attempts: Sequence[FoundAttempt],
) -> list[int] | None:
    """Those of the longest model name that the report's name holds; None: it could be several."""
    if report.names:
        wanted = set(report.names)
        mine = [at for at in named if wanted & names_of(attempts[at])]
        if mine or len({attempts[at].attempt.model for at in home.near}) > 1:
            return mine
        return named
    path = PurePath(report.path).relative_to(home.folder)
    held = [name for name in home.by_name if holds(path, name)]
    if held:
        longest = home.by_name[max(held, key=len)]
        return [at for at in named if at in longest]
    if any(names_another(path.name, name) for name in home.by_name):
        return []
    models = {attempts[at].submission or attempts[at].attempt.model for at in named}
    return named if len(models) == 1 else None


def _marked(
    attempt: Attempt, said: list[tuple[bool | None, Report]]
) -> tuple[Attempt, tuple[str, str] | None]:
    """An attempt with the claim on which its reports agree, else the two that contradict."""
    if not said:
        return attempt, None
    logs = tuple(log for _, report in said for log in report.logs)
    attempt = replace(attempt, logs=attempt.logs + logs)
    by_claim = dict(reversed(said))
    if len(by_claim) > 1:
        one, other = sorted(report.path for report in list(by_claim.values())[:2])
        return replace(attempt, marked_success=None), (one, other)
    claim = said[0][0]
    if claim is None:
        return replace(attempt, marked_success=None, status="error"), None
    if attempt.marked_success is not None and attempt.marked_success is not claim:
        return replace(attempt, marked_success=None), (said[0][1].path, attempt.run)
    status = attempt.status or ("resolved" if claim else "unresolved")
    return replace(attempt, marked_success=claim, status=status), None
