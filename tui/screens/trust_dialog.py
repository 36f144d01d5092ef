"""The question whether opinions of others count: asked once, the answer is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.store.trust import source_name
from core.text import counted, one_line

_MEANING = """
They are shown and settle nothing, and the judge asks anew, until you accept them. \
What people decided carries their name and is not concerned.

A  accept: they count from now on
S  set aside for good: never ask again
esc  not now (`patchjury trust RUNS` answers later)"""


class TrustScreen(ModalScreen[bool | None]):
    """Gives back whether opinions of others count; None when that is left open."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("A", "answer(True)", "accept"),
        Binding("S", "answer(False)", "set aside"),
        Binding("escape", "dismiss", "not now", priority=True),
    ]

    def __init__(self, sources: Mapping[str, int]) -> None:
        super().__init__()
        self._sources = sources

    def compose(self) -> ComposeResult:
        with Vertical(id="window", classes="-low"):
            number = counted(sum(self._sources.values()), "record")
            question = (
                f"Do opinions and rubrics count that your patchjury did not write ({number})?"
            )
            yield Static(Content.styled(question, "bold"))
            lines = [f"  {n} of {one_line(source_name(s))}" for s, n in self._sources.items()]
            more = [f"  and {len(lines) - 8} more sources"] if len(lines) > 8 else []
            yield Static(Content("\n".join([*lines[:8], *more]) + _MEANING))

    def action_answer(self, accepted: bool) -> None:
        """Give back the answer."""
        self.dismiss(accepted)
