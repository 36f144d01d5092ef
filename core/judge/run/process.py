"""A run of the judge in a process of its own, so that nothing it does is in the way of a screen.

The job goes in and events come out through pipes, pickled; the key is in no argument, file or
variable. The process ends its calls in flight and itself when its input is closed, as it is when
the other process has died.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from core.errors import PatchjuryError
from core.judge.run.events import Event, Finished
from core.judge.run.plan import Plan
from core.models import CheckReport
from core.settings import Secret, Settings
from core.store import Store

_NICENESS = 15
"""How far the process steps back for others: keys are answered before replies are taken in."""


class JudgeProcessError(PatchjuryError):
    """The process of a run ended before the run did."""


@dataclass(frozen=True, slots=True)
class _Job:
    plan: Plan
    settings: Settings  # without the key
    key: str
    folder: Path
    reports: Mapping[str, CheckReport]


class JudgeProcess:
    """One run over a plan, to be iterated once; `stop` may be called from any thread."""

    def __init__(
        self, plan: Plan, settings: Settings, store: Store, reports: Mapping[str, CheckReport]
    ) -> None:
        plain = replace(settings, api_key=Secret())
        key = settings.api_key.reveal()
        self._job = _Job(plan, plain, key, store.folder.absolute(), dict(reports))
        self._stopping = threading.Event()
        self._is_sent = False  # only then the input may be closed
        self._process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """Make no further call; those in flight are waited for and kept."""
        self._stopping.set()
        if self._is_sent:
            self._close_input()

    def iterate(self) -> Iterator[Event]:
        """Run and yield what happens, `Finished` last; ending early stops the run.

        Raises `PatchjuryError` for what `JudgeRun` raises, and `JudgeProcessError`.
        """
        # As this process imports things, so shall that one, and never from the folder it is run in.
        command = [sys.executable, "-P", "-m", "core.judge.run.process"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command,
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # a terminal that is closed does not take paid calls with it
        ) as process:
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
                f"the judge's process ended by itself (code {process.wait()})",
                "What was answered is kept. Start it again.",
            ) from error


def main() -> None:
    """Do the job that stands on standard input; events go to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other process decides when to stop
    os.nice(_NICENESS)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed is no event
    job: _Job = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own process wrote it
    try:
        _run(job, out)
    except PatchjuryError as error:
        _tell(out, PatchjuryError(error.title, error.hint))
    except Exception as error:  # noqa: BLE001 - nobody sees this process's standard error
        title = f"the judge failed: {type(error).__name__}: {error}"
        _tell(out, PatchjuryError(Secret(job.key).redact(title)))


def _run(job: _Job, out: IO[bytes]) -> None:
    from core.judge.run.runner import JudgeRun  # here: the screen's process does without the client

    settings = replace(job.settings, api_key=Secret(job.key))
    run = JudgeRun(job.plan, settings, Store(job.folder), job.reports)

    def stop_with_the_input() -> None:
        while os.read(0, 1):
            pass  # nothing more is ever said but the end
        run.stop()

    threading.Thread(target=stop_with_the_input, daemon=True).start()
    for event in run.iterate():  # to its end, also when nobody listens any more
        if not _tell(out, event):
            run.stop()


def _tell(out: IO[bytes], what: Event | PatchjuryError) -> bool:
    """Pass something on; False when nobody listens any more."""
    try:
        pickle.dump(what, out)
        out.flush()
    except BrokenPipeError:
        return False
    return True


if __name__ == "__main__":
    from core.judge.run.process import (
        main as importable,
    )  # so that what is pickled has its right name

    importable()
