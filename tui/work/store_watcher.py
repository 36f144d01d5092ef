"""Checks every second whether a colleague has stored something, and reports it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from textual.message import Message
from textual.message_pump import MessagePump

from core.errors import PatchjuryError
from core.session import Session
from core.store import StoreContents
from core.store.watch import INTERVAL_S
from tui.work.trouble import as_trouble, post


class StoreWatcher:
    """A thread that watches the store's folder; reading happens there as well."""

    @dataclass
    class Changed(Message):
        """Records came to the store, or this session's own reached it."""

        contents: StoreContents

    @dataclass
    class Troubled(Message):
        """The store cannot be watched any more: it moved, say. Reported once per reason."""

        trouble: PatchjuryError

    def __init__(self, owner: MessagePump, session: Session) -> None:
        self._owner = owner
        self._session = session
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin to watch; `Changed` and `Troubled` are posted to the owner."""
        threading.Thread(target=self._run, daemon=True, name="patchjury-watch").start()

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()

    def _run(self) -> None:
        told = ""
        while not self._stop.wait(INTERVAL_S):
            try:
                contents = self._session.look()
            except Exception as error:  # noqa: BLE001 - a thread that ends unseen looks like quiet
                if str(trouble := as_trouble(error)) != told:
                    told = str(trouble)
                    post(self._owner, self.Troubled(trouble))
                continue
            told = ""
            if contents is not None:
                post(self._owner, self.Changed(contents))
