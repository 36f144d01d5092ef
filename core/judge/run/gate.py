"""When a call may start: within the server's rate, under the cost limit, and while nothing stops.

The cost limit is kept between calls: what is spent, what calls in flight are expected to cost and
what the next one is expected to cost stay below it together.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence

from core.errors import SettingsError
from core.judge.books.cost import has_price
from core.judge.run.events import Event, Halted, Slowed
from core.judge.run.scoreboard import Scoreboard
from core.judge.wire.client import Wire
from core.judge.wire.throttle import Throttle
from core.models import Call
from core.settings import Settings

_POLL_S = 0.1


class Gate:
    """Lets calls of one run through. `stop` and `halt` may be called from any thread."""

    def __init__(
        self, settings: Settings, board: Scoreboard, tell: Callable[[Event], None]
    ) -> None:
        if settings.max_cost is not None and not has_price(settings):
            raise SettingsError(
                f"a cost limit cannot be kept: the price of {settings.model!r} is not known",
                "Set prices in patchjury.toml in your config folder, or run without the limit.",
            )
        self._most = settings.max_cost
        self._throttle = Throttle(settings.concurrency)
        self._board = board
        self._tell = tell
        self._stopping = threading.Event()

    @property
    def is_closed(self) -> bool:
        """Is no further call to be made?"""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Let nothing through any more."""
        self._stopping.set()

    def halt(self, reason: str) -> None:
        """Let nothing through any more, and say why; the first reason stands."""
        if not self._stopping.is_set():
            self._board.halted = reason
            self._tell(Halted(reason))
        self._stopping.set()

    async def enter(self, expected: float | None) -> bool:
        """Wait until a call may start that will cost about `expected`; False when none may."""
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            if self._throttle.is_open(loop.time()):
                if self._affords(expected):
                    self._throttle.active += 1
                    self._board.began(expected)
                    return True
                if not self._throttle.active:
                    self.halt(
                        f"The cost limit of ${self._most:g} is reached: "
                        f"${self._board.committed:.4f} is spent, and the next call would cost "
                        f"about ${expected or 0.0:.4f}."
                    )
                    return False
            await asyncio.sleep(_POLL_S)
        return False

    def admits(self, expected: float | None) -> bool:
        """May a question that was let through take one more call, of about that cost?"""
        return not self.is_closed and self._affords(expected)

    def leave(self, expected: float | None, calls: Sequence[Call], unknown_retries: int) -> None:
        """A question that was let through is over, with the calls it took."""
        self._throttle.active -= 1
        self._board.ended(expected, calls, unknown_retries)

    def learn(self, wire: Wire, seconds: float) -> None:
        """Take in what a call of that length saw of the server's rate limits."""
        started = asyncio.get_running_loop().time() - seconds
        if self._throttle.learn(wire, started):
            self._tell(Slowed(self._throttle.limit, self._board.progress()))

    def _affords(self, expected: float | None) -> bool:
        return self._most is None or self._board.committed + (expected or 0.0) <= self._most
