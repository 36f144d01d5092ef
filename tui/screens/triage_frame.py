"""What every part of the triage screen stands on: what is selected, the panes, one line to say.

The parts (`Deciding`, `Judging`, `Moving`, ...) know this frame and each other as far as they are
given; only `TriageScreen`, which composes them, knows them all.
"""

from __future__ import annotations

from typing import cast

from textual.reactive import reactive
from textual.screen import Screen

from core.errors import PatchjuryError
from core.session import Session
from tui.preparing import Clocked
from tui.screens.attention import Attention
from tui.widgets.attempt_lists import AttemptLists
from tui.widgets.attempt_pane import AttemptPane
from tui.widgets.covered import covered_lines
from tui.widgets.key_bar import KeyBar
from tui.widgets.seen import Part, Seen
from tui.widgets.top_bar import TopBar
from tui.work.saver import Saver


class TriageFrame(Screen[None]):
    """The selected attempt, what shows it, and what the user is told."""

    render_lines = covered_lines

    attempt_key: reactive[str | None] = reactive(None, init=False, repaint=False)
    """The key of the selected attempt: the one on screen, and the one that keys decide on."""

    def __init__(self, session: Session, seen: Seen | None = None) -> None:
        super().__init__()
        self.session = session
        self.triage = session.triage
        self.seen = seen or Seen()
        self.attention = Attention(session.settings.review.idle_s)
        self.saver = Saver(self, session.triage)

    @property
    def top_bar(self) -> TopBar:
        """The first line."""
        return self.query_one(TopBar)

    @property
    def lists(self) -> AttemptLists:
        """What is on the left."""
        return self.query_one(AttemptLists)

    @property
    def attempt_pane(self) -> AttemptPane:
        """What is on the right."""
        return self.query_one(AttemptPane)

    @property
    def pressed_at(self) -> float:
        """When the key that is being answered was pressed."""
        return cast(Clocked, self.app).pressed_at

    def admits(self, group: str) -> bool:
        """Does a key count that was pressed at the user's newest event?"""
        hidden = set() if self.lists.display else {Part.ROW}
        return self.seen.admits(self.pressed_at, group, without=frozenset(hidden))

    def refuse(self, text: str) -> None:
        """Say why a key does nothing; keys typed in one burst with it would go elsewhere."""
        cast(Clocked, self.app).drop_burst()
        self.say(text, "$warning")

    def say(self, text: str, style: str = "$accent-text") -> None:
        """Show a message in the last line of the screen, such as what was recorded."""
        self.query_one(KeyBar).say(text, style)

    def tell_unsaved(self, trouble: PatchjuryError) -> None:
        """Report that verdicts could not be saved, and why."""
        title = "Not saved: ^s tries again"
        self.notify(str(trouble), title=title, severity="error", markup=False)
