"""The checks on a Dask cluster of this machine beside as many local processes: the same tasks.

Both are started and warm before they are measured, in turn. Processor time is that of this process
and of everything that it started.
"""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
from distributed import LocalCluster

from core.checks.machines.dask_machines import open_machines
from core.checks.pipeline import check_runs
from core.checks.worker import ATTEMPT_SECONDS, start_worker
from core.models import RunSet
from tests.core.checks.check_samples import Bench, build_repository, make_attempt
from tests.core.checks.test_pipeline import ONE, TWO, run_set

ATTEMPTS, COMMITS, WORKERS, TIMES = 480, 48, 2, 3

Figure = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Spent:
    wall: float
    processor: float


def run() -> list[Figure]:
    """The rows of the benchmark table."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), build_repository(Path(folder)))
        runs = _runs(bench)
        local, dask = _measured(runs, bench.repository)
    pairs = list(zip(dask, local, strict=True))
    longer = statistics.median(one.wall / other.wall for one, other in pairs)
    more = statistics.median(one.processor / other.processor for one, other in pairs)
    spent = [statistics.median(one.processor for one in each) for each in (local, dask)]
    thousand = [seconds * 1000 / ATTEMPTS for seconds in spent]
    return [
        (
            f"checks of {ATTEMPTS} attempts: Dask beside local, {WORKERS} workers each",
            f"{more:.2f} x the processor's time, {longer:.2f} x the time, middle of {TIMES}",
            "",
        ),
        (
            "processor time for 1,000 small attempts, local and Dask",
            f"{thousand[0]:.1f} s and {thousand[1]:.1f} s",
            "",
        ),
    ]


def _runs(bench: Bench) -> RunSet:
    """Attempts of ten at a human commit, no two alike."""
    return run_set(
        bench,
        [
            make_attempt(
                (TWO if number % 2 else ONE).replace("batch_limit", f"limit_{number}"),
                key=f"run/{number:05}",
                human=f"{number % COMMITS:08x}" * 5,
                base=bench.sha,
            )
            for number in range(ATTEMPTS)
        ],
    )


def _measured(runs: RunSet, repository: Path) -> tuple[list[_Spent], list[_Spent]]:
    with (
        ProcessPoolExecutor(
            WORKERS,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=start_worker,
        ) as pool,
        LocalCluster(
            n_workers=WORKERS,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=":0",
        ) as cluster,
        open_machines(cluster.scheduler_address, [str(repository)], ATTEMPT_SECONDS) as machines,
    ):
        local, dask = [], []
        for _ in range(1 + TIMES):
            local.append(_pass(runs, repository, pool, lambda: WORKERS))
            dask.append(_pass(runs, repository, machines, machines.slots))
    return local[1:], dask[1:]


def _pass(runs: RunSet, repository: Path, executor: Executor, slots: Callable[[], int]) -> _Spent:
    before, start = _processor_seconds(), time.perf_counter()
    done = sum(1 for _ in check_runs(runs, repository=repository, executor=executor, slots=slots))
    assert done == ATTEMPTS
    return _Spent(time.perf_counter() - start, _processor_seconds() - before)


def _processor_seconds() -> float:
    own = psutil.Process()
    times = [one.cpu_times() for one in (own, *own.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


if __name__ == "__main__":
    for row in run():
        print("  ".join(row))
