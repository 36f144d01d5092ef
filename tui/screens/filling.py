"""The lists while the runs are still being read: what is there is shown, nothing is decided yet.

When everything is read, or the index turns out to match the files, the screen goes on as if it had
been opened only then; a user who has moved stays where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, cast

from core.errors import PatchjuryError
from core.garbage import freeze_loaded_objects
from core.models import Attempt, HumanCommit, RunSet
from core.run_index.reading_along import ReadingAlong
from core.session import Session
from tui.screens.reopening import Reopening
from tui.screens.triage_frame import TriageFrame
from tui.work.run_loader import Differs, Ended, RunLoader, RunsSoFar

NOT_YET = (
    "Not yet: the runs are still being read. You can look around, and decide once they are read."
)
_DECIDES = ("verdict", "judge")
_NEEDS_ALL = ("export", "statistics", "queue", "views", "history")
_SHOWN_S = 30.0
_AHEAD = 1_000  # so few that no key waits for them
_PAUSE_S = 0.02


class Opened(Protocol):
    """An app that can be told why there is nothing to show."""

    nothing_opened: PatchjuryError | None


class Filling:
    """Shows what a reading finds, until it ends."""

    def __init__(
        self,
        frame: TriageFrame,
        session: Session,
        reading: ReadingAlong,
        reopening: Reopening,
        begin: Callable[[], None],
    ) -> None:
        self._frame = frame
        self._reopening = reopening
        self._begin = begin
        self._session = session
        self._asked = reading.asked
        self._loader = RunLoader(frame, session, reading, self._take)
        self._shown: tuple[Attempt, HumanCommit, bool] | None = None
        self.work = "opening …"  # what the header says

    def start(self) -> None:
        """Begin to read."""
        self._loader.start()

    def forbids(self, part: str, action: str) -> bool:
        """Does an action, or a window to open, need all runs? Reports so."""
        is_too_early = part in _DECIDES or (part == "open" and action in _NEEDS_ALL)
        if is_too_early:
            self._frame.refuse(NOT_YET)
        return is_too_early

    def _take(self, event: RunsSoFar | Differs | Ended) -> None:
        if isinstance(event, RunsSoFar):
            if self._loader.is_superseded(event):
                return  # drawing lists takes time
            number = len(event.run_set.attempts)
            self.work = "comparing with the files …" if event.is_all else f"reading {number:,} …"
            self._session.take_up(event.run_set, event.contents, settled=False)
            self._show()
            self._frame.call_after_refresh(self._loader.go_on)
        elif isinstance(event, Differs):
            self.work = "reading again …"
            self._frame.top_bar.refresh()
        elif event.run_set is None:
            self._fail(event.trouble)
        else:
            self._end(event.run_set, event)

    def _end(self, run_set: RunSet, event: Ended) -> None:
        """Go on as if everything had been opened only now."""
        frame, self.work = self._frame, ""
        self._session.take_up(run_set, event.contents)
        self._session.remembered = self._asked if event.is_remembered else None
        freeze_loaded_objects()
        self._show()
        if event.differences is not None and event.differences.are_any:
            title = "Changed since the runs were last opened"
            told = str(event.differences)
            frame.notify(told, title=title, timeout=_SHOWN_S, markup=False)
        self._reopening.take_up_rest()
        self._begin()
        self._assess_ahead()

    def _assess_ahead(self, first: int = 0) -> None:
        """Assemble what is known of each attempt bit by bit: a filter would wait for all of it."""
        triage = self._session.triage
        some = triage.run_set.attempts[first : first + _AHEAD]
        for attempt in some:
            triage.assessment(attempt.key)
        if len(some) == _AHEAD:
            self._frame.set_timer(_PAUSE_S, partial(self._assess_ahead, first + _AHEAD))

    def _fail(self, trouble: PatchjuryError | None) -> None:
        frame = self._frame
        if not self._session.triage.run_set.attempts:
            cast(Opened, frame.app).nothing_opened = trouble
            frame.app.exit(return_code=2)
            return
        self.work = "not read"
        frame.top_bar.refresh()
        told = f"{trouble} What is shown is from the last opening: you cannot decide on it."
        frame.notify(told, title="Runs", severity="error", timeout=_SHOWN_S, markup=False)

    def _show(self) -> None:
        """List what there is now; a user who looks at an attempt stays there."""
        frame, triage = self._frame, self._session.triage
        lists, key = frame.lists, frame.lists.selected
        lists.look_again()
        if key is not None and key != lists.selected and key in lists.listed:
            lists.select(key)
        self._reopening.return_to_last_visit()
        if (key := lists.selected) is not None:
            attempt = triage.attempt(key)
            shown = attempt, triage.commit(attempt.reference_sha), triage.is_settled
            if shown != self._shown:
                self._shown = shown
                frame.attempt_pane.show_again()
            frame.attempt_pane.refresh_evidence()
        frame.top_bar.refresh()
