"""The judge as it works behind the screen: started by a key, followed in the header, stoppable."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from core.errors import PatchjuryError
from core.session import Session
from tui.judge_text import dollars, progress_text, summary_text
from tui.screens.verdicts import VerdictActions

if TYPE_CHECKING:
    from core.judge.run.events import Event
    from core.judge.run.process import JudgeProcess
    from core.judge.run.proposal import Proposal

_REFRESH_S = 0.5


class JudgingActions(VerdictActions):
    """Starts a run of the judge in a process; takes what it tells in a few times a second."""

    def __init__(self, session: Session, *, checks: bool = True) -> None:
        super().__init__(session, checks=checks)
        self._judge: JudgeProcess | None = None
        self._told: deque[Event | PatchjuryError] = deque()
        self._judged = ""
        self._spent = ""
        self._last_run = ""
        self._leaving = False  # quit as soon as the calls in flight have come back

    def on_mount(self) -> None:
        self.set_timer(_REFRESH_S, self._read_ledger)  # the first picture comes first

    def on_unmount(self) -> None:
        if self._judge is not None:
            self._judge.stop()

    @property
    def work_under_way(self) -> str:
        told = (super().work_under_way, self._judged or self._spent)
        return "  ".join(text for text in told if text)

    def action_judge(self, letter: str = "") -> None:
        """Open the dialog, on the scope of a letter if one is named."""
        from tui.screens.judge_dialog import JudgeScreen, scopes  # here: few sessions ask the judge

        if self._judge is not None:
            self.notify("The judge is at work; esc stops it.")
            return
        choices = scopes(self.triage, self.attempt_key, self.listed)
        self.app.clear_notifications()  # the last run's summary stands in the dialog
        letter = letter if any(choice.letter == letter for choice in choices) else ""
        screen = JudgeScreen(self.triage, choices, letter, self._last_run)
        self.app.push_screen(screen, self._start_judge)

    def action_edit_rubric(self) -> None:
        """Edit the rubric of the commit on screen; saved as a record of its own."""
        from core.judge.question.rubric import current_rubric
        from tui.documents.rubric_document import rubric_text

        if self.attempt_key is not None:
            human = self.triage.attempt(self.attempt_key).reference_sha
            before = rubric_text(current_rubric(self.triage.store.rubrics(human)))
            self._edit_rubric(human, before, before)

    def _edit_rubric(self, human: str, before: str, now: str) -> None:
        from tui.screens.editor import EditorScreen

        def edited(text: str | None) -> None:
            if text is None or text == before:
                return
            try:
                self._save_rubric(human, text)
            except PatchjuryError as error:
                self.notify(str(error), title="Not saved", severity="error", markup=False)
                self._edit_rubric(human, before, text)

        editor = EditorScreen("Rubric: keep the four headings", now, original=before)
        self.app.push_screen(editor, edited)

    def _save_rubric(self, human: str, text: str) -> None:
        from core.judge.question.rubric import edit_rubric
        from tui.documents.rubric_document import parse_rubric_text

        texts = parse_rubric_text(text)._asdict()
        rubric = edit_rubric(human, self.triage.reviewer, **texts)
        self.triage.store.add_rubrics(human, [rubric])
        self.action_show("rubric")

    def action_leave(self) -> None:
        """What esc does otherwise; where it would do nothing, stop the judge."""
        if not self.leave() and self._judge is not None:
            self._judge.stop()
            self.notify("The judge stops after the calls in flight; they are kept.")

    def stop_judge_and_quit(self) -> bool:
        """Let the judge end what it has begun, then quit; False when it is not at work."""
        if self._judge is None or self._leaving:
            return False
        self._leaving = True
        self._judge.stop()
        self.notify("The judge waits for its calls in flight; q again leaves them behind.")
        return True

    def _start_judge(self, proposal: Proposal | None) -> None:
        if proposal is None:
            return
        from core.judge.run.process import JudgeProcess

        run = JudgeProcess(proposal.plan, proposal.settings, self.triage.store, proposal.reports)
        self._judge = run
        self._judged = f"judging 0/{proposal.plan.jobs}"
        self.refresh_counts()
        self._judge_timer = self.set_interval(_REFRESH_S, self._take_told)
        threading.Thread(
            target=self._ask, args=(run,), daemon=True, name="patchjury-judging"
        ).start()

    def _ask(self, run: JudgeProcess) -> None:
        try:
            for event in run.iterate():
                self._told.append(event)
        except PatchjuryError as error:
            self._told.append(error)
        except Exception as error:  # noqa: BLE001 - a run that nobody sees end would never end
            self._told.append(PatchjuryError(f"the judge failed: {type(error).__name__}: {error}"))

    def _take_told(self) -> None:
        """Take in what the run told since the last time. Runs on the UI thread."""
        from core.judge.run.events import Finished, Halted, Judged, Notice

        if not self._told:
            return
        judged: set[str] = set()
        while self._told:
            match self._told.popleft():
                case Judged(judgement=judgement, progress=progress):
                    self.triage.add_judgement(judgement)
                    judged.add(judgement.attempt)
                    self._judged = progress_text(progress)
                case Finished(summary=summary):
                    severity = "warning" if summary.failed else "information"
                    self._judge_over(summary_text(summary), severity)
                case PatchjuryError() as error:
                    self._judge_over(str(error), "error")
                case Notice(text=text):
                    self.notify(text, title="Judge", severity="warning", markup=False)
                case Halted(reason=reason):
                    self.notify(reason, title="No further calls", severity="error", markup=False)
                case other:
                    self._judged = progress_text(other.progress)
        self._refresh_judged(judged)

    def _refresh_judged(self, keys: set[str]) -> None:
        """Draw anew what speaks of these attempts, and no more: there are many, and often."""
        self.refresh_counts()
        if not keys.isdisjoint(self.attempt_list.keys):
            self.attempt_list.refresh()
        if self.attempt_key in keys:
            self.refresh_evidence()
            self.refresh_marks()

    def _judge_over(self, text: str, severity: str) -> None:
        self._judge = None
        if self._leaving:
            self.call_later(self.run_action, "quit")
            return
        self._last_run = text.strip()
        self._judged = ""
        self._judge_timer.stop()
        self._read_ledger()
        self.notify(text, title="Judge", severity=severity, timeout=20, markup=False)  # type: ignore[arg-type]

    def _read_ledger(self) -> None:
        from core.judge.books.ledger import FILE_NAME, read_totals

        folder = self.triage.store.folder
        if (folder / FILE_NAME).exists():
            totals = read_totals(folder)
            self._spent = dollars(totals.cost, totals.unknown_costs)
            self._spent += " made up" if totals.fake else ""
            self.refresh_counts()
