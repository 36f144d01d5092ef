"""What was decided becomes a record of the triage, is saved at once, shown, and said in a line."""

from __future__ import annotations

from typing import Any

from core.assess.blind import others_say
from tui.render.said import agreement_words, attempt_name, change_words
from tui.screens.next_undecided import select_next_undecided
from tui.screens.redrawing import Redrawing
from tui.screens.triage_frame import TriageFrame


class Recording:
    """Records the verdicts of a triage screen."""

    def __init__(self, frame: TriageFrame, redrawing: Redrawing) -> None:
        self._frame = frame
        self._triage = frame.triage
        self._redrawing = redrawing
        self._asked_about: tuple[str, dict[str, Any]] | None = None

    def asks_first(self, key: str, changes: dict[str, Any]) -> bool:
        """Has this to be asked about? Not if it was just now, and nothing was recorded since."""
        if self._asked_about == (key, changes):
            self._asked_about = None
            return False
        self._asked_about = key, changes
        return True

    def record(self, key: str, changes: dict[str, Any], *, go_on: bool = False) -> None:
        """Record changes of the verdict on an attempt, and say so; perhaps go on to the next."""
        self._asked_about = None
        view = self._triage.view
        was_sealed = view.hides_others(key)
        verdict = self._triage.decide(key, **changes, **self.moment(key))
        self._frame.saver.save()
        if go_on:  # first: what is left behind need not be redrawn
            select_next_undecided(self._frame)
        self._redrawing.now((key,))
        said = change_words(verdict, changes)
        if was_sealed and not view.hides_others(key):
            others = others_say(self._triage.assessment(key), self._triage.reviewer)
            said = "; ".join(filter(None, (said, agreement_words(verdict, others))))
        name = attempt_name(self._triage.attempt(key))
        self._frame.say(f"{name}: {said}  (u takes it back)")

    def moment(self, key: str) -> dict[str, Any]:
        """What belongs to the moment of a record: what led here, and the time it took."""
        frame = self._frame
        return {"origin": frame.lists.origin, "seconds": frame.attention.seconds(key)}

    def show(self, *keys: str) -> None:
        """Save and show what was decided just now: on these attempts, else on anything."""
        self._frame.saver.save()
        if keys:
            self._redrawing.now(keys)
        else:
            self._redrawing.everything()
