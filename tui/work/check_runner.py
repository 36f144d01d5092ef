"""Runs the checks of a run set in the background and tells what they found."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path

from textual.message import Message
from textual.message_pump import MessagePump

from core.errors import RepositoryError
from core.models import CheckReport
from core.session import Session
from tui.work.trouble import as_trouble, post


class CheckRunner:
    """One pass of the checks, in a thread and its processes."""

    @dataclass
    class Reported(Message):
        """The facts on one attempt, the `done`-th."""

        report: CheckReport
        done: int

    @dataclass
    class Ended(Message):
        """No report comes any more; `trouble` says what went wrong, if anything did."""

        trouble: str

    def __init__(self, owner: MessagePump, session: Session) -> None:
        self._owner = owner
        self._session = session
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin; `Reported` and at last `Ended` are posted to the owner."""
        threading.Thread(target=self._run, daemon=True, name="patchjury-checks").start()

    def stop(self) -> None:
        """Stop at once: finished groups are stored, what is under way is done again next time."""
        import multiprocessing

        self._stop.set()
        for process in multiprocessing.active_children():
            process.terminate()

    def _run(self) -> None:
        from multiprocessing import resource_tracker  # here, so that the screen opens without them

        # It inherits standard error, which Textual has replaced by something that no process can.
        with redirect_stderr(sys.__stderr__):
            resource_tracker.ensure_running()
        try:
            trouble = self._check()
        except Exception as error:  # noqa: BLE001 - a pass that nobody sees end would never end
            trouble = str(as_trouble(error))
        post(self._owner, self.Ended(trouble))

    def _check(self) -> str:
        """Check everything; what went wrong, "" when nothing did."""
        try:
            return self._check_with(self._session.triage.run_set.repository)
        except RepositoryError as error:  # there is no git, or what was found is none
            return self._check_with(None) or f"without base files: {error}"

    def _check_with(self, repository: Path | None) -> str:
        from core.checks.pipeline import check_runs
        from core.checks.troubles import Troubles

        troubles, triage, chosen = Troubles(), self._session.triage, self._session.settings.checks
        for one in check_runs(
            triage.run_set,
            triage.store,
            repository=repository,
            jobs=chosen.jobs or max(1, (os.cpu_count() or 2) - 1),  # one core for the screen
            attempt_seconds=chosen.attempt_seconds,
            cancelled=self._stop.is_set,
        ):
            troubles.add(one)
            post(self._owner, self.Reported(one.report, one.done))
        return "; ".join(troubles.lines())
