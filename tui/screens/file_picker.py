"""The window that lists the files of a comparison, to jump to one."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.text import counted
from tui.documents.document import Document
from tui.widgets.row_list import RowList, containing


class FilesScreen(ModalScreen[int | None]):
    """Returns the row of the chosen file's heading, or None."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,F", "dismiss", "back", priority=True),
        Binding("enter", "choose", "jump", priority=True),
    ]

    def __init__(self, document: Document, row: int) -> None:
        super().__init__()
        self._document = document
        self._here = max((start for start in document.files if start <= row), default=0)

    def compose(self) -> ComposeResult:
        with Vertical(id="window"):
            yield Static(Content.styled(counted(len(self._document.files), "file"), "bold"))
            yield RowList[int](
                "files",
                key_of=str,
                draw_row=lambda row, width: self._document.draw(row, width, 0),
                matching=containing(self._document.text_of),
            )
            yield Static(Content.styled("Enter jumps, esc cancels", "$dim"))

    def on_mount(self) -> None:
        files = self.query_one(RowList)
        files.show_rows(list(self._document.files), str(self._here))
        files.focus()

    def action_choose(self) -> None:
        key = self.query_one(RowList).key
        self.dismiss(int(key) if key is not None else None)
