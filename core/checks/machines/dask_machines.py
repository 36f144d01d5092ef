"""An executor whose tasks run on the workers of a Dask cluster, and when a cluster is suitable.

The only module that imports `distributed` (extra `dask`), at call time. A scheduler that is
missing, lost, or whose workers would check with something else is a `MachinesError`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from core.checks.machines.evidence_here import Machine, this_machine
from core.checks.machines.guest import ProcessEnded, run_apart, run_as_guest
from core.checks.worker import WorkerLost
from core.errors import InputError, MachinesError

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")

CONNECT_SECONDS = 10.0
"""How long a scheduler is tried before it counts as missing, or as lost."""

_COUNT_SECONDS = 2.0
_SCHEDULER_NEEDS = ("patchjury", "Python", "distributed")
_AGAIN = "What is checked is kept: give the same command again when it is there."
_SAME = "Install the same patchjury, with the same packages, on the scheduler and every worker."


@contextmanager
def open_machines(
    address: str,
    paths: Sequence[str],
    attempt_seconds: float,
    *,
    connect_seconds: float = CONNECT_SECONDS,
) -> Iterator[Machines]:
    """The workers of the scheduler at `address`, all of which must see `paths`.

    At the end, tasks that did not begin are cancelled. Raises `InputError` without the extra
    `dask`, `MachinesError` when nothing answers or the cluster is not suitable.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError(
            "--scheduler needs the package distributed", "pip install 'patchjury[dask]'"
        ) from error
    try:
        client = Client(address, timeout=connect_seconds, set_as_default=False, name="patchjury")
    except (OSError, ValueError, ImportError) as error:
        title = f"no Dask scheduler answers at {address}"
        raise MachinesError(title, f"Start one with `dask scheduler` ({error}).") from error
    machines = Machines(client, address, attempt_seconds)
    try:
        machines.examine(paths)
        yield machines
    finally:
        machines.shutdown(wait=False)


class Machines(Executor):
    """The workers of one cluster. A task is a function by name and a `CheckTask`.

    A worker that died with a task is `WorkerLost`, a lost scheduler is `MachinesError`.
    """

    def __init__(self, client: Client, address: str, attempt_seconds: float) -> None:
        self._client = client
        self._address = address
        self._seconds = attempt_seconds
        self._executor = client.get_executor(pure=False)
        self._counted = 0
        self._count_again = 0.0

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a function of a task on some worker, if its evidence is the same as here."""
        outcome: Future[T] = Future()
        try:
            inner = self._executor.submit(run_as_guest, fn, *args, self._seconds, **kwargs)
        except Exception as error:  # noqa: BLE001 - of a client that lost its scheduler, any kind
            outcome.set_exception(self._lost(error))
        else:
            inner.add_done_callback(partial(self._pass_on, outcome))
        return outcome

    @property
    def are_there(self) -> bool:
        """Was there any worker, when last checked?"""
        self.slots()
        return self._counted > 0

    def slots(self) -> int:
        """How many tasks the workers run at once; recounted now and then, as they come and go."""
        if time.monotonic() >= self._count_again:
            with suppress(Exception):  # a loss shows in the tasks
                self._counted = sum(self._client.nthreads().values())
            self._count_again = time.monotonic() + _COUNT_SECONDS
        return max(1, self._counted)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; without `wait`, tasks that did not begin are cancelled."""
        with suppress(Exception):  # a lost scheduler has nothing to cancel
            self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close(timeout=CONNECT_SECONDS)

    def examine(self, paths: Sequence[str]) -> None:
        """Compare the scheduler and every worker with this machine. Raises `MachinesError`."""
        here = this_machine()
        self._compare(here.only(_SCHEDULER_NEEDS), "the scheduler", self._ask_scheduler())
        answers: Mapping[str, Any] = self._client.run(
            run_apart, self._seconds, this_machine, tuple(paths), on_error="return"
        )
        for worker, answer in answers.items():
            self._compare(here, f"the worker {worker}", answer)

    def _ask_scheduler(self) -> object:
        """The scheduler's versions of what it needs: it passes tasks on and checks nothing."""
        try:
            there: Machine = self._client.run_on_scheduler(this_machine)
        except Exception as error:  # noqa: BLE001 - whatever it raised there
            return error
        return there.only(_SCHEDULER_NEEDS)

    @staticmethod
    def _compare(here: Machine, name: str, there: object) -> None:
        if isinstance(there, ProcessEnded):
            raise MachinesError(f"{name} cannot start processes of patchjury", _SAME)
        if not isinstance(there, Machine):
            raise MachinesError(f"{name} cannot check: {type(there).__name__}: {there}", _SAME)
        if differences := list(here.differences(there)):
            more = f" (and {len(differences) - 1} more)" if len(differences) > 1 else ""
            hint = "Every machine needs the files under the same path." if there.unseen else _SAME
            raise MachinesError(f"{name} is not as this machine: {differences[0]}{more}", hint)

    def _pass_on(self, outcome: Future[T], inner: Future[T]) -> None:
        from distributed import KilledWorker

        try:
            outcome.set_result(inner.result())
        except CancelledError as error:
            outcome.set_exception(self._lost(error))
        except KilledWorker as error:
            outcome.set_exception(WorkerLost(str(error)))
        except Exception as error:  # noqa: BLE001 - a failure is a value here
            outcome.set_exception(error)

    def _lost(self, error: BaseException) -> MachinesError:
        lost = MachinesError(f"the Dask scheduler at {self._address} is lost", _AGAIN)
        lost.__cause__ = error
        return lost
