"""The window of the columns: which ones the attempt list shows, and which sort it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.assess.filters import COLUMNS, FIELDS
from tui.render.columns import next_order
from tui.widgets.row_list import RowList, containing

_HELP = {
    "errors": "how many errors the checks found",
    "contradictions": "how many contradictions between checks, judge and people",
}


class ColumnsScreen(ModalScreen[tuple[Sequence[str], str] | None]):
    """Returns the columns to show (none: as the width allows) and the order, or None."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,vertical_line", "leave", "back", priority=True),
        Binding("enter", "sort", "sort", priority=True),
        Binding("space", "choose", "show or hide", priority=True),
        Binding("backspace,delete", "usual", "the usual ones", priority=True),
    ]

    def __init__(self, shown: Sequence[str], order: str, usual: Sequence[str]) -> None:
        super().__init__()
        self._usual = usual
        self._before = tuple(shown), order
        self._shown = list(shown)
        self._order = order

    def compose(self) -> ComposeResult:
        with Vertical(id="window"):
            yield Static(Content.styled("Columns of the list, and its order", "bold"))
            yield RowList[str](
                "columns",
                key_of=str,
                draw_row=self._draw,
                matching=containing(lambda name: f"{name} {_help(name)}"),
            )
            keys = "Enter sorts (again: descending); Space shows or hides; ⌫ resets"
            yield Static(Content.styled(keys, "$dim"))

    def on_mount(self) -> None:
        columns = self.query_one(RowList)
        chosen = [name for name in self._shown if name in COLUMNS]
        columns.show_rows([*chosen, *(name for name in COLUMNS if name not in chosen)])
        columns.focus()

    def _draw(self, name: str, width: int) -> Content:
        usual = not self._shown and name in self._usual
        sign = "✓" if name in self._shown else "·" if usual else " "
        arrow = {name: "▲", f"-{name}": "▼"}.get(self._order, " ")
        return Content.assemble(
            (f" {sign} ", "$good"), (f"{arrow} ", "bold $accent-text"), f"{name:<15}", _help(name)
        ).truncate(width, ellipsis=True)

    @property
    def _here(self) -> str:
        return self.query_one(RowList).key or ""

    def action_choose(self) -> None:
        """Show or hide the column under the cursor; the first choice starts from the usual ones."""
        if not self._shown:
            self._shown = list(self._usual)
        if self._here in self._shown:
            self._shown.remove(self._here)
        elif self._here:
            self._shown.append(self._here)
        self.query_one(RowList).refresh()

    def action_usual(self) -> None:
        """Let the width of the list decide the columns again."""
        self._shown = []
        self.query_one(RowList).refresh()

    def action_sort(self) -> None:
        """Sort by the column under the cursor, and close."""
        if self._here:
            self.dismiss((tuple(self._shown), next_order(self._order, self._here)))

    def action_leave(self) -> None:
        """Close; chosen columns stay chosen."""
        now = tuple(self._shown), self._order
        self.dismiss(now if now != self._before else None)


def _help(name: str) -> str:
    return FIELDS[name].help if name in FIELDS else _HELP[name]
