"""The judge from the screen's side: the dialog before a run, its events, how it ends."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from core.errors import PatchjuryError
from core.store.tables import LEDGER
from core.store.trust import is_kept
from tui.judge_text import progress_text, spending_text, summary_text
from tui.screens.triage_frame import TriageFrame
from tui.work.store_watcher import StoreWatcher
from tui.work.trouble import as_trouble

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from core.judge import events, proposals
    from tui.work.judge_runner import JudgeRunner


class Judging:
    """At most one run of the judge at a time, and what is shown of it."""

    def __init__(self, frame: TriageFrame) -> None:
        self._frame = frame
        self._triage = frame.session.triage
        self._run: JudgeRunner | None = None
        self._ending = ""  # how the run ended, once reported
        self._last_run = ""

    @property
    def is_at_work(self) -> bool:
        """Is a run in progress?"""
        return self._run is not None

    def action_ask(self, letter: str = "") -> None:
        """Open the dialog, on the scope of a letter if one is named."""
        from tui.screens.judge_dialog import JudgeScreen, scopes  # here: few sessions ask the judge

        frame = self._frame
        if self.is_at_work:
            frame.refuse("the judge is running; esc stops it")
            return
        choices = scopes(self._triage, frame.attempt_key, frame.lists.listed)
        frame.app.clear_notifications()  # the last run's summary is in the dialog
        letter = letter if any(choice.letter == letter for choice in choices) else ""
        dialog = JudgeScreen(self._triage, choices, letter, self._last_run)
        frame.app.push_screen(dialog, self._start)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The rubric is that of the attempt on screen."""
        return None if action == "edit_rubric" and self._frame.attempt_key is None else True

    def action_edit_rubric(self) -> None:
        """Edit the rubric of the commit on screen."""
        from tui.screens.rubric_editing import edit_rubric

        if (key := self._frame.attempt_key) is not None:
            sha = self._triage.attempt(key).reference_sha
            show = self._frame.attempt_pane.action_show
            edit_rubric(self._frame.app, self._triage, sha, lambda: show("rubric"))

    def _start(self, proposal: proposals.Proposal | None) -> None:
        if proposal is None:
            return
        from tui.work.judge_runner import JudgeRunner

        self._ending = ""
        self._run = JudgeRunner(self._frame, proposal, self._triage.store)
        self._frame.top_bar.judging = f"judging 0/{proposal.plan.jobs}"
        self._run.start()

    def stop(self) -> None:
        """Make no further calls; those in flight are kept."""
        if self._run is not None:
            self._run.stop()

    def take(self, event: events.Event) -> Collection[str]:
        """Process an event of the run; returns the attempts with news, to be redrawn soon."""
        from core.judge import events

        notify, top_bar = self._frame.notify, self._frame.top_bar
        match event:
            case events.Judged(judgement=judgement, progress=progress):
                top_bar.later(judging=progress_text(progress))
                return self._triage.add_judgement(judgement)
            case events.Finished(summary=summary):
                self._ending = summary_text(summary)
                self._tell(self._ending, "information" if summary.is_good else "warning")
            case events.Notice(text=text):
                notify(text, title="Judge", severity="warning", markup=False)
            case events.Halted(reason=reason):
                notify(reason, title="No further calls", severity="error", markup=False)
            case other:
                top_bar.later(judging=progress_text(other.progress))
        return ()

    def end(self, trouble: PatchjuryError | None) -> None:
        """The run is over."""
        self._run = None
        if trouble is not None:
            self._ending = str(trouble)
            self._tell(self._ending, "error")
        self._last_run = self._ending.strip()
        self._frame.top_bar.judging = ""
        self.read_spending()

    def _tell(self, text: str, severity: SeverityLevel) -> None:
        self._frame.notify(text, title="Judge", severity=severity, timeout=20, markup=False)

    def ask_trust(self, then: Callable[[], None]) -> None:
        """Ask once whether others' opinions count, then call `then`, which may open another window.

        Until answered they settle nothing. Files that merely lie beside the runs are only
        mentioned.
        """
        awaiting = self._frame.session.awaiting_trust
        if any(map(is_kept, awaiting)):
            self._open_trust(then)
            return
        then()
        if awaiting:
            self._frame.notify(
                f"{sum(awaiting.values())} opinions come from elsewhere. They are "
                "shown but settle nothing until you accept them (^p trust).",
                title="Set aside",
                markup=False,
            )

    def action_trust(self) -> None:
        """Open the question whether others' opinions count."""
        frame = self._frame
        if not frame.session.foreign:
            frame.notify("All opinions here were written by your own patchjury.", markup=False)
            return
        self._open_trust(lambda: None, is_asked_for=True)

    def _open_trust(self, then: Callable[[], None], *, is_asked_for: bool = False) -> None:
        from tui.screens.trust_dialog import TrustScreen  # here: few sessions meet foreign opinions

        frame = self._frame

        def answered(accepted: bool | None) -> None:
            then()
            if accepted is not None:
                frame.run_worker(partial(self._answer_trust, accepted), thread=True)

        dwell_s = 0 if is_asked_for else frame.seen.dwell_s
        frame.app.push_screen(TrustScreen(frame.session.foreign, dwell_s), answered)

    def _answer_trust(self, accepted: bool) -> None:
        """In a thread: remember the answer, and reread the store."""
        frame = self._frame
        try:
            contents = frame.session.answer_trust(accepted)
        except Exception as error:  # noqa: BLE001 - it would end the app
            frame.app.call_from_thread(self._tell, str(as_trouble(error)), "error")
        else:
            frame.post_message(StoreWatcher.Changed(contents))

    def read_spending(self) -> None:
        """Show what the judge has cost for these runs, if it was ever asked."""
        from core.judge import ledger

        totals = ledger.find_totals(self._triage.store.folder)
        if totals is not None:
            known = not any(p.path.endswith(LEDGER) for p in self._triage.store_problems)
            self._frame.top_bar.spent = spending_text(totals) if known else "cost unreadable"
