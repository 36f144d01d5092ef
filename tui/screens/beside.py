"""The window that shows one attempt's patch beside another's, on one base."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.errors import PatchjuryError
from core.models import Attempt
from core.session import Session
from tui.documents.document import Document
from tui.documents.layout import View
from tui.documents.read_documents import read_beside
from tui.documents.text_document import TextDocument, error_lines
from tui.preferences import read_preferences
from tui.preparing import Preparation
from tui.render.said import attempt_name
from tui.widgets.document_view import DocumentView
from tui.work.latest import Latest


class BesideScreen(ModalScreen[None]):
    """Two attempts aligned like the comparison with the human; nothing is decided here."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,ampersand", "dismiss", "back", priority=True)
    ]

    def __init__(self, session: Session, left: Attempt, right: Attempt) -> None:
        super().__init__()
        self._session = session
        self._pair = left, right
        self.preparation = Preparation(["escape", "q", "ampersand"])
        self._reading = Latest(self)

    def compose(self) -> ComposeResult:
        left, right = map(attempt_name, self._pair)
        with Vertical(id="window", classes="-whole"):
            title = Content.assemble("◂ ", (left, "bold"), "  beside  ▸ ", (right, "bold"))
            yield Static(title)
            yield DocumentView("beside")
            yield Static(Content.styled("] [ changes, } { files, esc back", "$dim"))

    def on_mount(self) -> None:
        view = self.query_one(DocumentView)
        view.show(TextDocument(["reading …"]))
        view.focus()
        self.preparation.begin()
        self.call_after_refresh(self._read)

    def _read(self) -> None:
        view, liked = self.query_one(DocumentView), read_preferences()
        stacked = liked.is_stacked(view.scrollable_content_region.width)
        left, right = self._pair
        sides = ("left attempt", "right attempt")
        shown = View(stacked, liked.folded)

        def arrived(document: Document) -> None:
            view.show(document)
            self.preparation.end()

        def failed(error: PatchjuryError) -> None:
            view.show(TextDocument(error_lines(error, view.scrollable_content_region.width)))
            self.preparation.end()

        self._reading.run(
            lambda cancelled: read_beside(left, right, sides, shown, self._session, cancelled),
            arrived,
            failed,
        )
