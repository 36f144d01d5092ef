"""Many attempts through the checks: what is stored and still holds is kept, the rest is computed.

Attempts at one commit go through the same worker together, so that they share its base files.
Reports reach the store as each group is done, so a stop at any moment loses only work under way.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass, replace
from pathlib import Path

from core.checks import FAMILIES
from core.checks.inputs import (
    NOTHING,
    digest,
    digest_source,
    hash_commit,
    hash_inputs,
    ruleset,
    still_holds,
)
from core.checks.rules.copies import CopyIndex
from core.checks.worker import (
    ATTEMPT_SECONDS,
    CheckTask,
    Item,
    failed_report,
    run_task,
    start_worker,
)
from core.errors import RepositoryError, SourceError, StoreError
from core.git.repository import Repository, opened
from core.models import Attempt, CheckReport, HumanCommit, RunSet
from core.store import Store

GROUP = 16
"""Attempts at one commit that go to a worker together, and reach the store together."""

_POLL_S = 0.2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """One attempt is done: its report, whether it was stored already, and how many are done."""

    report: CheckReport
    reused: bool
    done: int
    total: int
    problem: str = ""  # why the report could not be stored


def check_runs(
    run_set: RunSet,
    store: Store | None = None,
    *,
    repository: Path | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    families: Collection[str] = FAMILIES,
    cancelled: Callable[[], bool] = lambda: False,
    attempt_seconds: float = ATTEMPT_SECONDS,
) -> Generator[Checked, None, None]:
    """Check every attempt of a run set; stored reports that still hold come first.

    Runs in `jobs` processes (one per core when None), or in the executor that is given, which
    stays open. With fewer than all families nothing is read from the store or written to it.
    Ends early when `cancelled` says so or the caller stops asking. Raises `RepositoryError` when
    the repository cannot be opened; an attempt that cannot be checked is a report that says so.
    """
    chosen = tuple(family for family in FAMILIES if family in families)
    use = store if chosen == FAMILIES else None
    plan = _Plan(run_set, opened(str(repository)) if repository else None, chosen)
    total = len(run_set.attempts)
    done = 0
    stale: deque[tuple[str, list[Item]]] = deque()
    for human, items in plan.groups(cancelled):
        stored = use.checks(human) if use else {}
        missing = []
        for item in items:
            report = stored.get(item.attempt.key)
            if report is not None and still_holds(report.inputs, item.inputs):
                done += 1
                yield Checked(report, True, done, total)
            else:
                missing.append(item)
        if missing:
            stale.append((human, missing))
    workers = _Workers(executor, jobs, attempt_seconds)
    try:
        for task, reports in workers.run(plan.tasks(stale), cancelled):
            problem = _keep(use, task, reports)
            for report in reports:
                done += 1
                yield Checked(report, False, done, total, problem)
    finally:
        workers.close()


def stored_reports(
    run_set: RunSet, store: Store, *, repository: Path | None = None
) -> Iterator[CheckReport]:
    """The stored reports that still hold; nothing is checked anew."""
    plan = _Plan(run_set, opened(str(repository)) if repository else None, FAMILIES)
    for human, items in plan.groups(lambda: False):
        stored = store.checks(human)
        for item in items:
            report = stored.get(item.attempt.key)
            if report is not None and still_holds(report.inputs, item.inputs):
                yield report


def _keep(store: Store | None, task: CheckTask, reports: Sequence[CheckReport]) -> str:
    """Store reports, but for those of attempts that could not be checked; why not, or ""."""
    if store is None:
        return ""
    try:
        store.put_checks(task.items[0].attempt.reference_sha, [r for r in reports if r.inputs])
    except StoreError as error:
        _log.warning("%s", error)
        return str(error)
    return ""


class _Plan:
    """What there is to check, in groups by human commit, and what each report rests on."""

    def __init__(
        self, run_set: RunSet, repository: Repository | None, families: tuple[str, ...]
    ) -> None:
        self._run_set = run_set
        self._repository = repository
        self._families = families
        self._rules = ruleset(families)
        self._bases: dict[str | None, str] = {}

    def groups(self, cancelled: Callable[[], bool]) -> Iterator[tuple[str, list[Item]]]:
        """Every attempt with the hash of its inputs, commit by commit."""
        index = CopyIndex()
        patches: dict[str, bytes] = {}
        by_human: dict[str, list[Attempt]] = {}
        for attempt in self._run_set.attempts:
            if cancelled():
                return
            by_human.setdefault(attempt.reference_sha, []).append(attempt)
            patches[attempt.key] = _read_patch(attempt, index)
        for human, attempts in by_human.items():
            if cancelled():
                return
            yield human, self._items(attempts, patches, index)

    def _items(
        self, attempts: Sequence[Attempt], patches: Mapping[str, bytes], index: CopyIndex
    ) -> list[Item]:
        commit = self._run_set.commits.get(attempts[0].reference_sha)
        reference = hash_commit(commit, digest_source(commit.diff if commit else None))
        copies = index.copies([attempt.key for attempt in attempts])
        return [
            Item(
                attempt,
                copies[attempt.key],
                hash_inputs(
                    self._rules,
                    attempt,
                    patches[attempt.key],
                    reference,
                    self._base(attempt, commit),
                    copies[attempt.key],
                ),
            )
            for attempt in attempts
        ]

    def _base(self, attempt: Attempt, commit: HumanCommit | None) -> str:
        """The full id of the base commit, "" when no repository holds it."""
        name = attempt.base or (commit.parent if commit else None)
        if name not in self._bases:
            self._bases[name] = ""
            if self._repository is not None and name:
                try:
                    self._bases[name] = self._repository.resolve(name)
                except RepositoryError as error:
                    _log.info("no base %s: %s", name, error)
        return self._bases[name]

    def tasks(self, stale: deque[tuple[str, list[Item]]]) -> Iterator[CheckTask]:
        """The groups as tasks of at most `GROUP` attempts; takes them off the deque."""
        repository = str(self._repository.path) if self._repository else None
        while stale:
            human, items = stale.popleft()
            commit = self._run_set.commits.get(human)
            for start in range(0, len(items), GROUP):
                part = tuple(items[start : start + GROUP])
                yield CheckTask(part, commit, repository, self._families)


def _read_patch(attempt: Attempt, index: CopyIndex) -> bytes:
    source = attempt.patch.source
    if source is None or not attempt.patch.has_text:
        return NOTHING
    try:
        text = source.read()
    except SourceError:
        return NOTHING
    index.add(attempt.key, text)
    return digest(text)


class _Workers:
    """An executor, kept busy but not flooded; begun anew when a task kills its processes."""

    def __init__(self, executor: Executor | None, jobs: int | None, seconds: float) -> None:
        self._given = executor
        self._jobs = jobs or os.cpu_count() or 1
        self._seconds = seconds
        self._pool: ProcessPoolExecutor | None = None

    def run(
        self, tasks: Iterator[CheckTask], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[CheckTask, list[CheckReport]]]:
        """The reports of each task as they are done.

        When processes die, what was under way is tried again one attempt at a time; the attempt
        that kills its process a second time, alone, is the one that failed.
        """
        running: dict[Future[list[CheckReport]], CheckTask] = {}
        suspects: deque[CheckTask] = deque()
        while not cancelled():
            while not suspects and len(running) < 2 * self._jobs:
                task = next(tasks, None)
                if task is None:
                    break
                running[self._submit(task)] = task
            if suspects and not running:
                task = suspects.popleft()
                running[self._submit(task)] = task
            if not running:
                return
            for future in wait(running, _POLL_S, FIRST_COMPLETED).done:
                if future not in running:
                    continue  # died with another one
                error = future.exception()
                if error is None:
                    yield running.pop(future), future.result()
                elif isinstance(error, BrokenExecutor):
                    self.close()
                    under_way = list(running.values())
                    running.clear()
                    if len(under_way) == 1 and len(under_way[0].items) == 1:
                        yield under_way[0], _failed(under_way[0], "the process ended or hung")
                    else:
                        suspects.extend(_alone(under_way))
                else:
                    task = running.pop(future)
                    _log.warning("a group of checks failed: %s", error)
                    yield task, _failed(task, str(error))

    def _submit(self, task: CheckTask) -> Future[list[CheckReport]]:
        try:
            return self._executor().submit(run_task, task)
        except BrokenExecutor as error:
            broken: Future[list[CheckReport]] = Future()
            broken.set_exception(error)
            return broken

    def _executor(self) -> Executor:
        if self._given is not None:
            return self._given
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._jobs,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=start_worker,
                initargs=(self._seconds,),
            )
        return self._pool

    def close(self) -> None:
        """End the processes that were started here; tasks under way are finished, none begun."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def _alone(tasks: Sequence[CheckTask]) -> Iterator[CheckTask]:
    return (replace(task, items=(item,)) for task in tasks for item in task.items)


def _failed(task: CheckTask, reason: str) -> list[CheckReport]:
    return [failed_report(item.attempt, reason) for item in task.items]
