"""Work off the UI thread of which only the newest matters, such as reading what is selected."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import TypeVar

from textual.message_pump import MessagePump

from core.errors import PatchjuryError

T = TypeVar("T")


class Latest:
    """Runs each job in a thread of its own; a newer job makes the older ones worthless.

    A job that is stuck (a dead network folder) therefore never keeps a later one waiting. Results
    arrive on the UI thread; those of cancelled jobs are dropped.
    """

    def __init__(self, owner: MessagePump) -> None:
        self._owner = owner
        self._cancel = threading.Event()

    def run(
        self,
        job: Callable[[Callable[[], bool]], T],
        done: Callable[[T], None],
        failed: Callable[[PatchjuryError], None],
    ) -> None:
        """Start a job, which is given a function that says when it has become worthless."""
        self.cancel()
        token = self._cancel = threading.Event()

        def deliver(call: Callable[[], None]) -> None:
            if not token.is_set() and self._owner.is_running:
                self._owner.call_later(lambda: None if token.is_set() else call())

        def work() -> None:
            try:
                result = job(token.is_set)
            except PatchjuryError as error:
                trouble = error
                deliver(lambda: failed(trouble))
            else:
                deliver(lambda: done(result))

        context = contextvars.copy_context()  # Textual finds its app there
        threading.Thread(
            target=context.run, args=(work,), daemon=True, name="patchjury-loading"
        ).start()

    def cancel(self) -> None:
        """Make the running job worthless."""
        self._cancel.set()
