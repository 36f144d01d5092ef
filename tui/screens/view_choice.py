"""The window of saved views: open one, save what is listed now, delete one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.assess.filters import SavedView
from core.errors import PatchjuryError
from core.text import one_line
from tui.kept_views import keep_view, remove_view, saved_views
from tui.widgets.row_list import RowList, containing


class ViewsScreen(ModalScreen[str | None]):
    """Returns the text of the chosen view, or None."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,asterisk", "dismiss", "back", priority=True),
        Binding("enter", "choose", "open", priority=True),
        Binding("plus,s", "save", "save the current list", priority=True),
        Binding("delete,backspace,minus", "remove", "remove", priority=True),
    ]

    def __init__(self, root: Path, now: SavedView) -> None:
        super().__init__()
        self._root = root
        self._now = now
        self._views = dict(saved_views(root))

    def compose(self) -> ComposeResult:
        with Vertical(id="window"):
            yield Static(id="title")
            yield RowList[str](
                "views",
                key_of=str,
                draw_row=self._draw,
                matching=containing(lambda name: f"{name} {self._views[name]}"),
            )
            keys = "Enter lists it; s saves this list; Delete removes it; esc cancels"
            yield Static(Content.styled(keys, "$dim"))

    def on_mount(self) -> None:
        self._list()
        self.query_one(RowList).focus()

    def _list(self) -> None:
        views = self.query_one(RowList)
        views.show_rows(list(self._views))
        none = "" if self._views else ": none yet, s saves this list"
        self.query_one("#title", Static).update(Content.styled(f"Saved views{none}", "bold"))

    def _draw(self, name: str, width: int) -> Content:
        text = one_line(self._views[name], 200) or "(everything)"
        return Content.assemble(
            (f" {one_line(name, 30):<20} ", "$accent-text"), (text, "")
        ).truncate(width, ellipsis=True)

    def action_choose(self) -> None:
        """Open the view under the cursor."""
        if (name := self.query_one(RowList).key) is not None:
            self.dismiss(self._views[name])

    def action_save(self) -> None:
        """Ask for a name and save what is listed now under it."""
        from tui.screens.ask import AskScreen

        def named(name: str | None) -> None:
            if name is None or not name.strip():
                return
            self._change(lambda: keep_view(self._root, name.strip(), self._now.text))

        shown = one_line(self._now.text, 60) or "everything, in the order of the runs"
        self.app.push_screen(AskScreen(f"A name for this view: {shown}"), named)

    def action_remove(self) -> None:
        """Delete the view under the cursor, if it was saved here."""
        if (name := self.query_one(RowList).key) is not None:
            self._change(lambda: remove_view(self._root, name))

    def _change(self, change: Callable[[], Mapping[str, str]]) -> None:
        try:
            self._views = dict(change())
        except PatchjuryError as error:
            self.notify(str(error), severity="error", markup=False)
        self._list()
