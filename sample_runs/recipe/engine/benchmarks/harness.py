"""Measures one workload; the numbers of a release are made with this file."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

WARM_UP = 5
REPEATS = 30


def measure(work: Callable[[], object]) -> float:
    """The median time of one call, in seconds."""
    for _ in range(WARM_UP):
        work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
