"""The question whether opinions of others count: asked once, the answer is remembered."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.store.trust import source_name
from core.text import counted, one_line
from tui.preparing import Clocked

_MEANING = """
They are shown but settle nothing, and the judge asks again, until you accept them. \
People's verdicts carry their names and are not affected.

A  accept: they count from now on
S  set aside for good: do not ask again
esc  not now (`patchjury trust RUNS` answers later)"""


class TrustScreen(ModalScreen[bool | None]):
    """Returns whether others' opinions count; None if that is left open."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("A", "answer(True)", "accept"),
        Binding("S", "answer(False)", "set aside"),
        Binding("escape", "dismiss", "not now", priority=True),
    ]

    def __init__(self, sources: Mapping[str, int], dwell_s: float = 0.0) -> None:
        """`dwell_s`: how long it must have been visible before a key answers it, in seconds."""
        super().__init__()
        self._sources = sources
        self._dwell_s = dwell_s
        self._since = math.inf  # when it appeared, by the event clock

    def compose(self) -> ComposeResult:
        with Vertical(id="window", classes="-low"):
            number = counted(sum(self._sources.values()), "record")
            question = (
                f"Should opinions and rubrics that your patchjury did not write count ({number})?"
            )
            yield Static(Content.styled(question, "bold"))
            lines = [f"  {n} from {one_line(source_name(s))}" for s, n in self._sources.items()]
            more = [f"  and {len(lines) - 8} more sources"] if len(lines) > 8 else []
            yield Static(Content("\n".join([*lines[:8], *more]) + _MEANING))

    def on_mount(self) -> None:
        self.call_after_refresh(self._seen)

    def _seen(self) -> None:
        self._since = time.monotonic()

    def action_answer(self, accepted: bool) -> None:
        """Return the answer, unless the key was typed before the question could be read."""
        if cast(Clocked, self.app).pressed_at - self._since >= self._dwell_s:
            self.dismiss(accepted)
        else:
            self.notify("That key was typed before this question appeared; press it again.")
