"""What a person decides with the keys, as verdicts of the triage: which keys mean what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from core.models import Criteria, LineComment, Outcome, Verdict
from tui.render.signs import OUTCOME_NAMES

if TYPE_CHECKING:
    from tui.screens.triage import TriageScreen

_NEXT_ANSWER: dict[bool | None, bool | None] = {None: True, True: False, False: None}


class Deciding:
    """Turns the verdict keys of a triage screen into records, each of which is saved at once."""

    def __init__(self, screen: TriageScreen) -> None:
        self._screen = screen
        self._triage = screen.session.triage

    def outcome(self, key: str, outcome: Outcome) -> None:
        """Decide on an attempt."""
        self._decide(key, outcome=outcome)

    def criterion(self, key: str, criterion: str) -> None:
        """The next answer on a criterion: yes, no, unknown."""
        standing = self._standing(key)
        criteria = standing.criteria if standing else Criteria()
        answer = _NEXT_ANSWER[getattr(criteria, criterion)]
        self._decide(key, criteria=replace(criteria, **{criterion: answer}))

    def undo(self, key: str | None) -> None:
        """Take back the last verdict and go to its attempt."""
        taken_back = self._triage.undo(key)
        if taken_back is None:
            self._screen.notify("There is nothing to take back.")
            return
        self._screen.lists.select(taken_back.attempt)
        self._screen.decided()
        now = self._triage.assessment(taken_back.attempt)
        self._screen.notify(f"Taken back; now {OUTCOME_NAMES[now.outcome]}.")

    def note(self, key: str) -> None:
        """Edit the note."""
        standing = self._standing(key)
        note = standing.note if standing else ""
        self._edit(key, "Note", note, lambda text: {"note": text.rstrip()})

    def tags(self, key: str) -> None:
        """Edit the tags."""
        standing = self._standing(key)
        self._edit(
            key,
            "Tags, separated by commas (over-optimization, wrong location, infrastructure, …)",
            ", ".join(standing.tags if standing else ()),
            lambda text: {"tags": tuple(filter(None, (tag.strip() for tag in text.split(","))))},
        )

    def comment(self, key: str) -> None:
        """Edit the comment at the line under the cursor of the diff."""
        place = self._screen.attempt_pane.document_view.place
        if place is None:
            self._screen.notify(
                "Put the cursor of the diff on a line of code first (Tab, then j and k)."
            )
            return
        standing = self._standing(key)
        comments = standing.comments if standing else ()
        here = (place.file, place.line, place.side)
        others = tuple(c for c in comments if (c.file, c.line, c.side) != here)
        now = next((c.text for c in comments if c not in others), "")

        def changes(text: str) -> dict[str, object]:
            fresh = LineComment(place.file, place.line, text.rstrip(), place.side)
            return {"comments": (*others, fresh) if fresh.text else others}

        self._edit(key, f"Comment at {place.file}:{place.line} ({place.side.value})", now, changes)

    def _standing(self, key: str) -> Verdict | None:
        return self._triage.own(key)

    def _edit(
        self, key: str, title: str, text: str, changes: Callable[[str], dict[str, object]]
    ) -> None:
        from tui.screens.editor import EditorScreen  # its text area is slow to import

        def edited(result: str | None) -> None:
            if result is not None and result != text:
                self._decide(key, **changes(result))

        self._screen.app.push_screen(EditorScreen(title, text), edited)

    def _decide(self, key: str, **changes: object) -> None:
        self._triage.decide(key, **changes)
        self._screen.decided()
        if "comments" in changes:
            self._screen.attempt_pane.refresh_marks()
