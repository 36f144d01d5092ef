"""The window to choose which attempts the lists show: undecided, in conflict, …"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.assess.queues import QUEUES, Queue, QueueContext
from core.models import Assessment


class QueueScreen(ModalScreen[tuple[Queue, tuple[str, ...]] | None]):
    """Returns the chosen queue and the keys of its attempts, in their order, or None."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,Q", "dismiss", "leave", priority=True)
    ]

    def __init__(
        self, assessments: Sequence[Assessment], context: QueueContext | None = None
    ) -> None:
        super().__init__()
        context = context or QueueContext()
        self._found = {
            queue.letter: tuple(k.attempt.key for k in queue.select(assessments, context))
            for queue in QUEUES
        }

    def compose(self) -> ComposeResult:
        with Vertical(id="window", classes="-low"):
            yield Static(Content.styled("List only the attempts that are …", "bold"))
            yield Static(Content("\n").join(self._lines()))
            yield Static(Content.styled("press or click a letter, esc cancels", "$dim"))

    def on_key(self, event: events.Key) -> None:
        queue = next((queue for queue in QUEUES if queue.letter == event.key), None)
        if queue is None:
            return
        event.stop()
        if self._found[queue.letter]:
            self.dismiss((queue, self._found[queue.letter]))
        else:
            self.notify("There are none.")

    def _lines(self) -> Iterator[Content]:
        width = max(len(queue.label) for queue in QUEUES)
        for queue in QUEUES:
            yield self._line(queue, width)

    def _line(self, queue: Queue, width: int) -> Content:
        count = len(self._found[queue.letter])
        return Content.assemble(
            (f"  {queue.letter}  ", "bold $accent-text"),
            (queue.label.ljust(width), "" if count else "$dim"),
            (f"  {count}", "" if count else "$dim"),
        )
