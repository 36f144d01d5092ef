"""What a person decides with the keys, as verdicts of the triage: which keys mean what.

A key decides on the attempt that was on the screen when it was pressed, or on none; what was
recorded is reported in a line that names the attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from core.assess.decisions import named
from core.models import Analysis, AnalysisScope, Criteria, Flag, Outcome, Verdict
from core.records import replace
from core.settings import remember
from tui.commands import Command
from tui.render.said import (
    attempt_name,
    decision_words,
    headings_words,
    verdict_words,
)
from tui.render.signs import NOT_A_SUCCESS
from tui.screens.next_undecided import select_next_undecided
from tui.screens.panes import Panes
from tui.screens.recording import Recording
from tui.screens.redrawing import Redrawing
from tui.screens.triage_frame import TriageFrame
from tui.screens.verdict_windows import VerdictWindows
from tui.screens.writing import Writing

_NOT_A_SUCCESS = {"outcome('false_positive')": NOT_A_SUCCESS, "outcome('failure')": ""}
"""The labels of these keys while the claim is sealed, which alone distinguishes them."""

_AGAINST: dict[Flag, str] = {
    Flag.AGAINST_FACT: "a certain check says otherwise",
    Flag.AGAINST_OWN_CRITERIA: "your own criteria say otherwise",
}


class Deciding:
    """Turns the verdict keys of a triage screen into records, each of which is saved at once."""

    def __init__(self, frame: TriageFrame, panes: Panes, redrawing: Redrawing) -> None:
        self._frame = frame
        self._redrawing = redrawing
        self._recording = Recording(frame, redrawing)
        self._session = frame.session
        self._triage = frame.session.triage
        self._windows = VerdictWindows(frame, self._recording)
        self.writing = Writing(frame, panes, self._recording)
        self._opens_study = False
        self._knows_reviewer = frame.session.reviewer_is_chosen

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A verdict key is greyed out while no attempt is selected."""
        key = self._frame.attempt_key
        if action == "adjudicate" and key is not None:
            return True if self._triage.assessment(key).disputed else None
        return True if key is not None or action in ("undo", "redo", "save", "blind") else None

    def hint(self, command: Command) -> str:
        """A key's label in the footer now; "" if another key replaces it."""
        key = self._frame.attempt_key
        if key is None or command.action not in _NOT_A_SUCCESS:
            return command.hint
        if not self._triage.view.is_sealed(key):
            return command.hint
        return _NOT_A_SUCCESS[command.action]

    # The keys

    def action_outcome(self, outcome: str) -> None:
        """Decide, and go on to the next undecided attempt.

        A non-success is one decision: while the claim is sealed no key distinguishes its kinds.
        """

        def decide(key: str) -> None:
            chosen = Outcome(outcome)
            if self._triage.view.is_sealed(key):
                chosen = named(chosen, None)
            self._decide(key, {"outcome": chosen}, go_on=True)

        self._with_attempt("outcome", decide)

    def action_cannot_tell(self) -> None:
        """Decide that nobody can tell, and why."""
        self._with_attempt("outcome", self._windows.ask_why_cannot_tell)

    def action_criterion(self, criterion: str, answer: bool) -> None:
        """Say yes or no to a criterion; the same again takes it back."""

        def decide(key: str) -> None:
            own = self._triage.own(key)
            criteria = own.criteria if own else Criteria()
            now = None if getattr(criteria, criterion) is answer else answer
            self._decide(key, {"criteria": replace(criteria, **{criterion: now})})

        self._with_attempt(f"{criterion} {answer}", decide)

    def action_edit(self, what: str) -> None:
        """Write a note, tags, an analysis, or a comment on the line under the cursor."""
        self._with_attempt(f"edit {what}", lambda key: self.writing.open(what, key))

    def action_undo(self) -> None:
        """Take back the last verdict or analysis and go to its attempt."""
        taken_back = self._triage.undo(self._frame.attempt_key)
        self._gone_back(taken_back, "taken back", "There is nothing to take back.")

    def action_redo(self) -> None:
        """Record again what was taken back last."""
        self._gone_back(self._triage.redo(), "recorded again", "Nothing was taken back.")

    def action_adjudicate(self) -> None:
        """Settle what reviewers differ on."""
        self._with_attempt("adjudicate", self._windows.adjudicate)

    def action_alike(self) -> None:
        """Give this verdict to every attempt at the commit with the same patch; asked once."""
        self._with_attempt("alike", self._give_alike)

    def action_blind(self) -> None:
        """Seal opinions, claims and colleagues until a decision, or show everything.

        In a study that is blind by its settings, confirmation is required.
        """
        view = self._triage.view
        if view.blind and self._session.settings.review.blind and not self._opens_study:
            self._opens_study = True
            text = (
                "this study is blind; b again unseals it, and verdicts will record what was in view"
            )
            self._frame.say(text, "$warning")
            return
        self._opens_study = False
        view.blind = not view.blind
        self._frame.refresh_bindings()
        self._frame.attempt_pane.show_again()
        self._frame.attempt_pane.is_stale = True
        self._frame.lists.look_again()
        self._redrawing.everything()

    def action_save(self) -> None:
        """Record what is in the pane beside the diff; retry saving what could not be saved."""
        if self.writing.record_open(self._frame.attempt_key):
            return
        if self._triage.progress().unsaved:
            self._frame.saver.save()
        else:
            self._frame.notify("Everything is saved.")

    # Whether a key counts

    def _with_attempt(self, group: str, then: Callable[[str], None]) -> None:
        """Do something with the attempt on screen, if it was there when the key was pressed."""
        key = self._frame.attempt_key
        if key is None:
            return
        if not self._frame.admits(group):
            name = attempt_name(self._triage.attempt(key))
            text = f"too soon: nothing recorded, {name} was not on the screen yet"
            self._frame.refuse(text)
        elif self._knows_reviewer:
            then(key)
        else:
            self._ask_reviewer(lambda: then(key))

    def _ask_reviewer(self, then: Callable[[], None]) -> None:
        """Ask once who decides, and remember it."""
        from tui.screens.ask import AskScreen

        def answered(name: str | None) -> None:
            if name is None or not name.strip():
                return
            self._knows_reviewer = True
            self._triage.reviewer = name.strip()
            remember(reviewer=name.strip())
            self._redrawing.everything()
            then()

        why = "It is recorded with every verdict. You are asked once; the settings can change it."
        ask = AskScreen("Your name as a reviewer:", self._triage.reviewer, why=why)
        self._frame.app.push_screen(ask, answered)

    # Recording

    def _decide(self, key: str, changes: dict[str, Any], *, go_on: bool = False) -> None:
        """Record a decision; one that contradicts a fact or itself only on a second request."""
        self.writing.record_open(key)
        if self._stands(key, changes):
            self._frame.say(f"{self._name(key)}: already recorded", "$dim")
        elif (flags := self._triage.flags(key, **changes)) and self._recording.asks_first(
            key, changes
        ):
            against = " and ".join(_AGAINST[flag] for flag in flags)
            text = f"{self._name(key)}: {against}; the same key again records it anyway"
            self._frame.say(text, "$warning")
            return
        else:
            self._recording.record(key, changes, go_on=go_on)
            return
        if go_on:
            select_next_undecided(self._frame)

    def _contradicts(self, key: str, changes: dict[str, Any]) -> Collection[Flag]:
        """What a decision contradicts and was not yet confirmed against."""
        flags = self._triage.flags(key, **changes)
        return flags if flags and self._recording.asks_first(key, changes) else ()

    def _give_alike(self, key: str) -> None:
        own, twins = self._triage.own(key), self._triage.same_patch(key)
        if own is None or not own.is_decision or not twins:
            why = "no other attempt here has this patch" if own else "decide on this attempt first"
            self._frame.say(f"{self._name(key)}: {why}", "$dim")
            return
        if self._recording.asks_first(key, {"alike": twins}):
            names = ", ".join(self._name(twin) for twin in twins)
            text = f"{decision_words(own)} for the same patch in {names} too? Press the key again"
            self._frame.say(text, "$warning")
            return
        given = self._triage.decide_alike(own, twins)
        self._recording.show(*twins)
        said = ", ".join(f"{self._name(v.attempt)}: {decision_words(v)}" for v in given)
        self._frame.say(f"{said}  (u takes them back one by one)")

    def _stands(self, key: str, changes: dict[str, Any]) -> bool:
        """Is this outcome what this reviewer said last, on this very patch?"""
        own = self._triage.own(key)
        if own is None or "outcome" not in changes or own in self._triage.assessment(key).outdated:
            return False
        marked = self._triage.attempt(key).marked_success
        return own.is_decision and own.outcome is named(changes["outcome"], marked)

    def _gone_back(self, record: Verdict | Analysis | None, what: str, nothing: str) -> None:
        if record is None:
            self._frame.say(nothing, "$dim")
        elif isinstance(record, Verdict):
            self._frame.lists.select(record.attempt)
            self.writing.show_recorded(AnalysisScope.ATTEMPT, record.attempt)
            self._recording.show(record.attempt)
            now = self._triage.own(record.attempt)
            said = verdict_words(now) if now is not None else "undecided"
            self._frame.say(f"{self._name(record.attempt)}: {what}; now {said}")
        else:
            if record.scope is AnalysisScope.ATTEMPT:
                self._frame.lists.select(record.about)
            self.writing.show_recorded(record.scope, record.about)
            self._recording.show()
            now_written = self._triage.analyses.own(record.scope, record.about)
            headings = headings_words(now_written) if now_written else "none"
            name = self.writing.name_of(record.about)
            self._frame.say(f"{name}: analysis {what}; now {headings}")

    def _name(self, key: str) -> str:
        return attempt_name(self._triage.attempt(key))
