"""What a person decides with the keys, as verdicts of the triage: which keys mean what.

A key decides on the attempt that was on the screen when it was pressed, or on none; what was
recorded is said in a line that names the attempt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.assess.decisions import named
from core.errors import PatchjuryError
from core.models import Criteria, Flag, LineComment, Outcome, PatchState, Verdict
from tui.render.said import attempt_name, change_words, verdict_words
from tui.screens.view_taken import in_view_of

if TYPE_CHECKING:
    from tui.screens.triage import TriageScreen

_AGAINST: dict[Flag, str] = {
    Flag.AGAINST_FACT: "a certain check says otherwise",
    Flag.AGAINST_OWN_CRITERIA: "your own criteria say otherwise",
}


class Deciding:
    """Turns the verdict keys of a triage screen into records, each of which is saved at once."""

    def __init__(self, screen: TriageScreen) -> None:
        self._screen = screen
        self._session = screen.session
        self._triage = screen.session.triage
        self._asked_about: tuple[str, dict[str, Any]] | None = None
        self._knows_reviewer = screen.session.reviewer_is_chosen

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A verdict key is greyed out while no attempt is selected."""
        key = self._screen.attempt_key
        if action == "adjudicate" and key is not None:
            return True if self._triage.assessment(key).disputed else None
        return True if key is not None or action in ("undo", "redo", "save") else None

    # The keys

    def action_outcome(self, outcome: str) -> None:
        """Decide, and go on to the next undecided attempt."""
        self._with_attempt(
            "outcome", lambda key: self._decide(key, {"outcome": Outcome(outcome)}, go_on=True)
        )

    def action_cannot_tell(self) -> None:
        """Decide that nobody can tell, and why."""
        self._with_attempt("outcome", self._ask_why_not)

    def action_criterion(self, criterion: str, answer: bool) -> None:
        """Say yes or no to a criterion; the same again takes it back."""

        def decide(key: str) -> None:
            own = self._triage.own(key)
            criteria = own.criteria if own else Criteria()
            now = None if getattr(criteria, criterion) is answer else answer
            self._decide(key, {"criteria": replace(criteria, **{criterion: now})})

        self._with_attempt(f"{criterion} {answer}", decide)

    def action_edit(self, what: str) -> None:
        """Write a note, tags, or a comment on the line under the cursor."""
        edit = {"note": self._note, "tags": self._tags, "comment": self._comment}[what]
        self._with_attempt(f"edit {what}", edit)

    def action_undo(self) -> None:
        """Take back the last verdict and go to its attempt."""
        taken_back = self._triage.undo(self._screen.attempt_key)
        self._gone_back(taken_back, "taken back", "There is nothing to take back.")

    def action_redo(self) -> None:
        """Record again what was taken back last."""
        self._gone_back(self._triage.redo(), "recorded again", "Nothing was taken back.")

    def action_adjudicate(self) -> None:
        """Settle what reviewers differ on."""
        self._with_attempt("adjudicate", self._adjudicate)

    def action_save(self) -> None:
        """Save again what could not be saved."""
        if self._triage.progress().unsaved:
            self._screen.save()
        else:
            self._screen.notify("Everything is saved.")

    # Whether a key counts

    def _with_attempt(self, group: str, then: Callable[[str], None]) -> None:
        """Do something with the attempt on screen, if it was there when the key was pressed."""
        key = self._screen.attempt_key
        if key is None:
            return
        if not self._screen.admits(group):
            name = attempt_name(self._triage.attempt(key))
            text = f"too soon: {name} was not yet on the screen; nothing is recorded"
            self._screen.say(text, "$warning")
        elif self._knows_reviewer:
            then(key)
        else:
            self._ask_reviewer(lambda: then(key))

    def _ask_reviewer(self, then: Callable[[], None]) -> None:
        """Ask once who decides, and remember it."""
        from core.settings import remember
        from tui.screens.ask import AskScreen

        def answered(name: str | None) -> None:
            if name is None or not name.strip():
                return
            self._knows_reviewer = True
            self._triage.reviewer = name.strip()
            remember(reviewer=name.strip())
            self._screen.top_bar.refresh()
            then()

        why = "It stands at every verdict, is asked once, and is changed in the settings."
        ask = AskScreen("Who decides here? Your name:", self._triage.reviewer, why=why)
        self._screen.app.push_screen(ask, answered)

    # Recording

    def _decide(self, key: str, changes: dict[str, Any], *, go_on: bool = False) -> None:
        """Record a decision; what contradicts a fact or itself only when asked for twice."""
        if self._stands(key, changes):
            self._screen.say(f"{self._name(key)}: that is recorded already", "$dim")
        elif (flags := self._triage.flags(key, **changes)) and self._asked_about != (key, changes):
            self._asked_about = (key, changes)
            against = " and ".join(_AGAINST[flag] for flag in flags)
            text = f"{self._name(key)}: {against}; the same key again records it all the same"
            self._screen.say(text, "$warning")
            return
        else:
            self._record(key, changes)
        if go_on:
            self._screen.action_next_undecided(1)

    def _record(self, key: str, changes: dict[str, Any]) -> None:
        self._asked_about = None
        verdict = self._triage.decide(key, **changes, **self._moment(key))
        self._screen.decided()
        self._screen.say(f"{self._name(key)}: {change_words(verdict, changes)}  (u takes it back)")

    def _moment(self, key: str) -> dict[str, Any]:
        """What belongs to this moment: what was in view, what led here, the time it took."""
        return {
            "in_view": in_view_of(self._screen.attempt_pane.evidence.known, self._triage.reviewer),
            "origin": self._screen.lists.origin,
            "seconds": self._screen.attention.seconds(key),
        }

    def _stands(self, key: str, changes: dict[str, Any]) -> bool:
        """Is this outcome what this reviewer said last, on this very patch?"""
        own = self._triage.own(key)
        if own is None or "outcome" not in changes or own in self._triage.assessment(key).outdated:
            return False
        marked = self._triage.attempt(key).marked_success
        return own.is_decision and own.outcome is named(changes["outcome"], marked)

    def _gone_back(self, record: Verdict | None, what: str, nothing: str) -> None:
        if record is None:
            self._screen.say(nothing, "$dim")
            return
        self._screen.lists.select(record.attempt)
        self._screen.decided()
        now = self._triage.own(record.attempt)
        said = verdict_words(now) if now is not None else "undecided"
        self._screen.say(f"{self._name(record.attempt)}: {what}; now {said}")

    def _name(self, key: str) -> str:
        return attempt_name(self._triage.attempt(key))

    # Windows

    def _ask_why_not(self, key: str) -> None:
        from tui.screens.ask import AskScreen

        attempt = self._triage.attempt(key)
        guess = {
            PatchState.CUT: "the patch is cut",
            PatchState.UNREADABLE: "the patch cannot be read",
        }.get(attempt.patch.state, "")
        if not guess and self._triage.commit(attempt.reference_sha).diff is None:
            guess = "the human change is not known"

        def answered(reason: str | None) -> None:
            if reason is not None:
                self._record(key, {"cannot_tell": reason.strip()})
                self._screen.action_next_undecided(1)

        ask = AskScreen(f"{self._name(key)}: why can nobody tell?", guess)
        self._screen.app.push_screen(ask, answered)

    def _note(self, key: str) -> None:
        own = self._triage.own(key)
        self._edit(key, "Note", own.note if own else "", lambda text: {"note": text.rstrip()})

    def _tags(self, key: str) -> None:
        own = self._triage.own(key)
        self._edit(
            key,
            "Tags, separated by commas (over-optimization, wrong location, infrastructure, …)",
            ", ".join(own.tags if own else ()),
            lambda text: {"tags": tuple(filter(None, (tag.strip() for tag in text.split(","))))},
        )

    def _comment(self, key: str) -> None:
        place = self._screen.attempt_pane.place
        if place is None:
            self._screen.notify(
                "Put the cursor of the diff on a line of code first (Tab, then j and k)."
            )
            return
        own = self._triage.own(key)
        comments = own.comments if own else ()
        here = (place.file, place.line, place.side)
        others = tuple(c for c in comments if (c.file, c.line, c.side) != here)
        now = next((c for c in comments if c not in others), None)
        start = now or LineComment(place.file, place.line, "", place.side)

        def changes(text: str) -> dict[str, Any]:
            fresh = replace(start, text=text.rstrip())
            return {"comments": (*others, fresh) if fresh.text else others}

        title = f"Comment at {place.file}:{place.line} ({place.side.value})"
        self._edit(key, title, start.text, changes)

    def _edit(
        self, key: str, title: str, text: str, changes: Callable[[str], dict[str, Any]]
    ) -> None:
        from tui.screens.editor import EditorScreen  # its text area is slow to import

        def edited(result: str | None) -> None:
            if result is not None and result != text:
                self._record(key, changes(result))
                self._screen.attempt_pane.refresh_marks()

        self._screen.app.push_screen(EditorScreen(f"{self._name(key)} · {title}", text), edited)

    def _adjudicate(self, key: str) -> None:
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
            self._screen.decided()
            self._screen.say(f"{self._name(key)}: adjudicated, {verdict_words(verdict)}")

        if known.disputed:
            window = AdjudicationScreen(self._name(key), known)
            self._screen.app.push_screen(window, chosen)
        else:
            self._screen.notify("Nobody differs on this attempt.")
