"""What a person decides with the keys: recorded at once, saved in a thread, kept on failure."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from core.errors import PatchjuryError
from core.models import Criteria, LineComment, Outcome, Verdict
from tui.render.signs import OUTCOME_NAMES
from tui.screens.moving import MovingActions

_NEXT_ANSWER: dict[bool | None, bool | None] = {None: True, True: False, False: None}


class VerdictActions(MovingActions):
    """Turns keys into verdicts of the triage and sees to it that they reach the disk."""

    def action_outcome(self, outcome: str) -> None:
        if self.attempt_key is not None:
            self._decide(self.attempt_key, outcome=Outcome(outcome))
            self.action_next_undecided(1)

    def action_criterion(self, criterion: str) -> None:
        if self.attempt_key is not None:
            criteria = self._standing.criteria if self._standing else Criteria()
            answer = _NEXT_ANSWER[getattr(criteria, criterion)]
            self._decide(self.attempt_key, criteria=replace(criteria, **{criterion: answer}))

    def action_undo(self) -> None:
        taken_back = self.triage.undo(self.attempt_key)
        if taken_back is None:
            self.notify("There is nothing to take back.")
            return
        self._save()
        self.select_attempt(taken_back.attempt)
        self.refresh_lists()
        now = self.triage.assessment(taken_back.attempt)
        self.notify(f"Taken back; now {OUTCOME_NAMES[now.outcome]}.")

    def action_note(self) -> None:
        note = self._standing.note if self._standing else ""
        self._edit("Note", note, lambda text: {"note": text.rstrip()})

    def action_tags(self) -> None:
        tags = self._standing.tags if self._standing else ()
        self._edit(
            "Tags, separated by commas (over-optimization, wrong location, infrastructure, …)",
            ", ".join(tags),
            lambda text: {"tags": tuple(filter(None, (tag.strip() for tag in text.split(","))))},
        )

    def action_comment(self) -> None:
        place = self.document_view.place
        if place is None:
            self.notify("Put the cursor of the diff on a line of code first (Tab, then j and k).")
            return
        comments = self._standing.comments if self._standing else ()
        here = (place.file, place.line, place.side)
        others = tuple(c for c in comments if (c.file, c.line, c.side) != here)
        now = next((c.text for c in comments if c not in others), "")

        def changes(text: str) -> dict[str, object]:
            fresh = LineComment(place.file, place.line, text.rstrip(), place.side)
            return {"comments": (*others, fresh) if fresh.text else others}

        self._edit(f"Comment at {place.file}:{place.line} ({place.side.value})", now, changes)

    def action_save(self) -> None:
        if self.triage.progress().unsaved:
            self._save()
        else:
            self.notify("Everything is saved.")

    @property
    def _standing(self) -> Verdict | None:
        return self.triage.own(self.attempt_key or "")

    def _edit(self, title: str, text: str, changes: Callable[[str], dict[str, object]]) -> None:
        from tui.screens.editor import EditorScreen  # its text area is slow to import

        key = self.attempt_key
        if key is None:
            return

        def edited(result: str | None) -> None:
            if result is not None and result != text:
                self._decide(key, **changes(result))

        self.app.push_screen(EditorScreen(title, text), edited)

    def _decide(self, key: str, **changes: object) -> None:
        self.triage.decide(key, **changes)
        self._save()
        self.refresh_lists()
        if "comments" in changes:
            self.refresh_marks()

    def _save(self) -> None:
        """Save in a thread that outlives the screen, so that quitting loses nothing."""
        threading.Thread(target=self._save_now, name="patchjury-saving").start()

    def _save_now(self) -> None:
        try:
            self.triage.save()
        except PatchjuryError as error:
            trouble = error
            self.call_later(lambda: self._save_failed(trouble))
        else:
            self.call_later(self._saved)

    def _saved(self) -> None:
        self.refresh_lists()

    def _save_failed(self, error: PatchjuryError) -> None:
        self._saved()
        self.notify(f"{error}", title="Not saved: ^s tries again", severity="error", markup=False)
