"""How slow this machine is now: bounds in seconds are those of one that nothing else burdens."""

from __future__ import annotations

import time

_STEPS = 1_000_000
_USUAL_S = 0.06
"""What so many steps take on a machine of 2023, undisturbed, with Python 3.11."""


def slowness() -> float:
    """How many times as long as usual fixed work takes now; at least 1."""
    start, total = time.process_time(), 0
    for number in range(_STEPS):
        total += number
    return max(1.0, (time.process_time() - start) / _USUAL_S)
