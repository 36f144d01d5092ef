"""The windows that take a verdict: the reason why nobody can tell, an adjudication."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.errors import PatchjuryError
from core.models import PatchState
from tui.render.said import attempt_name, verdict_words

if TYPE_CHECKING:
    from tui.screens.triage import TriageScreen


class VerdictWindows:
    """Opens them over a triage screen; what is written goes to `record`, with the attempt.

    `moment` returns what belongs to the moment of a record.
    """

    def __init__(
        self,
        screen: TriageScreen,
        record: Callable[[str, dict[str, Any]], None],
        moment: Callable[[str], dict[str, Any]],
    ) -> None:
        self._screen = screen
        self._triage = screen.session.triage
        self._record = record
        self._moment = moment

    def ask_why_not(self, key: str) -> None:
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
                self._record(key, {"cannot_tell": reason.strip()})
                self._screen.moving.action_next_undecided(1)

        ask = AskScreen(f"{self._name(key)}: why can nobody tell?", guess)
        self._screen.app.push_screen(ask, answered)

    def adjudicate(self, key: str) -> None:
        from tui.screens.adjudication import AdjudicationScreen

        known = self._triage.assessment(key)

        def chosen(changes: dict[str, Any] | None) -> None:
            if changes is None:
                return
            try:
                verdict = self._triage.adjudicate(key, **changes, **self._moment(key))
            except PatchjuryError as error:  # settled meanwhile
                self._screen.notify(str(error), severity="error", markup=False)
                return
            self._screen.decided(key)
            self._screen.say(f"{self._name(key)}: adjudicated, {verdict_words(verdict)}")

        if known.disputed:
            window = AdjudicationScreen(self._name(key), known)
            self._screen.app.push_screen(window, chosen)
        else:
            self._screen.notify("Nobody differs on this attempt.")

    def _name(self, key: str) -> str:
        return attempt_name(self._triage.attempt(key))
