"""How long one rule may take on one attempt, in processor time; beyond that it is unknown.

In the main thread of a process, where the checks' workers run their tasks, a signal of the
process's CPU timer interrupts the rule, even within a regular expression. In other threads (of a
given executor, such as Dask's) one thread watches their clocks and interrupts them between two
steps of Python. Within a parser written in C only the watchdog of `core.checks.worker` is left.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from types import FrameType

RULE_SECONDS = 10.0
"""Processor time that a rule may use on one attempt."""

_AGAIN_S = 0.05
_WHOLE = "core.git."
"""Modules that are not interrupted: half an answer of git would be taken for the next one."""


class BudgetExceeded(BaseException):
    """A rule took too long. No `except Exception` of a library mistakes it for its own."""


def budget(seconds: float = RULE_SECONDS) -> AbstractContextManager[None]:
    """Raise `BudgetExceeded` in the block once it has used its processor time."""
    if not hasattr(signal, "setitimer"):
        return nullcontext()
    if threading.current_thread() is threading.main_thread():
        return _BySignal(seconds)
    return _OVERSEER.watching(seconds)


@cache
def _listen() -> None:
    """From now on the timer interrupts; nothing else in this process uses its signal."""
    signal.signal(signal.SIGPROF, _interrupt)


class _BySignal:
    """The budget of a main thread: cheap, as 300 attempts have 16,000 of them."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        _listen()
        signal.setitimer(signal.ITIMER_PROF, self._seconds)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _interrupt(_number: int, frame: FrameType | None) -> None:
    if _is_whole(frame):
        signal.setitimer(signal.ITIMER_PROF, _AGAIN_S)
        return
    raise BudgetExceeded


def _is_whole(frame: FrameType | None) -> bool:
    """Is something in progress that must not be interrupted?"""
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(_WHOLE):
            return True
        frame = frame.f_back
    return False


class _Overseer:
    """Watches the clocks of threads with a budget, as long as there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[int, float] = {}  # by thread, the clock time at which to stop it
        self._stopped: set[int] = set()  # threads that were interrupted
        self._runs = False

    @contextmanager
    def watching(self, seconds: float) -> Iterator[None]:
        """Interrupt this thread once the block has used its time."""
        thread = threading.get_ident()
        with self._lock:
            self._until[thread] = _clock(thread) + seconds
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, daemon=True, name="patchjury-budget").start()
        try:
            yield
        finally:
            self._forget(thread)

    def _forget(self, thread: int) -> None:
        """Stop watching a thread, even if it is being interrupted at this very moment."""
        interrupted = False
        while True:
            try:
                with self._lock:
                    self._until.pop(thread, None)
                    if thread in self._stopped:
                        self._stopped.discard(thread)
                        _raise_in(thread, None)  # revokes an interrupt not delivered yet
                break
            except BudgetExceeded:
                interrupted = True
        if interrupted:
            raise BudgetExceeded

    def _run(self) -> None:
        while True:
            time.sleep(_AGAIN_S)
            with self._lock:
                if not self._until:
                    self._runs = False
                    return
                for thread, until in list(self._until.items()):
                    if _clock(thread) >= until and not _is_whole(sys._current_frames().get(thread)):
                        self._stopped.add(thread)
                        self._until[thread] = _clock(thread) + _AGAIN_S  # if it was swallowed
                        _raise_in(thread, BudgetExceeded)


_OVERSEER = _Overseer()


def _clock(thread: int) -> float:
    """Processor time of a live thread of this process."""
    return time.clock_gettime(time.pthread_getcpuclockid(thread))


def _raise_in(thread: int, kind: type[BaseException] | None) -> None:
    import ctypes  # here: few rules run out of their budget

    raised = None if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
