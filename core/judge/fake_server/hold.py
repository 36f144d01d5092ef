"""Answers held back until a test lets them go: what happens meanwhile takes as long as it takes."""

from __future__ import annotations

import asyncio
import threading


class Hold:
    """Between `begin` and `end`, from any thread, no call is answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on = False
        self._waiting: list[asyncio.Future[None]] = []

    def begin(self) -> None:
        """Hold back the answer to every call from now on."""
        with self._lock:
            self._on = True

    def end(self) -> None:
        """Answer those that wait, and all later ones."""
        with self._lock:
            self._on, waiting, self._waiting = False, self._waiting, []
        for future in waiting:
            future.get_loop().call_soon_threadsafe(_release, future)

    async def over(self) -> None:
        """Wait in the server's loop until answers may go."""
        with self._lock:
            if not self._on:
                return
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
        await future


def _release(future: asyncio.Future[None]) -> None:
    if not future.done():  # its connection may have gone
        future.set_result(None)
