"""The windows that take a verdict: the reason why nobody can tell, an adjudication."""

from __future__ import annotations

from typing import Any

from core.errors import PatchjuryError
from core.models import PatchState
from tui.render.said import attempt_name, verdict_words
from tui.screens.next_undecided import select_next_undecided
from tui.screens.recording import Recording
from tui.screens.triage_frame import TriageFrame


class VerdictWindows:
    """Opens them over a triage screen, and records what is answered."""

    def __init__(
        self,
        frame: TriageFrame,
        recording: Recording,
    ) -> None:
        self._frame = frame
        self._triage = frame.session.triage
        self._recording = recording

    def ask_why_cannot_tell(self, key: str) -> None:
        from tui.screens.ask import AskScreen

        attempt = self._triage.attempt(key)
        guess = {
            PatchState.CUT: "the patch is cut",
            PatchState.UNREADABLE: "the patch cannot be read",
        }.get(attempt.patch.state, "")
        if not guess and self._triage.commit(attempt.reference_sha).diff is None:
            guess = "the human change is unknown"

        def answered(reason: str | None) -> None:
            if reason is not None:
                self._recording.record(key, {"cannot_tell": reason.strip()})
                select_next_undecided(self._frame)

        ask = AskScreen(f"{self._name(key)}: why can nobody tell?", guess)
        self._frame.app.push_screen(ask, answered)

    def adjudicate(self, key: str) -> None:
        from tui.screens.adjudication import AdjudicationScreen

        known = self._triage.assessment(key)

        def chosen(changes: dict[str, Any] | None) -> None:
            if changes is None:
                return
            try:
                verdict = self._triage.adjudicate(key, **changes, **self._recording.moment(key))
            except PatchjuryError as error:  # settled meanwhile
                self._frame.notify(str(error), severity="error", markup=False)
                return
            self._recording.show(key)
            self._frame.say(f"{self._name(key)}: adjudicated, {verdict_words(verdict)}")

        if known.disputed:
            window = AdjudicationScreen(self._name(key), known)
            self._frame.app.push_screen(window, chosen)
        else:
            self._frame.notify("Reviewers do not disagree on this attempt.")

    def _name(self, key: str) -> str:
        return attempt_name(self._triage.attempt(key))
