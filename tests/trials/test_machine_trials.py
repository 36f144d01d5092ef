"""A real Dask cluster on loopback, started as its users start it: what it says, and what it loses.

Scheduler and workers are processes of `dask scheduler` and `dask worker`, two workers with a nanny.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from distributed import Client

from core.checks.machines.dask_machines import open_machines
from core.checks.pipeline import check_runs
from core.errors import MachinesError
from core.models import Attempt, CheckReport
from core.records import replace
from core.sources import TextSource
from core.store import Store
from tests.conftest import ROOT
from tests.core.checks.check_samples import Bench, build_repository, make_attempt
from tests.core.checks.machines.guest_samples import EndsProcess, KillsWorker
from tests.core.checks.test_pipeline import ONE, run_set
from tests.support.command import OnTerminal, command
from tests.support.waiting import wait_for
from tests.trials.conftest import Report

WORKERS = 2
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A scheduler and its workers, as processes."""

    address: str
    folder: Path
    started: list[subprocess.Popen[bytes]]

    def add_worker(self, environment: Mapping[str, str]) -> None:
        """Start one more worker, with a nanny."""
        place = str(self.folder / f"worker-{len(self.started)}")
        words = ["--host", "127.0.0.1", "--no-dashboard", "--nthreads", "1"]
        words += ["--local-directory", place, self.address]
        self.started.append(_start("dask_worker", words, environment))

    def kill_scheduler(self) -> None:
        """End the scheduler; its workers are left."""
        self.started[0].kill()


@contextmanager
def cluster(
    folder: Path, *, allowed_failures: int = 3, workers: int = WORKERS, **environment: str
) -> Iterator[Cluster]:
    """Start a cluster; `environment` is what its workers have of their own."""
    file = folder / "scheduler.json"
    settings = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures)}
    words = ["--scheduler-file", str(file), "--no-dashboard", "--host", "127.0.0.1", "--port", "0"]
    started = [_start("dask_scheduler", words, settings)]
    try:
        wait_for(lambda: _has_address(file), "the scheduler is there")
        one = Cluster(json.loads(file.read_bytes())["address"], folder, started)
        for _ in range(workers):
            one.add_worker(environment)
        if workers:
            with Client(one.address, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=60)
        yield one
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)  # with what a nanny started
            process.wait()


def _has_address(file: Path) -> bool:
    return file.exists() and b"address" in file.read_bytes()


def _start(
    module: str, arguments: list[str], settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *arguments],
        env={**ENVIRONMENT, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("engine")
    return Bench(folder, build_repository(folder))


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster that no trial here ends, with allowed failures as Dask has them."""
    with cluster(tmp_path_factory.mktemp("steady")) as one:
        yield one


def many(bench: Bench, count: int = 60) -> list[Attempt]:
    """Attempts at 20 human commits, their patches all different."""
    return [
        make_attempt(
            ONE.replace("batch_limit", f"limit_{number}"),
            key=f"run/{number:03}",
            human=f"{number % 20:02}" * 20,
            base=bench.sha,
        )
        for number in range(count)
    ]


def on_machines(
    one: Cluster, bench: Bench, attempts: list[Attempt], seconds: float = 60.0
) -> dict[str, CheckReport]:
    made = run_set(bench, attempts)
    with open_machines(one.address, [str(bench.repository)], seconds) as machines:
        events = list(
            check_runs(made, repository=bench.repository, executor=machines, slots=machines.slots)
        )
    assert [event.done for event in events] == list(range(1, len(attempts) + 1))
    return {event.report.attempt: replace(event.report, created=None) for event in events}


def here(bench: Bench, attempts: list[Attempt]) -> dict[str, CheckReport]:
    made = run_set(bench, attempts)
    with ThreadPoolExecutor(1) as threads:
        events = check_runs(made, repository=bench.repository, executor=threads)
        return {event.report.attempt: replace(event.report, created=None) for event in events}


def test_reports_are_the_same_to_the_byte(steady: Cluster, tmp_path: Path, report: Report) -> None:
    written = []
    for where in (["--jobs", "2"], ["--scheduler", steady.address]):
        to, db = tmp_path / f"{where[0]}.json", tmp_path / where[0]
        words: list[str | Path] = ["check", ROOT / "sample_runs", "--db", db, "--json", to, *where]
        done = command(*words, env=ENVIRONMENT)
        assert done.returncode == 0, done.stderr
        written.append(to.read_bytes())
    assert written[0] == written[1]
    attempts = json.loads(written[0])["attempts"]
    assert sum(attempt["criteria"]["applies"] is True for attempt in attempts) > 10
    report(f"{len(attempts)} attempts, {len(written[0])} bytes, equal")


@pytest.mark.parametrize("allowed_failures", [0, 3])
def test_a_worker_that_is_killed_in_the_middle_costs_nothing(
    bench: Bench, tmp_path: Path, allowed_failures: int
) -> None:
    killer = KillsWorker(ONE, mark=str(tmp_path / "killed"))
    attempts = many(bench)
    attempts.insert(30, make_attempt(ONE, key="run/killer", human="07" * 20, source=killer))
    with cluster(tmp_path, allowed_failures=allowed_failures) as one:
        found = on_machines(one, bench, attempts)
    assert (tmp_path / "killed").exists()
    assert found == here(bench, attempts)


def test_an_attempt_that_ends_what_checks_it_is_unknown_and_the_others_are_done(
    bench: Bench, tmp_path: Path
) -> None:
    traps: dict[str, TextSource] = {
        "run/kills": KillsWorker(ONE),
        "run/crashes": EndsProcess(ONE),
        "run/hangs": EndsProcess(ONE, hangs=True),
    }
    ended = "the checks crashed or hung twice, so their answers are unknown"
    ends = dict.fromkeys(traps, ended) | {
        "run/kills": "the worker was lost twice while checking it"
    }
    attempts = many(bench)
    for key, source in traps.items():
        attempts.append(make_attempt(ONE, key=key, human="07" * 20, source=source))
    with cluster(tmp_path, allowed_failures=0) as one:
        found = on_machines(one, bench, attempts, seconds=10.0)
    expected = here(bench, attempts)
    for key, said in found.items():
        if key in traps:
            (finding,) = said.findings
            assert finding.rule == "patch.unchecked"
            assert finding.message.endswith(ends[key])
            assert said.criteria.syntax_correct is None
        else:
            assert said == expected[key]


def test_ctrl_c_keeps_what_is_done_and_leaves_the_cluster_idle(
    steady: Cluster, tmp_path: Path, report: Report
) -> None:
    words: list[str | Path] = [
        "check",
        ROOT / "sample_runs",
        "--db",
        tmp_path,
        "--scheduler",
        steady.address,
    ]
    with OnTerminal(*words, env=ENVIRONMENT, fresh=True) as terminal:
        terminal.wait_for("checked [█")  # the progress, of two or more
        terminal.signal(signal.SIGINT)
        assert terminal.exit_code() == 130
        kept = re.search(rb"\x1b\[Kinterrupted: (\d+) of 39 attempts", terminal.painted)
    assert kept is not None
    assert 0 < int(kept[1]) < 39
    with Client(steady.address, set_as_default=False) as client:
        wait_for(lambda: client.run_on_scheduler(_tasks) == 0, "the scheduler has no tasks")
    again = command(*words, "--json", "-", env=ENVIRONMENT)
    assert again.returncode == 0, again.stderr
    assert len(json.loads(again.stdout)["attempts"]) == 39
    report(f"interrupted after {int(kept[1])} of 39, no task left there, finished afterwards")


def _tasks(dask_scheduler: object) -> int:
    return len(dask_scheduler.tasks)  # type: ignore[attr-defined]


def test_workers_may_come_later(tmp_path: Path) -> None:
    with cluster(tmp_path, workers=0) as one:
        words: list[str | Path] = ["check", ROOT / "sample_runs", "--db", tmp_path / "db"]
        scheduler = ("--scheduler", one.address)
        with OnTerminal(*words, *scheduler, env=ENVIRONMENT, fresh=True) as terminal:
            terminal.wait_for("waiting for workers: the scheduler has none yet")
            one.add_worker({})
            terminal.wait_for("39 attempts")
            assert terminal.exit_code() == 0


def test_a_scheduler_that_is_lost_is_told_and_what_is_done_is_kept(
    bench: Bench, tmp_path: Path, report: Report
) -> None:
    made = run_set(bench, many(bench))
    store = Store(tmp_path / "db")
    keys = []
    with (
        cluster(tmp_path) as one,
        pytest.raises(MachinesError, match="is lost"),
        open_machines(one.address, [], 60.0, connect_seconds=2.0) as machines,
    ):
        for event in check_runs(
            made, store, repository=bench.repository, executor=machines, slots=machines.slots
        ):
            keys.append(event.report.attempt)
            if len(keys) == 3:
                one.kill_scheduler()
                began = time.monotonic()
    report(f"told {time.monotonic() - began:.1f} s after the scheduler was killed")
    kept = {one.attempt for human in made.commits for one in store.facts(human)}
    assert len(keys) >= 3
    assert set(keys) <= kept
    with ThreadPoolExecutor(1) as threads:
        events = list(check_runs(made, store, repository=bench.repository, executor=threads))
    assert len(events) == 60
    assert {event.report.attempt for event in events if event.reused} == kept


def test_a_cluster_that_is_not_fit_is_refused_before_the_work(
    steady: Cluster, tmp_path: Path
) -> None:
    with (
        pytest.raises(MachinesError, match="it does not see /nowhere/runs"),
        open_machines(steady.address, ["/nowhere/runs"], 60.0),
    ):
        pass
    with (
        cluster(tmp_path, PATH="/nowhere") as one,  # where there is neither a shell nor git
        pytest.raises(MachinesError, match="sh is missing, here installed"),
        open_machines(one.address, [], 60.0),
    ):
        pass
    with (
        pytest.raises(MachinesError, match="no Dask scheduler answers"),
        open_machines("tcp://127.0.0.1:9", [], 60.0, connect_seconds=0.5),
    ):
        pass
