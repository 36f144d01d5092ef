"""How replies reach the disk before anything else happens: one thread writes for all callers.

While it writes, other replies wait and are then written together, so that a sync of the disk is
paid once for many of them; nobody is told that a reply is safe before it is.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.errors import StoreError
from core.judge.books.ledger import FILE_NAME
from core.models import Judgement, Rubric
from core.store import Store


@dataclass(frozen=True, slots=True)
class _Entry:
    lines: Sequence[str]
    human: str
    judgement: Judgement | None
    rubric: Rubric | None
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


class Recorder:
    """Writes judgements, rubrics and ledger lines of one run. `close` it to end its thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="judge-recorder", daemon=True)
        self._thread.start()

    def note(self, line: str) -> None:
        """Write a ledger line that outlives the process. Raises `StoreError`."""
        self._store.note_line(FILE_NAME, line)

    async def record(
        self,
        lines: Iterable[str],
        human: str = "",
        judgement: Judgement | None = None,
        rubric: Rubric | None = None,
    ) -> None:
        """Write and return when it is on disk. Raises `StoreError`."""
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        self._queue.put(_Entry(list(lines), human, judgement, rubric, loop, done))
        await asyncio.shield(done)

    def close(self) -> None:
        """Write what waits and end."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        is_last = False
        while not is_last:
            entry = self._queue.get()
            batch: list[_Entry] = []
            while entry is not None:
                batch.append(entry)
                try:
                    entry = self._queue.get_nowait()
                except queue.Empty:
                    break  # that was all
            is_last = entry is None
            if batch:
                self._write(batch)

    def _write(self, batch: Sequence[_Entry]) -> None:
        errors: dict[str, StoreError] = {}
        failed: Exception | None = None
        try:
            if additions := _by_commit(batch):
                errors = self._store.add_opinions(additions)
            self._store.append_lines(FILE_NAME, [line for entry in batch for line in entry.lines])
        except Exception as error:  # noqa: BLE001 - the callers wait for it
            failed = error
        for entry in batch:
            _tell(entry.loop, entry.done, errors.get(entry.human) or failed)


def _by_commit(batch: Sequence[_Entry]) -> dict[str, tuple[list[Rubric], list[Judgement]]]:
    additions: dict[str, tuple[list[Rubric], list[Judgement]]] = {}
    for entry in batch:
        if entry.rubric or entry.judgement:
            rubrics, judgements = additions.setdefault(entry.human, ([], []))
            rubrics.extend([entry.rubric] if entry.rubric else [])
            judgements.extend([entry.judgement] if entry.judgement else [])
    return additions


def _tell(
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[None], error: Exception | None
) -> None:
    def settle() -> None:
        if future.cancelled():
            return
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)

    if error is not None and not isinstance(error, StoreError):
        error = StoreError(f"what the judge said could not be stored: {error}")
    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:
        return  # the loop is closed: nobody waits any more
