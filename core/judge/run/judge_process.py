"""The judge's own process: a job on standard input, one event loop, events on standard output.

When its input closes, it makes no further calls, keeps what the calls in flight bring, and ends.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys

from core.errors import PatchjuryError
from core.garbage import freeze_loaded_objects
from core.judge.run.events import Event
from core.judge.run.process import WorkerJob
from core.judge.run.runner import JudgeRun
from core.logs import hide_in_log, record_fault, start_logging
from core.records import replace
from core.settings import Secret
from core.store import Store


def main() -> None:
    """Run the job read from standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent process decides when to stop
    out = os.dup(1)
    os.dup2(2, 1)  # whatever gets printed is not an event
    start_logging()
    job: WorkerJob = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own process wrote it
    hide_in_log(Secret(job.key))
    freeze_loaded_objects()
    os.nice(job.niceness)
    asyncio.run(_serve(job, out))


async def _serve(job: WorkerJob, out: int) -> None:
    listener = await _Listener.open(out)
    try:
        await _run(job, listener)
    except PatchjuryError as error:
        await listener.tell(PatchjuryError(error.title, error.hint))
    except Exception as error:  # noqa: BLE001 - nobody sees this process's standard error
        record_fault(error, "the judge failed")
        title = f"the judge failed: {type(error).__name__}: {error}"
        await listener.tell(PatchjuryError(Secret(job.key).redact(title)))
    finally:
        await listener.close()


async def _run(job: WorkerJob, listener: _Listener) -> None:
    settings = replace(job.settings, api_key=Secret(job.key))
    run = JudgeRun(job.plan, settings, Store(job.folder), job.reports)
    loop = asyncio.get_running_loop()

    def stop_with_the_input() -> None:
        if not os.read(0, 1):  # the only further message is the end
            loop.remove_reader(0)
            run.stop()

    loop.add_reader(0, stop_with_the_input)
    async for event in run.events():  # to its end, even if nobody listens any more
        if not await listener.tell(event):
            run.stop()


class _Listener:
    """The process that reads the events; slow or gone, it never keeps a reply from the disk."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    @classmethod
    async def open(cls, out: int) -> _Listener:
        """Connect to the pipe with the descriptor `out`."""
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.connect_write_pipe(
            lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), os.fdopen(out, "wb")
        )
        return cls(asyncio.StreamWriter(transport, protocol, None, loop))

    async def tell(self, what: Event | PatchjuryError) -> bool:
        """Pass something on; False if nobody listens any more."""
        try:
            self._writer.write(pickle.dumps(what))
            await self._writer.drain()
        except ConnectionError:
            return False
        return not self._writer.is_closing()

    async def close(self) -> None:
        """Wait until everything is passed on, or nobody listens."""
        try:
            self._writer.close()
            await self._writer.wait_closed()
        except ConnectionError:
            return


if __name__ == "__main__":
    main()
