"""How replies reach the disk before anything else happens: one writer for all callers.

While it writes, further replies wait and are then written together, so that one disk sync serves
many of them; no caller is told that a reply is safe before it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct

from core.errors import StoreError
from core.judge.books.ledger import FILE_NAME
from core.models import Judgement, Rubric
from core.store import Store


class _Entry(Struct, frozen=True):
    lines: Sequence[str]
    human: str
    judgement: Judgement | None
    rubric: Rubric | None
    done: asyncio.Future[None]


class Recorder:
    """Writes judgements, rubrics and ledger lines of one run, in one event loop; `close` it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[_Entry] = []
        self._writing: asyncio.Task[None] | None = None
        self._disk = ThreadPoolExecutor(1, "judge-disk")  # the loop goes on while a disk syncs

    def note(self, line: str) -> None:
        """Write a ledger line that survives the process. Raises `StoreError`."""
        self._store.note_line(FILE_NAME, line)

    async def record(
        self,
        lines: Iterable[str],
        human: str = "",
        judgement: Judgement | None = None,
        rubric: Rubric | None = None,
    ) -> None:
        """Write and return when it is on disk. Raises `StoreError`."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(_Entry(list(lines), human, judgement, rubric, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        await asyncio.shield(done)

    async def close(self) -> None:
        """Write what is waiting and stop."""
        if self._writing is not None:
            await self._writing
        self._disk.shutdown()

    async def _write_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting, []
            errors = await loop.run_in_executor(self._disk, self._write, batch)
            for entry, error in zip(batch, errors, strict=True):
                if error is None:
                    entry.done.set_result(None)
                else:
                    entry.done.set_exception(error)
        self._writing = None

    def _write(self, batch: Sequence[_Entry]) -> list[StoreError | None]:
        """Write a batch; the error of each entry, None when it is safe."""
        errors: dict[str, StoreError] = {}
        failed: StoreError | None = None
        try:
            if additions := _by_commit(batch):
                errors = self._store.add_opinions(additions)
            self._store.append_lines(FILE_NAME, [line for entry in batch for line in entry.lines])
        except StoreError as error:
            failed = error
        except Exception as error:  # noqa: BLE001 - the callers wait for it
            failed = StoreError(f"what the judge said could not be stored: {error}")
        return [errors.get(entry.human) or failed for entry in batch]


def _by_commit(batch: Sequence[_Entry]) -> dict[str, tuple[list[Rubric], list[Judgement]]]:
    additions: dict[str, tuple[list[Rubric], list[Judgement]]] = {}
    for entry in batch:
        if entry.rubric or entry.judgement:
            rubrics, judgements = additions.setdefault(entry.human, ([], []))
            rubrics.extend([entry.rubric] if entry.rubric else [])
            judgements.extend([entry.judgement] if entry.judgement else [])
    return additions
