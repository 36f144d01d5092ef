"""One writer for all callers: who stops waiting keeps nobody else from hearing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from core.judge.books.ledger import FILE_NAME
from core.judge.books.recorder import Recorder
from core.store import Store


async def test_a_caller_that_stops_waiting_is_written_and_the_others_are_told(
    tmp_path: Path,
) -> None:
    recorder = Recorder(Store(tmp_path / "store"))
    callers = [asyncio.create_task(recorder.record([line])) for line in ("one", "two", "three")]
    await asyncio.sleep(0)  # all of them wait for the same batch
    callers[1].cancel()
    await asyncio.wait_for(asyncio.gather(callers[0], callers[2]), 30)
    with suppress(asyncio.CancelledError):
        await callers[1]
    await recorder.close()
    assert (tmp_path / "store" / FILE_NAME).read_text("utf-8").split() == ["one", "two", "three"]
