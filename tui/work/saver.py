"""Saves what was decided, in a thread that goes before the next picture."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from textual.message import Message
from textual.widget import Widget

from core.errors import PatchjuryError
from core.triage import Triage
from tui.work.trouble import as_trouble

_HEAD_START_S = 0.005
"""A thread that saves while a picture is drawn waits for the interpreter at each step, so it comes
first for this long. Local disks are done by then; with others a key is answered that much later."""


class Saver:
    """Saves the decisions of a triage; a screen is told how each save ended."""

    @dataclass
    class Saved(Message):
        """Decisions are on disk, unless there is trouble."""

        keys: Collection[str]
        trouble: PatchjuryError | None

    def __init__(self, screen: Widget, triage: Triage) -> None:
        self._screen = screen
        self._triage = triage
        self._thread = ThreadPoolExecutor(1, "patchjury-saving")

    def save(self) -> None:
        """Save what is not saved yet, before the next picture if the disk is quick."""
        saving = self._thread.submit(self._save)
        wait((saving,), _HEAD_START_S)
        self._screen.run_worker(self._tell(saving), group="saving")

    def stop(self) -> None:
        """End the thread once all is saved that it was asked for."""
        self._thread.shutdown(wait=False)

    def _save(self) -> Saved:
        trouble, keys = None, self._triage.unsaved_attempts
        try:
            self._triage.save()
        except Exception as error:  # noqa: BLE001 - it is told, and the verdict can be saved again
            trouble = as_trouble(error)
        return self.Saved(keys, trouble)

    async def _tell(self, saving: Future[Saved]) -> None:
        """Tell the screen; if that ends first, it is saved all the same."""
        saved = await asyncio.shield(asyncio.wrap_future(saving))
        self._screen.post_message(saved)
