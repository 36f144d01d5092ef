"""What reports claim about attempts: within their submission and model, nothing if they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

from msgspec import Struct

from core.models import Attempt
from core.readers.found import FoundAttempt, Report, folder_of
from core.readers.join.file_names import holds, names_another, spellings
from core.readers.join.scopes import Home, Scopes, names_of
from core.readers.problems import Problems
from core.readers.record_names import instance_named
from core.records import replace


class Marked(Struct, frozen=True):
    """An attempt with the claims of reports, and the reports about it."""

    attempt: Attempt
    reports: tuple[Report, ...] = ()


class _Said(Struct, frozen=True):
    """What a report says about one attempt; None: its evaluation failed.

    It is certain unless it could also be about another attempt of the model at the task.
    """

    claim: bool | None
    report: Report
    is_sure: bool


def mark(
    attempts: Sequence[FoundAttempt], reports: Iterable[Report], root: str, problems: Problems
) -> list[Marked]:
    """The attempts with the reports' claims, in order."""
    scopes = Scopes(attempts, root)
    said: dict[int, list[_Said]] = defaultdict(list)
    for report in reports:
        spoken_of = _spoken_of(report, attempts, scopes, problems)
        for at, one in spoken_of:
            said[at].append(one)
        if not spoken_of and not report.silent and not problems.names(report.path):
            problems.add(report.path, "is a report about none of the attempts found")
    contradictions: dict[tuple[str, str], int] = defaultdict(int)
    unsure: dict[str, int] = defaultdict(int)
    result = []
    for at, found in enumerate(attempts):
        mine = said.get(at, [])
        attempt, pair = _marked(found.attempt, mine)
        believed = tuple(one.report for one in mine if one.is_sure)
        result.append(Marked(attempt, believed))
        if pair:
            contradictions[pair] += 1
        elif mine and not believed:
            unsure[mine[0].report.path] += 1
    _say(contradictions, unsure, problems)
    return result


def _say(
    contradictions: Mapping[tuple[str, str], int], unsure: Mapping[str, int], problems: Problems
) -> None:
    for (one, other), number in contradictions.items():
        of = f"{number} attempts" if number > 1 else "one attempt"
        beside = problems.below_root(other)
        problems.add(one, f"and {beside} contradict each other on {of}: both are ignored")
    for path, number in unsure.items():
        reason = f"is about tasks for which one model has several attempts here ({number} in all)"
        problems.add(path, f"{reason}: it does not say which, and is ignored")


def _spoken_of(
    report: Report, attempts: Sequence[FoundAttempt], scopes: Scopes, problems: Problems
) -> list[tuple[int, _Said]]:
    """The attempts that a report is about, with what it says."""
    home = scopes.home(folder_of(report.path))
    named = _named(report, home, attempts)
    if not named:
        return []
    mine = _of_the_model(report, home, named, attempts)
    if mine is None:
        reason = "does not say which of several models it is about: it is ignored"
        problems.add(report.path, reason)
        return []
    path = PurePath(report.path).relative_to(home.folder)
    return [
        (at, _Said(_claim(report, attempts[at].instance), report, is_sure))
        for at, is_sure in _of_the_run(path, mine, attempts)
    ]


def _of_the_run(
    path: PurePath, mine: Sequence[int], attempts: Sequence[FoundAttempt]
) -> Iterator[tuple[int, bool]]:
    """The attempts of the run named by a report, when one model has several at a task.

    Each with whether it is certainly the one that is meant.
    """
    by_task: dict[str, list[int]] = defaultdict(list)
    for at in mine:
        by_task[attempts[at].instance].append(at)
    words = {word for part in path.parts for word in (part, *part.split("."))}
    for several in by_task.values():
        of_run = [at for at in several if _run_names(attempts[at]) & words]
        if len(several) == 1 or len(of_run) == 1:
            yield (several if len(several) == 1 else of_run)[0], True
        else:
            yield from ((at, False) for at in several)


def _run_names(attempt: FoundAttempt) -> set[str]:
    """The name of an attempt's file, without the name of its model."""
    return set(attempt.names) - spellings(attempt.attempt.model)


def _named(report: Report, home: Home, attempts: Sequence[FoundAttempt]) -> list[int]:
    """The attempts near a report at tasks that it mentions."""
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
    """Those of the longest model name in the report's name; None: it could be several."""
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
        named = [at for at in named if at in longest]
        return named if len(_models(named, attempts)) < 2 else None
    if any(names_another(path.name, name) for name in home.by_name):
        return []
    return named if len(_models(named, attempts)) == 1 else None


def _models(named: Iterable[int], attempts: Sequence[FoundAttempt]) -> set[str]:
    """The models of attempts; a submission that names its maker is one."""
    return {attempts[at].submission or attempts[at].attempt.model for at in named}


def _marked(attempt: Attempt, said: Sequence[_Said]) -> tuple[Attempt, tuple[str, str] | None]:
    """An attempt with the claim that its reports agree on, else the two that contradict.

    A failed evaluation says nothing if another did not fail.
    """
    if not said:
        return attempt, None
    sure = [one for one in said if one.is_sure]
    logs = tuple(log for one in sure for log in one.report.logs)
    attempt = replace(attempt, logs=attempt.logs + logs)
    by_claim = {one.claim: one.report for one in reversed(said) if one.claim is not None}
    if len(by_claim) > 1:
        one, other = sorted(report.path for report in by_claim.values())
        return replace(attempt, marked_success=None), (one, other)
    if not sure:
        return replace(attempt, marked_success=None), None
    if not by_claim:
        return replace(attempt, marked_success=None, status="error"), None
    claim, report = next(iter(by_claim.items()))
    if attempt.marked_success is not None and attempt.marked_success is not claim:
        return replace(attempt, marked_success=None), (report.path, attempt.run)
    status = attempt.status or ("resolved" if claim else "unresolved")
    return replace(attempt, marked_success=claim, status=status), None
