"""A small window to write a note, tags or a comment in."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from core.text import stored_text, visible


class EditorScreen(ModalScreen[str | None]):
    """Gives back the text when it is saved, None when it is left; nothing is lost by one key.

    What is shown is the visible form of the text; what was not touched is given back as it was.
    """

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save", priority=True),
        Binding("escape", "leave", "leave", priority=True),
    ]

    def __init__(self, title: str, text: str, *, original: str | None = None) -> None:
        super().__init__()
        self._heading = title
        self._text = text
        self._original = text if original is None else original  # what nothing is lost against
        self._asked = False

    def compose(self) -> ComposeResult:
        with Vertical(id="window"):
            yield Static(Content.styled(visible(self._heading), "bold"))
            yield TextArea(visible(self._text, keep_newlines=True), tab_behavior="focus")
            yield Static(Content.styled("^s saves, esc leaves", "$dim"), id="hint")

    def action_save(self) -> None:
        self.dismiss(stored_text(self._text, self.query_one(TextArea).text))

    def action_leave(self) -> None:
        changed = self.query_one(TextArea).text != visible(self._original, keep_newlines=True)
        if changed and not self._asked:
            self._asked = True
            hint = Content.styled("Changed: ^s saves, esc again throws the change away", "$warning")
            self.query_one("#hint", Static).update(hint)
            return
        self.dismiss(None)
