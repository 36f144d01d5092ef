"""A window that lists lines to read: what could not be loaded, every verdict on an attempt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.text import visible
from tui.documents.text_document import TextDocument
from tui.widgets.document_view import DocumentView


class ListingScreen(ModalScreen[None]):
    """Lines under a title; those in `headings` stand out."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,exclamation_mark,y", "dismiss", "back", priority=True)
    ]

    def __init__(self, title: str, lines: Sequence[str], headings: Sequence[int] = ()) -> None:
        super().__init__()
        self._heading = title
        self._lines = TextDocument(lines, headings)

    def compose(self) -> ComposeResult:
        with Vertical(id="window"):
            yield Static(Content.styled(visible(self._heading), "bold"))
            yield DocumentView("listing")
            yield Static(Content.styled("esc back", "$dim"))

    def on_mount(self) -> None:
        self.query_one(DocumentView).show(self._lines)
        self.query_one(DocumentView).focus()
