"""Checks every few seconds whether the runs changed on disk since they were read."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from textual.message import Message
from textual.message_pump import MessagePump

from core.errors import PatchjuryError
from core.run_index.disk_changes import DiskChanges
from core.session import Session
from tui.work.trouble import as_trouble, post

INTERVAL_S = 5.0
_REST = 50  # times as long as a look took: at most 2 % of a core


class RunsWatcher:
    """A thread that watches the places the runs were found in, once all of them are read."""

    @dataclass
    class Changed(Message):
        """The runs differ from what was read; `places` are below their root."""

        places: tuple[str, ...]

    @dataclass
    class Troubled(Message):
        """The runs cannot be watched any more."""

        trouble: PatchjuryError

    def __init__(self, owner: MessagePump, session: Session) -> None:
        self._owner = owner
        self._session = session
        self._since_ns = time.time_ns()
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin to watch; `Changed` is posted to the owner whenever more has changed."""
        threading.Thread(target=self._run, daemon=True, name="patchjury-runs-watch").start()

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()

    def _run(self) -> None:
        changes: DiskChanges | None = None
        told: tuple[str, ...] = ()
        pause = INTERVAL_S
        while not self._stop.wait(pause):
            began = time.monotonic()
            try:
                if changes is None and self._session.triage.is_settled:
                    changes = DiskChanges(self._session.triage.run_set, self._since_ns)
                found = changes.look() if changes else ()
            except Exception as error:  # noqa: BLE001 - a thread that ends unseen looks like quiet
                post(self._owner, self.Troubled(as_trouble(error)))
                return
            if found != told:
                told = found
                post(self._owner, self.Changed(found))
            pause = max(INTERVAL_S, _REST * (time.monotonic() - began))
