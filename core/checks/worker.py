"""The checks of a few attempts at one commit, as a task that runs in this or another process.

Hostile source can hang or crash a parser written in C. A worker process therefore has a watchdog,
a thread outside Python, that ends the process when one attempt takes too long; the pipeline sees
the end and goes on with the others.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
from dataclasses import dataclass
from datetime import UTC, datetime

from core.checks import FAMILIES, check_attempt
from core.checks.context import CommitContext, Context, Copies
from core.git.repository import Repository, opened
from core.models import Attempt, CheckReport, Criteria, Finding, HumanCommit, Severity

ATTEMPT_SECONDS = 60.0
"""How long the checks of one attempt may take in a worker process."""

FAILED = "patch.unchecked"
"""The rule under which an attempt is reported that could not be checked."""

_log = logging.getLogger(__name__)
_watchdog_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One attempt of a task."""

    attempt: Attempt
    copies: Copies
    inputs: str


@dataclass(frozen=True, slots=True)
class CheckTask:
    """Attempts at one human commit, which share its base and its diff."""

    items: tuple[Item, ...]
    commit: HumanCommit | None
    repository: str | None = None
    families: tuple[str, ...] = FAMILIES


def start_worker(seconds: float = ATTEMPT_SECONDS) -> None:
    """Prepare a process that does nothing but tasks: the watchdog, and no say in Ctrl-C."""
    global _watchdog_seconds
    _watchdog_seconds = seconds
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def run_task(task: CheckTask) -> list[CheckReport]:
    """A report on each attempt of a task, in its order; one that fails says so and why."""
    repository = opened(task.repository) if task.repository else None
    shared: dict[str | None, CommitContext] = {}
    return [_check(item, task, repository, shared) for item in task.items]


def _check(
    item: Item,
    task: CheckTask,
    repository: Repository | None,
    shared: dict[str | None, CommitContext],
) -> CheckReport:
    base = item.attempt.base
    if base not in shared:
        shared[base] = CommitContext(task.commit, base, repository)
    context = Context(item.attempt, shared[base], item.copies)
    with _Watchdog():
        try:
            return check_attempt(
                context, families=task.families, inputs=item.inputs, created=datetime.now(UTC)
            )
        except Exception as error:  # noqa: BLE001 (a fault in one attempt must not end the others)
            _log.exception("the checks of %s failed", item.attempt.key)
            return failed_report(item.attempt, f"{type(error).__name__}: {error}")


def failed_report(attempt: Attempt, reason: str) -> CheckReport:
    """The report on an attempt that could not be checked; without inputs, so that it is retried."""
    message = f"the checks gave up, so nothing is known: {reason}"
    finding = Finding(FAILED, Severity.WARNING, message, certain=True)
    return CheckReport(attempt.key, Criteria(), (finding,), created=datetime.now(UTC))


class _Watchdog:
    """Ends this process when what it guards takes too long, if it is a worker's."""

    def __enter__(self) -> None:
        self._nowhere = -1
        if _watchdog_seconds is not None:
            self._nowhere = os.open(os.devnull, os.O_WRONLY)
            faulthandler.dump_traceback_later(_watchdog_seconds, exit=True, file=self._nowhere)

    def __exit__(self, *_: object) -> None:
        if self._nowhere >= 0:
            faulthandler.cancel_dump_traceback_later()
            os.close(self._nowhere)
