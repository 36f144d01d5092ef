"""The checks of a few attempts at one commit, as a task that runs in this or another process.

Hostile source can hang or crash a parser written in C. A worker process therefore has a watchdog, a
thread outside Python, that kills the process when one attempt takes too long; the pipeline notices
and goes on with the others.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
from concurrent.futures import BrokenExecutor
from datetime import UTC, datetime

from msgspec import Struct

from core.assess.speed import NOT_MEASURED, SpeedFact
from core.checks import FAILED, FAMILIES, all_rules, check_attempt, describe_fault
from core.checks.context import CommitContext, Context, Copies
from core.checks.holding import join
from core.checks.inputs import Inputs
from core.checks.made_on import NOT_TOLD, MadeOn
from core.garbage import freeze_loaded_objects
from core.git.repository import Repository, opened
from core.logs import silence_standard_error, start_logging
from core.models import Attempt, CheckReport, Criteria, FamilyReport, Finding, HumanCommit, Severity
from core.records import replace

ATTEMPT_SECONDS = 60.0
"""How long the checks of one attempt may take in a worker process."""

_log = logging.getLogger(__name__)
_watchdog_seconds: float | None = None


class Item(Struct, frozen=True):
    """One attempt of a task: its inputs, the families to check, and what holds."""

    attempt: Attempt
    copies: Copies
    inputs: Inputs
    families: tuple[str, ...] = ()
    held: tuple[FamilyReport, ...] = ()
    supersedes: bool = False  # are there stored facts on it that do not hold?
    made_on: MadeOn = NOT_TOLD
    speed: SpeedFact = NOT_MEASURED


class Done(Struct, frozen=True):
    """The findings on one attempt; `failure` says why it could not be checked."""

    reports: tuple[FamilyReport, ...]
    failure: str = ""

    def report(self, item: Item) -> CheckReport:
        """Everything that is known of the attempt now."""
        found = {report.family: report for report in (*item.held, *self.reports)}
        known = join(item.attempt.key, [found[family] for family in FAMILIES if family in found])
        if not self.failure:
            return known
        message = f"the checks failed, so nothing more is known: {self.failure}"
        finding = Finding(FAILED, Severity.WARNING, message, certain=True)
        inputs = known.inputs if found else ""
        return replace(known, findings=(*known.findings, finding), inputs=inputs)


class WorkerLost(BrokenExecutor):
    """Whatever ran a task is gone, but no other task; the executor works on."""


class CheckTask(Struct, frozen=True):
    """Attempts at one human commit, which share its base and its diff."""

    items: tuple[Item, ...]
    commit: HumanCommit | None
    repository: str | None = None


_MANY = 200_000
"""New objects among which a worker looks for garbage: syntax trees are large, and none as such."""


def start_worker(seconds: float = ATTEMPT_SECONDS, niceness: int = 0) -> None:
    """Prepare a process that only runs tasks: the watchdog, and no reaction to Ctrl-C.

    `niceness`: how far it yields to other processes.
    """
    global _watchdog_seconds
    _watchdog_seconds = seconds
    silence_standard_error()  # it would write over a screen
    start_logging()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(niceness)
    all_rules()
    freeze_loaded_objects(_MANY)


def be_ready() -> None:
    """Nothing more: a process that answers has started."""


def run_task(task: CheckTask) -> list[Done]:
    """The result for each attempt of a task, in order; for one that fails, why."""
    repository = opened(task.repository) if task.repository else None
    shared: dict[str | None, CommitContext] = {}
    return [_check(item, task, repository, shared) for item in task.items]


def _check(
    item: Item,
    task: CheckTask,
    repository: Repository | None,
    shared: dict[str | None, CommitContext],
) -> Done:
    base = item.attempt.base
    if base not in shared:
        shared[base] = CommitContext(task.commit, base, repository)
    context = Context(item.attempt, shared[base], item.copies, item.made_on, item.speed)
    with Watchdog():
        try:
            return Done(tuple(_family(context, name, item.inputs) for name in item.families))
        except Exception as error:  # noqa: BLE001 (a fault in one attempt must not end the others)
            _log.exception("the checks of %s failed", item.attempt.key)
            return Done((), describe_fault(error))


def _family(context: Context, family: str, inputs: Inputs) -> FamilyReport:
    found = check_attempt(context, families=(family,))
    return FamilyReport(
        context.attempt.key,
        family,
        inputs.of(family),
        found.criteria,
        found.findings,
        found.measures,
        datetime.now(UTC),
    )


def given_up(item: Item) -> Done:
    """What is stored for an attempt whose checks killed their process, alone: unknown."""
    message = "the checks crashed or hung twice, so their answers are unknown"
    finding = Finding(FAILED, Severity.WARNING, message, certain=True)
    now = datetime.now(UTC)
    reports = [
        FamilyReport(
            item.attempt.key,
            family,
            item.inputs.of(family),
            Criteria(),
            () if number else (finding,),
            {f"{family}.unknown": "the checking process crashed or hung"},
            now,
        )
        for number, family in enumerate(item.families)
    ]
    return Done(tuple(reports))


class Watchdog:
    """Kills this process if the guarded block takes too long, in a worker."""

    def __enter__(self) -> None:
        self._nowhere = -1
        if _watchdog_seconds is not None:
            self._nowhere = os.open(os.devnull, os.O_WRONLY)
            faulthandler.dump_traceback_later(_watchdog_seconds, exit=True, file=self._nowhere)

    def __exit__(self, *_: object) -> None:
        if self._nowhere >= 0:
            faulthandler.cancel_dump_traceback_later()
            os.close(self._nowhere)
