"""Processes of the checks, forked from one that has every rule imported.

Starting Python and importing the rules is most of what the checks of a few attempts take. What runs
is a process of its own all the same, with the environment and folder of the test that started it.
How the product itself starts them is what `tests/core/checks/test_pipeline.py` is about.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext


class WarmWorkers(ProcessPoolExecutor):
    """Takes the place of the pool in `core.checks.worker_pool`."""

    def __init__(
        self,
        jobs: int,
        mp_context: BaseContext,
        initializer: Callable[[float, int], None],
        initargs: tuple[float, int],
    ) -> None:
        assert mp_context.get_start_method() == "spawn"
        warm = multiprocessing.get_context("forkserver")
        warm.set_forkserver_preload(["pytest", "tests.support.every_rule"])
        here = (dict(os.environ), os.getcwd())
        super().__init__(
            jobs, mp_context=warm, initializer=_start, initargs=(*here, initializer, *initargs)
        )


def _start(
    environment: Mapping[str, str],
    folder: str,
    start: Callable[[float, int], None],
    seconds: float,
    niceness: int,
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    start(seconds, niceness)


class ForkedWorkers(ProcessPoolExecutor):
    """The same in a command that was itself forked from one with every rule imported."""

    def __init__(
        self,
        jobs: int,
        mp_context: BaseContext,
        initializer: Callable[[float, int], None],
        initargs: tuple[float, int],
    ) -> None:
        is_alone = threading.active_count() == 1  # a fork takes no thread along, but its locks
        context = multiprocessing.get_context("fork") if is_alone else mp_context
        super().__init__(jobs, mp_context=context, initializer=initializer, initargs=initargs)
