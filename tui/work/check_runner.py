"""Reports the facts on a run set in the background: runs the checks, or only reads stored ones."""

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
from core.models import CheckReport, FactCounts
from core.session import Session
from core.store.tables import CHECKS
from tui.work import BACKGROUND
from tui.work.trouble import as_trouble, post


class CheckRunner:
    """One pass of the checks, in a thread and its processes.

    `only_stored`: nothing is checked; the stored facts that hold are reported.
    """

    @dataclass
    class Reported(Message):
        """The facts on one attempt, the `done`-th."""

        report: CheckReport
        done: int

    @dataclass
    class Ended(Message):
        """No more reports will come; `trouble` says what went wrong, if anything did.

        `stored` counts the stored facts if only those were read.
        """

        trouble: str
        stored: FactCounts | None = None

    def __init__(self, owner: MessagePump, session: Session, *, only_stored: bool = False) -> None:
        self._owner = owner
        self._session = session
        self._only_stored = only_stored
        self._counts: FactCounts | None = None
        self._stop = threading.Event()

    def says(self, done: int) -> str:
        """The progress, in words."""
        what = "facts read" if self._only_stored else "checked"
        return f"{what} {done}/{len(self._session.triage.run_set.attempts)}"

    def start(self) -> None:
        """Begin; `Reported` and at last `Ended` are posted to the owner."""
        threading.Thread(target=self._run, daemon=True, name="patchjury-checks").start()

    def stop(self) -> None:
        """Stop at once: finished groups are stored, work in progress is redone next time."""
        self._stop.set()
        if self._only_stored:
            return
        import multiprocessing

        for process in multiprocessing.active_children():
            process.terminate()

    def _run(self) -> None:
        try:
            trouble = self._read() if self._only_stored else self._check()
        except Exception as error:  # noqa: BLE001 - a pass that nobody sees end would never end
            trouble = str(as_trouble(error))
        post(self._owner, self.Ended(trouble, self._counts))

    def _read(self) -> str:
        """Report what is stored; returns what went wrong, or ""."""
        triage = self._session.triage
        if not os.path.lexists(triage.store.folder / CHECKS):  # then nothing has to be imported
            self._counts = FactCounts(none=len(triage.run_set.attempts))
            return ""
        try:
            return self._read_with(triage.run_set.repository)
        except RepositoryError as error:  # there is no git, or the find is not a repository
            return self._read_with(None) or f"without base files: {error}"

    def _read_with(self, repository: Path | None) -> str:
        from core.checks import FAMILIES
        from core.checks.holding import count, join
        from core.checks.pipeline import stored_facts

        triage, counts = self._session.triage, FactCounts()
        facts = stored_facts(
            triage.run_set, triage.store, repository=repository, cancelled=self._stop.is_set
        )
        for done, (key, held) in enumerate(facts, 1):
            counts = count(counts, held, FAMILIES)
            if held.reports:
                post(self._owner, self.Reported(join(key, held.reports.values()), done))
        self._counts = counts
        return ""

    def _check(self) -> str:
        """Check everything; returns what went wrong, or ""."""
        from multiprocessing import resource_tracker  # here, so that the screen opens without them

        # It inherits standard error, which Textual has replaced by something unusable for a
        # process.
        with redirect_stderr(sys.__stderr__):
            resource_tracker.ensure_running()
        try:
            return self._check_with(self._session.triage.run_set.repository)
        except RepositoryError as error:  # there is no git, or the find is not a repository
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
            niceness=BACKGROUND,
            cancelled=self._stop.is_set,
        ):
            troubles.add(one)
            post(self._owner, self.Reported(one.report, one.done))
        return "; ".join(troubles.lines())
