"""A scheduler and a worker within this process; real ones are in `tests/trials`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.checks.machines.dask_machines import open_machines
from core.checks.pipeline import check_runs
from core.errors import MachinesError
from core.records import replace
from tests.core.checks.check_samples import Bench
from tests.core.checks.machines.test_guest import reports
from tests.core.checks.test_pipeline import five, run_set


def test_a_cluster_says_the_same_and_one_that_is_not_fit_or_not_there_is_told(
    bench: Bench,
) -> None:
    from distributed import LocalCluster

    made = run_set(bench, five(bench))
    with LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address=":0",
    ) as cluster:
        address = cluster.scheduler_address
        with open_machines(address, [str(bench.repository)], 60.0) as machines:
            assert machines.slots() == 2
            events = list(
                check_runs(
                    made, repository=bench.repository, executor=machines, slots=machines.slots
                )
            )
        with (
            pytest.raises(MachinesError, match="does not see /nowhere"),
            open_machines(address, ["/nowhere"], 60.0),
        ):
            pass
    found = {e.report.attempt: replace(e.report, created=None) for e in events}
    with ThreadPoolExecutor(1) as threads:
        assert found == reports(bench, five(bench), threads)
    with (
        pytest.raises(MachinesError, match="no Dask scheduler answers"),
        open_machines(address, [], 60.0, connect_seconds=0.1),
    ):
        pass
