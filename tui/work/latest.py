"""Work off the UI thread of which only the newest matters, such as reading the selected attempt."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from textual.message_pump import MessagePump

from core.errors import PatchjuryError
from tui.work.trouble import as_trouble

T = TypeVar("T")


class Latest:
    """Runs each job in a thread of its own; a newer job supersedes older ones.

    So a job that is stuck (a dead network folder) never delays a later one. Results arrive on the
    UI thread; those of cancelled jobs are dropped.
    """

    def __init__(self, owner: MessagePump) -> None:
        self._owner = owner
        self._cancel = threading.Event()

    def run(
        self,
        job: Callable[[Callable[[], bool]], Iterator[T]],
        arrived: Callable[[T], None],
        failed: Callable[[PatchjuryError], None],
    ) -> None:
        """Start a job that yields results, the first soon and better ones after it.

        It is given a function that says whether it was superseded.
        """
        self.cancel()
        token = self._cancel = threading.Event()

        def deliver(call: Callable[[], None]) -> None:
            if not token.is_set() and self._owner.is_running:
                self._owner.call_later(lambda: None if token.is_set() else call())

        def work() -> None:
            try:
                for result in job(token.is_set):
                    deliver(partial(arrived, result))
            except Exception as error:  # noqa: BLE001 - what is judged may be anything
                deliver(partial(failed, as_trouble(error)))

        context = contextvars.copy_context()  # Textual finds its app there
        threading.Thread(
            target=context.run, args=(work,), daemon=True, name="patchjury-loading"
        ).start()

    def cancel(self) -> None:
        """Let nothing more arrive from the running job."""
        self._cancel.set()
