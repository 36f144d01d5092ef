"""The window that lists the line comments on an attempt: where they are, and what is resolved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.models import LineComment
from core.text import visible
from tui.documents.document import Place
from tui.documents.marks import comment_words
from tui.documents.text_document import TextDocument
from tui.widgets.document_view import DocumentView


class Listed(Struct, frozen=True):
    """A comment, whose it is, and the line where its text is now (None: it is gone)."""

    comment: LineComment
    reviewer: str
    line: int | None

    @property
    def place(self) -> Place:
        """Where it is now, else where it was."""
        line = self.comment.line if self.line is None else self.line
        return Place(self.comment.file, line, self.comment.side)

    def words(self) -> str:
        """The row that lists it."""
        place = self.place
        gone = " outdated" if self.line is None else ""
        where = f"{visible(place.file)}:{place.line} ({place.side.value}){gone}"
        return f"{where}  {comment_words(self.reviewer, self.comment)}"


class CommentsScreen(ModalScreen[Listed | None]):
    """Returns the comment to go to, None on leaving.

    `resolve` resolves or reopens a comment of one's own, and returns the updated list.
    """

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,K", "dismiss", "back", priority=True),
        Binding("enter", "go", "go to it", priority=True),
        Binding("x", "resolve", "settle it", priority=True),
    ]

    def __init__(
        self,
        title: str,
        listed: Sequence[Listed],
        resolve: Callable[[Listed], Sequence[Listed] | None],
    ) -> None:
        super().__init__()
        self._heading = title
        self._listed = listed
        self._resolve = resolve

    def compose(self) -> ComposeResult:
        with Vertical(id="window"):
            yield Static(Content.styled(visible(self._heading), "bold"))
            yield DocumentView("listing")
            hint = "Enter goes to its line (c edits), x settles or reopens"
            yield Static(Content.styled(f"{hint}, esc back", "$dim"))

    def on_mount(self) -> None:
        view = self.query_one(DocumentView)
        view.wrap(True)
        self._show()
        view.focus()

    def _show(self) -> None:
        view = self.query_one(DocumentView)
        lines = [one.words() for one in self._listed] or ["There are no comments."]
        view.show(TextDocument(lines), view.row, again=True)

    @property
    def _chosen(self) -> Listed | None:
        row = self.query_one(DocumentView).row
        return self._listed[row] if row < len(self._listed) else None

    def action_go(self) -> None:
        """Go to the line of the comment under the cursor."""
        self.dismiss(self._chosen)

    def action_resolve(self) -> None:
        """Resolve or reopen the comment under the cursor."""
        if (chosen := self._chosen) is None:
            return
        listed = self._resolve(chosen)
        if listed is None:
            self.notify("Only its author can settle a comment.")
        else:
            self._listed = listed
            self._show()
