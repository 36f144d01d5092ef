"""The window that lists what could not be loaded, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.models import LoadProblem
from tui.documents.text_document import TextDocument
from tui.render.amounts import plural
from tui.widgets.document_view import DocumentView


class ProblemsScreen(ModalScreen[None]):
    """Load problems, one a line: the file, then the reason."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,exclamation_mark", "dismiss", "back", priority=True)
    ]

    def __init__(self, problems: Sequence[LoadProblem]) -> None:
        super().__init__()
        self._problems = problems

    def compose(self) -> ComposeResult:
        count = len(self._problems)
        loaded = f"{plural(count, 'load problem')}; everything else was loaded"
        title = loaded if count else "No load problems"
        with Vertical(id="window"):
            yield Static(Content.styled(title, "bold"))
            yield DocumentView("problems")
            yield Static(Content.styled("esc back", "$dim"))

    def on_mount(self) -> None:
        lines: list[str] = []
        headings: list[int] = []
        for problem in self._problems:
            headings.append(len(lines))
            lines += [problem.path, f"    {problem.reason}"]
        self.query_one(DocumentView).show(TextDocument(lines, headings))
        self.query_one(DocumentView).focus()
