"""Work off the UI thread of which only the newest matters, such as reading what is selected."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from textual.message_pump import MessagePump

from core.errors import PatchjuryError

T = TypeVar("T")

logger = logging.getLogger(__name__)


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
        job: Callable[[Callable[[], bool]], Iterator[T]],
        arrived: Callable[[T], None],
        failed: Callable[[PatchjuryError], None],
    ) -> None:
        """Start a job that yields results, the first soon and better ones after it.

        It is given a function that says when it has become worthless.
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
            except PatchjuryError as error:
                deliver(partial(failed, error))
            except Exception as error:  # what is judged may be anything; the session goes on
                logger.exception("a job failed")
                trouble = f"internal error: {type(error).__name__}: {error}"
                hint = "Please report it; everything else goes on."
                deliver(partial(failed, PatchjuryError(trouble, hint)))

        context = contextvars.copy_context()  # Textual finds its app there
        threading.Thread(
            target=context.run, args=(work,), daemon=True, name="patchjury-loading"
        ).start()

    def cancel(self) -> None:
        """Make the running job worthless."""
        self._cancel.set()
