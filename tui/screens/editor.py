"""A small window to write a note, tags or a comment in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static, TextArea

from core.errors import PatchjuryError
from core.text import stored_text, visible
from tui.screens.kept_draft import KeptDraft
from tui.widgets.growing import Growing
from tui.work.trouble import as_trouble, post

_KEEP_AFTER_S = 0.5
"""How long after a key the draft is saved: a burst of typing is written once."""


class EditorScreen(ModalScreen[str | None]):
    """Returns the text when it is saved, None on leaving; no single key loses anything.

    The visible form of the text is shown; untouched text is returned as it was. A draft kept when
    the app ended in the middle of it is restored.
    """

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save", priority=True),
        Binding("escape", "leave", "leave", priority=True),
    ]

    @dataclass
    class NotSaved(Message):
        """The draft cannot be saved."""

        trouble: PatchjuryError

    def __init__(
        self, title: str, text: str, *, original: str | None = None, draft: KeptDraft | None = None
    ) -> None:
        super().__init__()
        self._heading = title
        self._text = text
        self._original = text if original is None else original  # what leaving would not lose
        self._draft = draft
        self._asked = False
        self._is_over = False
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        shown = visible(self._text, keep_newlines=True)
        kept = self._draft.find() if self._draft else None
        found = kept.text if kept else None
        back = found is not None and found != shown
        hint = "Your unfinished draft was restored: " if back else ""
        with Vertical(id="window"):
            yield Static(Content.styled(visible(self._heading), "bold"))
            yield TextArea(found if back and found else shown, tab_behavior="focus")
            yield Growing(Content.styled(f"{hint}^s saves, esc cancels", "$dim"), id="hint")

    @on(TextArea.Changed)
    def _changed(self) -> None:
        if self._draft is None or not self._is_changed:
            return
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(_KEEP_AFTER_S, self._keep_soon)

    def _keep_soon(self) -> None:
        self._keep(self.query_one(TextArea).text)

    @work(thread=True, group="draft")
    def _keep(self, text: str) -> None:
        assert self._draft is not None
        try:
            self._draft.keep(text)
        except Exception as error:  # noqa: BLE001 - what is typed is in danger: it is told
            post(self, self.NotSaved(as_trouble(error)))
        if self._is_over:  # saved or discarded while this was being written
            self._draft.drop()

    @on(NotSaved)
    def _not_saved(self, message: NotSaved) -> None:
        self._say(f"the draft cannot be saved: {message.trouble.title}", "$error")

    def _say(self, text: str, style: str) -> None:
        self.query_one("#hint", Growing).update(Content.styled(visible(text), style))

    def keep_draft(self) -> None:
        """Save what was typed so far."""
        if self._draft is not None and self.is_mounted and self._is_changed:
            self._draft.keep(self.query_one(TextArea).text)

    @property
    def _is_changed(self) -> bool:
        return self.query_one(TextArea).text != visible(self._original, keep_newlines=True)

    def action_save(self) -> None:
        self._end(stored_text(self._text, self.query_one(TextArea).text))

    def action_leave(self) -> None:
        if self._is_changed and not self._asked:
            self._asked = True
            self._say("Changed: ^s saves, esc again discards the change", "$warning")
            return
        self._end(None)

    def _end(self, text: str | None) -> None:
        if self._waiting is not None:
            self._waiting.stop()
        self._is_over = True
        if self._draft is not None:
            self._draft.drop()
        self.dismiss(text)
