"""Follows one run of the judge in the background and passes its events on."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.message_pump import MessagePump

from core.errors import PatchjuryError
from core.store import Store
from tui.work import BACKGROUND
from tui.work.trouble import as_trouble, post

if TYPE_CHECKING:
    from core.judge import events, proposals


class JudgeRunner:
    """One run over a proposal; `stop` lets the calls in flight finish."""

    @dataclass
    class Told(Message):
        """An event of the run."""

        event: events.Event

    @dataclass
    class Ended(Message):
        """The run is over; `trouble` if it could not be completed."""

        trouble: PatchjuryError | None

    def __init__(self, owner: MessagePump, proposal: proposals.Proposal, store: Store) -> None:
        from core.judge import process  # here: few sessions ask the judge

        self._owner = owner
        self._process = process.JudgeProcess(
            proposal.plan, proposal.settings, store, proposal.reports, niceness=BACKGROUND
        )

    def start(self) -> None:
        """Begin; `Told` and at last `Ended` are posted to the owner."""
        threading.Thread(target=self._run, daemon=True, name="patchjury-judging").start()

    def stop(self) -> None:
        """Make no further calls."""
        self._process.stop()

    def _run(self) -> None:
        trouble = None
        try:
            for event in self._process.iterate():
                post(self._owner, self.Told(event))
        except Exception as error:  # noqa: BLE001 - a run that nobody sees end would never end
            trouble = as_trouble(error)
        post(self._owner, self.Ended(trouble))
