"""The window with all attempts at one human commit as a table, from which to open one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.errors import PatchjuryError
from core.models import Attempt
from core.text import one_line
from core.triage import Triage
from core.triage.commit_overview import PatchOverview, overview
from tui.render.commit_rows import table_head, table_row
from tui.widgets.row_list import RowList, containing
from tui.work.latest import Latest

Chosen = tuple[str, str]
"""What is wanted ("open" or "beside") and the key of an attempt."""


class CommitTableScreen(ModalScreen[Chosen | None]):
    """Returns the chosen attempt and what for, or None."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,at", "dismiss", "back", priority=True),
        Binding("enter", "choose", "open", priority=True),
        Binding("ampersand", "choose('beside')", "beside", priority=True),
    ]

    def __init__(self, triage: Triage, key: str, meant: str = "open") -> None:
        super().__init__()
        self._triage = triage
        self._key = key
        self._meant = meant
        self._sha = triage.attempt(key).reference_sha
        self._patches: Mapping[str, PatchOverview] = {}
        self._reading = Latest(self)

    def compose(self) -> ComposeResult:
        commit = self._triage.commit(self._sha)
        title = f"{self._sha[:8]} {one_line(commit.subject, 200)}"
        opens = "Enter opens it, & compares it"
        beside = "Enter compares it with the one on screen"
        with Vertical(id="window", classes="-whole"):
            yield Static(Content.styled(title, "bold"))
            yield RowList[Attempt](
                "table",
                key_of=lambda attempt: attempt.key,
                draw_row=self._draw,
                matching=containing(lambda attempt: attempt.key),
                head=table_head,
            )
            keys = beside if self._meant == "beside" else opens
            yield Static(Content.styled(f"{keys}; same letter: same patch; esc back", "$dim"))

    def on_mount(self) -> None:
        table = self.query_one(RowList)
        table.show_rows(self._triage.attempts_of(self._sha), self._key)
        table.focus()

        def read(cancelled: Callable[[], bool]) -> Iterator[Mapping[str, PatchOverview]]:
            yield overview(self._triage, self._sha, cancelled)

        self._reading.run(read, self._arrived, self._failed)

    def _arrived(self, patches: Mapping[str, PatchOverview]) -> None:
        self._patches = patches
        self.query_one(RowList).refresh()

    def _failed(self, error: PatchjuryError) -> None:
        self.notify(str(error), title="Patches", severity="error", markup=False)

    def _draw(self, attempt: Attempt, width: int) -> Content:
        known = self._triage.assessment(attempt.key)
        return table_row(known, self._patches.get(attempt.key), width)

    def action_choose(self, meant: str = "") -> None:
        """Return the attempt under the cursor."""
        if (key := self.query_one(RowList).key) is not None:
            self.dismiss((meant or self._meant, key))
