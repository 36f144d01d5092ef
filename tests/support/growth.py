"""How what something costs grows with its input, whatever the speed of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable

NOISE_S = 0.02


def grows_in_proportion(work: Callable[[int], object], size: int) -> bool:
    """Does four times the input cost less than nine times as much? Quadratic is sixteen times.

    `work` takes the size of its input. The least processor time of three tries counts, and the
    first of three that keeps the bound is enough: beside other programs each may take longer.
    """
    once = min(_cost(work, size) for _ in range(3))
    return any(_cost(work, 4 * size) < 9 * once + NOISE_S for _ in range(3))


def _cost(work: Callable[[int], object], size: int) -> float:
    start = time.process_time()
    work(size)
    return time.process_time() - start
