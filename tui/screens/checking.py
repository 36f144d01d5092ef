"""The checks as they run behind the screen: started when runs open, never in the way of a key."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from contextlib import redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import PatchjuryError, RepositoryError
from core.session import Session
from tui.screens.viewing import ViewActions

if TYPE_CHECKING:
    from core.checks.pipeline import Checked

_REFRESH_S = 0.2
_BEGIN_S = 0.3


class BackgroundChecks(ViewActions):
    """Runs the checks in a thread and processes; takes their reports in a few times a second."""

    def __init__(self, session: Session, *, checks: bool = True) -> None:
        super().__init__(session)
        self._reports: deque[Checked] = deque()
        self._stop = threading.Event()
        self._checking = checks
        self._checked = 0
        self._trouble = ""

    def on_mount(self) -> None:
        if self._checking:
            self._timer = self.set_interval(_REFRESH_S, self._take_reports)
            self.set_timer(_BEGIN_S, self._start_checks)  # the first picture comes first

    def on_unmount(self) -> None:
        """Stop at once: finished groups are stored, what is under way is done again next time."""
        import multiprocessing

        self._stop.set()
        for process in multiprocessing.active_children():
            process.terminate()

    @property
    def work_under_way(self) -> str:
        total = len(self.triage.run_set.attempts)
        return f"checked {self._checked}/{total}" if self._checking else ""

    def _start_checks(self) -> None:
        threading.Thread(target=self._check, daemon=True, name="patchjury-checks").start()

    def _check(self) -> None:
        from multiprocessing import resource_tracker  # here, so that the screen opens without them

        # It inherits standard error, which Textual has replaced by something that no process can.
        with redirect_stderr(sys.__stderr__):
            resource_tracker.ensure_running()

        repository = self.triage.run_set.repository
        try:
            try:
                self._check_with(repository)
            except RepositoryError as error:  # there is no git, or what was found is none
                self._trouble = f"without base files: {error}"
                self._check_with(None)
        except PatchjuryError as error:
            self._trouble = str(error)
        finally:
            self._checking = False

    def _check_with(self, repository: Path | None) -> None:
        from core.checks.pipeline import check_runs

        chosen = self.session.settings.checks
        checked = check_runs(
            self.triage.run_set,
            self.triage.store,
            repository=repository,
            jobs=chosen.jobs or max(1, (os.cpu_count() or 2) - 1),  # one core for the screen
            attempt_seconds=chosen.attempt_seconds,
            cancelled=self._stop.is_set,
        )
        for one in checked:
            self._reports.append(one)

    def _take_reports(self) -> None:
        """Take in what has come since the last time. Runs on the UI thread."""
        running = self._checking
        if running and not self._reports:
            return
        changed = False
        while self._reports:
            one = self._reports.popleft()
            self.triage.add_report(one.report)
            self._checked = one.done
            changed = changed or one.report.attempt == self.attempt_key
            if one.problem and not self._trouble:
                self._trouble = f"checks are not stored: {one.problem}"
        if not running and not self._reports:
            self._timer.stop()
        self.refresh_lists()
        if changed:
            self.refresh_marks()
        if self._trouble and not running:
            self.notify(self._trouble, title="Checks", severity="warning", markup=False)
