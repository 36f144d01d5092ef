"""A small window that asks for one line: a name, a reason, tags."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from core.text import stored_text, visible


class AskScreen(ModalScreen[str | None]):
    """Returns the text when Enter is pressed, None on leaving."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "leave", priority=True)]

    def __init__(self, question: str, text: str = "", *, why: str = "") -> None:
        super().__init__()
        self._question = question
        self._text = text
        self._why = why

    def compose(self) -> ComposeResult:
        with Vertical(id="window", classes="-low"):
            yield Static(Content.styled(visible(self._question), "bold"))
            yield Input(visible(self._text), id="answer", select_on_focus=False)
            why = f"{visible(self._why)}\n" if self._why else ""
            yield Static(Content.styled(f"{why}Enter accepts, esc leaves", "$dim"))

    @on(Input.Submitted, "#answer")
    def _answered(self, event: Input.Submitted) -> None:
        self.dismiss(stored_text(self._text, event.value))
