"""A run of the judge in a process of its own, so that nothing it does delays its caller.

The job goes in and events come out through pipes, pickled; the key is in no argument, file or
variable. The process (`core.judge.run.judge_process`) finishes its calls in flight and exits when
its input is closed, as it is when the parent has died.
"""

from __future__ import annotations

import pickle
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from core.errors import PatchjuryError
from core.judge.run.events import Event, Finished
from core.judge.run.plan import Plan
from core.models import CheckReport
from core.own_process import start_module
from core.records import replace
from core.settings import JudgeSettings, Secret
from core.store import Store


class JudgeProcessError(PatchjuryError):
    """The process of a run ended before the run did."""


class WorkerJob(Struct, frozen=True):
    """Everything the process is given."""

    plan: Plan
    settings: JudgeSettings  # without the key
    key: str
    folder: Path
    reports: Mapping[str, CheckReport]
    niceness: int


class JudgeProcess:
    """One run over a plan, to be iterated once; `stop` may be called from any thread."""

    def __init__(
        self,
        plan: Plan,
        settings: JudgeSettings,
        store: Store,
        reports: Mapping[str, CheckReport],
        *,
        niceness: int = 0,  # how far it yields to other processes
    ) -> None:
        plain = replace(settings, api_key=Secret())
        key = settings.api_key.reveal()
        folder = store.folder.absolute()
        self._job = WorkerJob(plan, plain, key, folder, dict(reports), niceness)
        self._stopping = threading.Event()
        self._is_sent = False  # only then may the input be closed
        self._process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """Make no further calls; those in flight are awaited and kept."""
        self._stopping.set()
        if self._is_sent:
            self._close_input()

    def iterate(self) -> Iterator[Event]:
        """Run and yield events, `Finished` last; ending early stops the run.

        Raises the `PatchjuryError`s of `JudgeRun`, and `JudgeProcessError`.
        """
        # In its own session: closing a terminal does not take paid calls with it.
        with start_module("core.judge.run.judge_process") as process:
            self._process = process
            try:
                yield from self._events(process)
            finally:
                self._stopping.set()
                self._close_input()

    def _close_input(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with suppress(OSError):  # it has ended
            self._process.stdin.close()

    def _events(self, process: subprocess.Popen[bytes]) -> Iterator[Event]:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            pickle.dump(self._job, process.stdin)
            process.stdin.flush()
            self._is_sent = True
            if self._stopping.is_set():
                self._close_input()
            while True:
                event = pickle.load(process.stdout)  # noqa: S301 - our own process wrote it
                if isinstance(event, PatchjuryError):
                    raise event
                yield event
                if isinstance(event, Finished):
                    return
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise JudgeProcessError(
                f"the judge's process ended unexpectedly (code {process.wait()})",
                "The answers received so far are kept. Start it again.",
            ) from error
