"""Tasks of checks in processes: kept busy but not flooded, and what is done when one dies."""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import suppress

from core.checks.worker import (
    CheckTask,
    Done,
    WorkerLost,
    be_ready,
    given_up,
    run_task,
    start_worker,
)
from core.errors import MachinesError
from core.records import replace

_POLL_S = 0.2

_log = logging.getLogger(__name__)


class WorkerPool:
    """An executor, kept busy but not flooded; restarted when a task kills its processes."""

    def __init__(
        self,
        executor: Executor | None,
        slots: Callable[[], int] | None,
        jobs: int | None,
        seconds: float,
        niceness: int = 0,
    ) -> None:
        self._given = executor
        self._jobs = jobs or os.cpu_count() or 1
        self._slots = slots or (lambda: self._jobs)
        self._start_with = (seconds, niceness)
        self._pool: ProcessPoolExecutor | None = None

    def prepare(self, tasks: int) -> None:
        """Start the processes for so many tasks to come; returns before they are there."""
        if self._given is None:
            with suppress(BrokenExecutor):  # the first task will meet it, and say so
                for _ in range(min(self._jobs, tasks)):
                    self._executor().submit(be_ready)

    def run(
        self, tasks: Iterator[CheckTask], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[CheckTask, list[Done]]]:
        """The findings of each task as it is done.

        When processes die, the attempts in progress are retried one at a time; one that kills its
        process a second time, alone, is the culprit: what its checks would say about this patch is
        stored as unknown, so that it is not tried at every opening. Raises `MachinesError`.
        """
        running: dict[Future[list[Done]], CheckTask] = {}
        suspects: deque[CheckTask] = deque()
        trial: Future[list[Done]] | None = None  # of a suspect; nothing else runs with it
        while not cancelled():
            while not suspects and trial not in running and len(running) < 2 * self._slots():
                task = next(tasks, None)
                if task is None:
                    break
                running[self._submit(task)] = task
            if suspects and not running:
                task = suspects.popleft()
                trial = self._submit(task)
                running[trial] = task
            if not running:
                return
            for future in wait(running, _POLL_S, FIRST_COMPLETED).done:
                if future not in running:
                    continue  # died with another one
                error = future.exception()
                if error is None:
                    yield running.pop(future), future.result()
                elif isinstance(error, MachinesError):
                    raise error
                elif isinstance(error, BrokenExecutor):
                    dead = self._dead(running, future, error)
                    if future is not trial:
                        suspects.extend(_alone(dead))
                    elif isinstance(error, WorkerLost):
                        yield (
                            dead[0],
                            _failed(dead[0], "the worker was lost twice while checking it"),
                        )
                    else:
                        yield dead[0], [given_up(dead[0].items[0])]
                else:
                    task = running.pop(future)
                    _log.warning("a group of checks failed: %s", error)
                    yield task, _failed(task, str(error))

    def _dead(
        self,
        running: dict[Future[list[Done]], CheckTask],
        future: Future[list[Done]],
        error: BrokenExecutor,
    ) -> list[CheckTask]:
        """Remove what died with a task from the running ones."""
        if isinstance(error, WorkerLost):
            return [running.pop(future)]
        self.close()
        dead = list(running.values())
        running.clear()
        return dead

    def _submit(self, task: CheckTask) -> Future[list[Done]]:
        try:
            return self._executor().submit(run_task, task)
        except BrokenExecutor as error:
            broken: Future[list[Done]] = Future()
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
                initargs=self._start_with,
            )
        return self._pool

    def close(self) -> None:
        """End the processes started here; running tasks are finished, none begun."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def _alone(tasks: Sequence[CheckTask]) -> Iterator[CheckTask]:
    return (replace(task, items=(item,)) for task in tasks for item in task.items)


def _failed(task: CheckTask, reason: str) -> list[Done]:
    return [Done((), reason) for _ in task.items]
