"""Waiting for what another process or thread does: for a condition, with a bound and a message."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

BOUND_S = 60.0
"""A loaded machine is slow; what has not come by then does not come."""

_LOOK_AGAIN_S = 0.01


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Wait until the condition holds; the test fails with `what` if it never does."""
    end = time.monotonic() + BOUND_S
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, f"after {BOUND_S:.0f} s still not: {what}"
        pause.wait(_LOOK_AGAIN_S)
