"""How long one rule may take on one attempt, in processor time; what is longer is unknown.

A signal of the processor's clock interrupts the rule, also within a regular expression. It works in
the main thread of a process, where the checks' workers run their tasks; elsewhere, and within a
parser written in C, the watchdog of `core.checks.worker` is what is left.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

RULE_SECONDS = 10.0
"""Processor time that a rule may use on one attempt."""

_AGAIN_S = 0.05
_WHOLE = "core.git."
"""Modules that are not interrupted: half an answer of git would be taken for the next one."""


class BudgetExceeded(BaseException):
    """A rule took longer than it may. No `except Exception` of a library takes it for its own."""


@contextmanager
def budget(seconds: float = RULE_SECONDS) -> Iterator[None]:
    """Raise `BudgetExceeded` in what runs inside once it has used its processor time."""
    if not hasattr(signal, "setitimer") or not _is_main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _interrupt(_number: int, frame: FrameType | None) -> None:
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(_WHOLE):
            signal.setitimer(signal.ITIMER_PROF, _AGAIN_S)
            return
        frame = frame.f_back
    raise BudgetExceeded
