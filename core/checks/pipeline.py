"""Many attempts through the checks: stored facts that hold are kept, the others are found again.

Attempts at one commit go through the same worker together, so that they share its base files.
Reports reach the store as each group is done, so stopping at any moment loses only work in
progress.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from core.assess.speed import NOT_MEASURED, speed_facts
from core.checks import FAMILIES, faulty_rules
from core.checks.bases import BaseIndex
from core.checks.holding import Held, find_held, is_weak, join
from core.checks.inputs import NOTHING, attempt_inputs, commit_inputs, digest
from core.checks.made_on import NOT_TOLD, MadeOn
from core.checks.rules.copies import CopyIndex
from core.checks.worker import ATTEMPT_SECONDS, CheckTask, Done, Item
from core.checks.worker_pool import WorkerPool
from core.errors import RepositoryError, SourceError, StoreError
from core.git.repository import Repository, opened
from core.models import Attempt, CheckReport, FamilyReport, HumanCommit, RunSet
from core.records import replace
from core.store import Store
from core.store.tables import CHECKS

GROUP = 16
"""How many attempts at one commit go to a worker, and reach the store, together."""

_Found = tuple[Item, Held]
_Group = tuple[str, list[Item]]  # a human commit, and attempts at it

_log = logging.getLogger(__name__)


class Checked(Struct, frozen=True):
    """One attempt is done: its report, whether all of it was stored, and how many are done."""

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
    slots: Callable[[], int] | None = None,
    jobs: int | None = None,
    families: Collection[str] = FAMILIES,
    cancelled: Callable[[], bool] = lambda: False,
    attempt_seconds: float = ATTEMPT_SECONDS,
    niceness: int = 0,
) -> Generator[Checked, None, None]:
    """Check every attempt of a run set; those whose stored facts hold come first.

    A family is computed if none of its stored reports holds, or if there is evidence now that was
    missing when it was made. Runs in `jobs` processes (one per core when None), or in the given
    executor, which stays open and runs `slots` tasks at once. With fewer than all families nothing
    is read from the store or written to it. The processes started here yield to others as far as
    `niceness` says. Ends early when `cancelled` says so or the caller stops iterating. Raises
    `RepositoryError` when the repository cannot be opened, `MachinesError` when the executor's
    machines are lost; an attempt that cannot be checked gets a report that says so.
    """
    chosen = tuple(family for family in FAMILIES if family in families)
    use = store if chosen == FAMILIES else None
    plan = _Plan(run_set, opened(str(repository)) if repository else None, chosen)
    total = len(run_set.attempts)
    done = 0
    missing: deque[_Group] = deque()
    superseded: list[str] = []
    workers = WorkerPool(executor, slots, jobs, attempt_seconds, niceness)
    try:
        if not _stores_facts(use):  # then all of it is missing, and is checked while it is planned
            workers.prepare(len({attempt.reference_sha for attempt in run_set.attempts}))
            groups = plan.groups(None, cancelled)
        else:
            for human, items in plan.groups(use, cancelled):
                for item in items:
                    if not item.families:
                        done += 1
                        yield Checked(join(item.attempt.key, item.held), True, done, total)
                if incomplete := [item for item in items if item.families]:
                    missing.append((human, incomplete))
                    superseded += [human] if any(item.supersedes for item in incomplete) else []
            groups = _drained(missing)
        for task, results in workers.run(plan.tasks(groups), cancelled):
            problem = _keep(use, task, results)
            for item, result in zip(task.items, results, strict=True):
                done += 1
                yield Checked(result.report(item), False, done, total, problem)
        _sweep(use, superseded)
    finally:
        workers.close()


def stored_facts(
    run_set: RunSet,
    store: Store,
    *,
    repository: Path | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[str, Held]]:
    """The stored facts of each attempt that hold, attempt by attempt; nothing is checked again."""
    if not _stores_facts(store):  # then no patch has to be read
        nothing = Held({}, False)
        yield from ((attempt.key, nothing) for attempt in run_set.attempts)
        return
    plan = _Plan(run_set, opened(str(repository)) if repository else None, FAMILIES)
    groups = plan.held(store, cancelled)
    yield from ((item.attempt.key, held) for _, found in groups for item, held in found)


def _drained(groups: deque[_Group]) -> Iterator[_Group]:
    while groups:
        yield groups.popleft()


def _stores_facts(store: Store | None) -> bool:
    return store is not None and os.path.lexists(store.folder / CHECKS)


def _keep(store: Store | None, task: CheckTask, results: Sequence[Done]) -> str:
    """Store the findings; returns why that failed, or ""."""
    if store is None:
        return ""
    try:
        # If a rule failed, it is run again: the fault may have been fixed.
        found = (report for result in results for report in result.reports)
        reports = [report for report in found if not faulty_rules(report)]
        store.add_facts(task.items[0].attempt.reference_sha, reports)
    except StoreError as error:
        _log.warning("%s", error)
        return str(error)
    return ""


def _sweep(store: Store | None, humans: Iterable[str]) -> None:
    for human in humans:
        try:
            if store is not None:
                store.sweep_facts(human)
        except StoreError as error:
            _log.warning("%s", error)


class _Plan:
    """What there is to check, in groups by human commit, its inputs, and what is known."""

    def __init__(
        self, run_set: RunSet, repository: Repository | None, families: tuple[str, ...]
    ) -> None:
        self._run_set = run_set
        self._repository = repository
        self._families = families
        self._bases: dict[str, str] = {}
        self._speed = speed_facts(
            run_set.attempts, run_set.measurements, run_set.claims, run_set.limits
        )

    def groups(self, store: Store | None, cancelled: Callable[[], bool]) -> Iterator[_Group]:
        """Every attempt with the facts that hold and those to be found, commit by commit."""
        for human, found in self.held(store, cancelled):
            yield human, [self._item(*one) for one in found]

    def held(
        self, store: Store | None, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[str, list[_Found]]]:
        """Every attempt with its inputs and the stored facts that hold, commit by commit."""
        index, bases = CopyIndex(), BaseIndex()
        patches: dict[str, bytes] = {}
        by_human: dict[str, list[Attempt]] = {}
        for attempt in self._run_set.attempts:
            if cancelled():
                return
            by_human.setdefault(attempt.reference_sha, []).append(attempt)
            base = self._base(attempt, self._run_set.commits.get(attempt.reference_sha))
            patches[attempt.key] = _read_patch(attempt, index, bases, base[0] or base[1])
        self._add_tasks(by_human, bases)
        made_on = bases.made_on(self._repository)
        for human, attempts in by_human.items():
            if cancelled():
                return
            stored: dict[str, list[FamilyReport]] = {}
            for report in store.facts(human) if store else ():
                stored.setdefault(report.attempt, []).append(report)
            yield human, self._found(attempts, patches, index, stored, made_on)

    def _found(
        self,
        attempts: Sequence[Attempt],
        patches: Mapping[str, bytes],
        index: CopyIndex,
        stored: Mapping[str, Sequence[FamilyReport]],
        made_on: Mapping[str, MadeOn],
    ) -> list[_Found]:
        commit = self._run_set.commits.get(attempts[0].reference_sha)
        shared = commit_inputs(commit)
        copies = index.copies([attempt.key for attempt in attempts])
        found = []
        for attempt in attempts:
            key = attempt.key
            base = self._base(attempt, commit)
            made, speed = made_on.get(key, NOT_TOLD), self._speed.get(key, NOT_MEASURED)
            inputs = attempt_inputs(attempt, patches[key], shared, base, copies[key], made, speed)
            held = find_held(stored.get(key, ()), inputs, self._families)
            found.append((Item(attempt, copies[key], inputs, made_on=made, speed=speed), held))
        return found

    def _add_tasks(self, by_human: Mapping[str, Sequence[Attempt]], bases: BaseIndex) -> None:
        """The versions of files that each task's human diff names at the task's base."""
        for human, attempts in by_human.items():
            commit = self._run_set.commits.get(human)
            base = self._base(attempts[0], commit)
            name = base[0] or base[1]
            if commit is None or commit.diff is None or not name:
                continue
            if commit.parent and attempts[0].base and commit.parent != attempts[0].base:
                continue  # the human's change was made elsewhere
            with suppress(SourceError):
                bases.add_task(name, human, commit.diff.read())

    def _item(self, item: Item, held: Held) -> Item:
        """The item with what holds and the families that are to be checked."""
        if not held.any_stored:
            return replace(item, families=self._families)
        families = tuple(
            family
            for family in self._families
            if (known := held.reports.get(family)) is None or is_weak(known, item.inputs.of(family))
        )
        held_now = tuple(held.reports.values())
        return replace(item, families=families, held=held_now, supersedes=bool(families))

    def _base(self, attempt: Attempt, commit: HumanCommit | None) -> tuple[str, str]:
        """The full id of the base commit, "" if no repository has it; and its name."""
        name = attempt.base or (commit.parent if commit else None) or ""
        if name not in self._bases:
            self._bases[name] = ""
            if self._repository is not None and name:
                try:
                    self._bases[name] = self._repository.resolve(name)
                except RepositoryError as error:
                    _log.info("no base %s: %s", name, error)
        return self._bases[name], name

    def tasks(self, groups: Iterator[_Group]) -> Iterator[CheckTask]:
        """The groups as tasks of at most `GROUP` attempts."""
        repository = str(self._repository.path) if self._repository else None
        for human, items in groups:
            commit = self._run_set.commits.get(human)
            for start in range(0, len(items), GROUP):
                part = tuple(items[start : start + GROUP])
                yield CheckTask(part, commit, repository)


def _read_patch(attempt: Attempt, index: CopyIndex, bases: BaseIndex, base: str) -> bytes:
    source = attempt.patch.source
    if source is None or not attempt.patch.has_text:
        return NOTHING
    try:
        text = source.read()
    except SourceError:
        return NOTHING
    index.add(attempt.key, text)
    bases.add_patch(attempt.key, base, text)
    return digest(text)
