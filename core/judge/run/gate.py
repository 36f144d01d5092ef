"""When a call may start: within the server's rate, under the cost limit, and while nothing stops.

The cost limit is kept between calls: what is spent, what calls in flight are expected to cost and
what the next one is expected to cost stay below it together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from core.errors import SettingsError
from core.judge.books.cost import has_price
from core.judge.run.events import Event, Halted, Slowed
from core.judge.run.scoreboard import Scoreboard
from core.judge.wire.http_requests import Wire
from core.judge.wire.throttle import Throttle
from core.models import Call
from core.settings import JudgeSettings


class Gate:
    """Lets calls of one run through, in one event loop."""

    def __init__(
        self, settings: JudgeSettings, board: Scoreboard, tell: Callable[[Event], None]
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
        self._changed = asyncio.Event()  # set for a moment by whatever may let a call start
        self.is_closed = False  # is no further call to be made?

    def stop(self) -> None:
        """Let nothing through any more."""
        self.is_closed = True
        self._wake()

    def halt(self, reason: str) -> None:
        """Let nothing through any more, and say why; the first reason stands."""
        if not self.is_closed:
            self._board.halted = reason
            self._tell(Halted(reason))
        self.stop()

    async def enter(self, expected: float | None) -> bool:
        """Wait until a call may start that will cost about `expected`; False when none may."""
        loop = asyncio.get_running_loop()
        while not self.is_closed:
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
            await self._change(self._throttle.pause_left(loop.time()))
        return False

    async def _change(self, pause_s: float) -> None:
        """Wait until something changed; where the server asked for a pause, no longer than that."""
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s or None):
                await self._changed.wait()

    def _wake(self) -> None:
        self._changed.set()
        self._changed.clear()

    def admits(self, expected: float | None) -> bool:
        """May a question that was let through take one more call, of about that cost?"""
        return not self.is_closed and self._affords(expected)

    def leave(self, expected: float | None, calls: Sequence[Call], unknown_retries: int) -> None:
        """A question that was let through is over, with the calls it took."""
        self._throttle.active -= 1
        self._board.ended(expected, calls, unknown_retries)
        self._wake()

    def learn(self, wire: Wire, seconds: float) -> None:
        """Take in what a call of that length saw of the server's rate limits."""
        started = asyncio.get_running_loop().time() - seconds
        if self._throttle.learn(wire, started):
            self._tell(Slowed(self._throttle.limit, self._board.progress()))
        self._wake()

    def _affords(self, expected: float | None) -> bool:
        return self._most is None or self._board.committed + (expected or 0.0) <= self._most
