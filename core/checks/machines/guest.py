"""A task on a worker of a cluster: in a process beside the worker that hostile source may kill.

A worker runs its tasks in threads, where neither the budgets of rules nor the watchdog could stop
one. So each thread has a process to which it hands its tasks, one after the other, and a task runs
there as in the processes of one machine.
"""

from __future__ import annotations

import pickle
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from core.checks.machines.evidence_here import run_where_same
from core.checks.worker import CheckTask, Done, given_up
from core.own_process import start_module
from core.records import replace

T = TypeVar("T")

_idle: defaultdict[float, deque[_Guest]] = defaultdict(deque)
"""Processes waiting for work, by the seconds that an attempt may take in them."""


def run_as_guest(
    function: Callable[[CheckTask], Sequence[Done]], task: CheckTask, seconds: float
) -> Sequence[Done]:
    """What `function` returns for each attempt of a task, in order.

    When the process dies, each attempt is retried by itself; if one kills its process a second
    time, alone, that is reported for it.
    """
    try:
        return run_apart(seconds, run_where_same, function, task)
    except ProcessEnded:
        alone = [replace(task, items=(item,)) for item in task.items]
        return [_run_alone(function, one, seconds) for one in alone]


def _run_alone(
    function: Callable[[CheckTask], Sequence[Done]], task: CheckTask, seconds: float
) -> Done:
    try:
        (done,) = run_apart(seconds, run_where_same, function, task)
    except ProcessEnded:
        return given_up(task.items[0])
    return done


def run_apart(seconds: float, function: Callable[..., T], *arguments: Any) -> T:
    """What a function returns in a process of its own.

    Raises `ProcessEnded` if the process dies before answering, `RuntimeError` for what it raises
    there.
    """
    while True:
        guest = _take(seconds)
        try:
            result, fault = guest.ask((function, arguments))
        except ProcessEnded:
            if guest.left_unasked():
                continue
            raise
        _idle[seconds].append(guest)
        if fault:
            raise RuntimeError(fault)
        returned: T = result
        return returned


class ProcessEnded(Exception):
    """A process ended before it answered."""


class _Guest:
    """A process that waits for work (`core.checks.machines.guest_process`)."""

    def __init__(self, seconds: float) -> None:
        self._process = start_module("core.checks.machines.guest_process", str(seconds))

    def ask(self, question: tuple[Callable[..., Any], tuple[Any, ...]]) -> Any:
        """Call a function there; returns its result, and what went wrong or ""."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            pickle.dump(question, self._process.stdin)
            self._process.stdin.flush()
            return pickle.load(self._process.stdout)  # noqa: S301 - our own process wrote it
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self.close()
            raise ProcessEnded from error

    def left_unasked(self) -> bool:
        """Did it exit after a time without work?"""
        return self._process.wait() == 0

    def close(self) -> None:
        """Let it exit."""
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()


def _take(seconds: float) -> _Guest:
    with suppress(IndexError):  # another thread may take the last one
        return _idle[seconds].pop()
    return _Guest(seconds)
