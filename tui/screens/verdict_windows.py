"""The windows in which a verdict is written: a reason, a note, tags, a comment, an adjudication."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.assess.comments import comment_on, put, same_place
from core.assess.tags import known_tags
from core.errors import PatchjuryError
from core.models import PatchState
from tui.render.said import attempt_name, verdict_words

if TYPE_CHECKING:
    from tui.screens.triage import TriageScreen


class VerdictWindows:
    """Opens them over a triage screen; what is written goes to `record`, with the attempt.

    `moment` gives what belongs to the moment of a record.
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

    def editor(self, what: str) -> Callable[[str], None]:
        """What opens the window for a note, tags or a comment."""
        return {"note": self._note, "tags": self._tags, "comment": self._comment}[what]

    def ask_why_not(self, key: str) -> None:
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
                self._screen.moving.action_next_undecided(1)

        ask = AskScreen(f"{self._name(key)}: why can nobody tell?", guess)
        self._screen.app.push_screen(ask, answered)

    def _note(self, key: str) -> None:
        own = self._triage.own(key)
        self._edit(key, "Note", own.note if own else "", lambda text: {"note": text.rstrip()})

    def _tags(self, key: str) -> None:
        own = self._triage.own(key)
        proposed = ", ".join(known_tags(self._triage.assessments())[:8])
        self._edit(
            key,
            f"Tags, separated by commas ({proposed}, …)",
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
        line = self._screen.attempt_pane.line_text
        fresh = comment_on(place.file, place.line, [line], "", place.side)
        now = next((c for c in comments if same_place(c, fresh)), None)
        start = now or fresh

        def changes(text: str) -> dict[str, Any]:
            return {"comments": put(comments, replace(start, text=text.rstrip()), now)}

        title = f"Comment at {place.file}:{place.line} ({place.side.value})"
        self._edit(key, title, start.text, changes)

    def _edit(
        self, key: str, title: str, text: str, changes: Callable[[str], dict[str, Any]]
    ) -> None:
        from tui.screens.editor import EditorScreen  # its text area is slow to import
        from tui.screens.kept_draft import KeptDraft

        def edited(result: str | None) -> None:
            if result is not None and result != text:
                self._record(key, changes(result))
                self._screen.attempt_pane.refresh_marks()

        draft = KeptDraft(self._triage.store.drafts, self._triage.reviewer, key, title)
        editor = EditorScreen(f"{self._name(key)} · {title}", text, draft=draft)
        self._screen.app.push_screen(editor, edited)

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
            self._screen.decided()
            self._screen.say(f"{self._name(key)}: adjudicated, {verdict_words(verdict)}")

        if known.disputed:
            window = AdjudicationScreen(self._name(key), known)
            self._screen.app.push_screen(window, chosen)
        else:
            self._screen.notify("Nobody differs on this attempt.")

    def _name(self, key: str) -> str:
        return attempt_name(self._triage.attempt(key))
