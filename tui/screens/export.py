"""The window that writes an export: a file name, whose ending decides the format."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from core.errors import PatchjuryError
from core.session import Session
from core.text import visible
from tui.work.latest import Latest


class ExportScreen(ModalScreen[None]):
    """Asks where to; says what was written or why not, and stays open in that case."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "back", priority=True)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._loading = Latest(self)
        self._refused: str | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="window", classes="-low"):
            yield Static(Content.styled("Export (.json, .jsonl, .csv or .md)", "bold"))
            yield Input("verdicts.md", id="path")
            yield Static(Content.styled("Enter writes, esc leaves", "$dim"), id="hint")

    @on(Input.Submitted, "#path")
    def _submitted(self, event: Input.Submitted) -> None:
        path = Path(event.value).expanduser()
        again = event.value == self._refused
        if path.exists() and not again:
            self._refused = event.value
            self._say(f"{path.name} exists: Enter again replaces it", "$warning")
            return
        self._say("writing …", "$dim")
        self._loading.run(
            lambda cancelled: iter([self._session.export(path, overwrite=again)]),
            lambda count: self._written(path, count),
            lambda error: self._failed(error),
        )

    def _written(self, path: Path, count: int) -> None:
        self.app.notify(f"{count} attempts written to {path}", title="Exported", markup=False)
        self.dismiss()

    def _failed(self, error: PatchjuryError) -> None:
        self._say(str(error), "$error")

    def _say(self, text: str, style: str) -> None:
        self.query_one("#hint", Static).update(Content.styled(visible(text), style))
