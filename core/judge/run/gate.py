"""When a call may start: within the server's rate, under the cap, and while nothing halts the run.

The most that a call can cost is reserved before it is sent (`core.judge.books.budget`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType

from core.judge.books.budget import Budget
from core.judge.run.events import Event, Halted, Slowed
from core.judge.run.scoreboard import Scoreboard
from core.judge.wire.http_requests import Wire
from core.judge.wire.reply import Reading, is_too_long
from core.judge.wire.retries import MAX_PAUSE_S, retry_after
from core.judge.wire.throttle import Throttle
from core.models import Call, JudgementState

MOST_FAILURES = 10
"""Identical failures in a row after which a run stops."""

MOST_FIRST_REFUSALS = 3
"""HTTP 400s after which a run stops if no call has been answered before."""


class Gate:
    """Lets calls of one run through, in one event loop."""

    def __init__(
        self, concurrency: int, budget: Budget, board: Scoreboard, tell: Callable[[Event], None]
    ) -> None:
        self._throttle = Throttle(concurrency)
        self._budget = budget
        self._board = board
        self._tell = tell
        self._changed = asyncio.Event()  # pulsed by whatever may let a call start
        self._last_failure: tuple[str, int | None] = ("", None)
        self._equal_failures = 0
        self._has_answered = False
        self.is_closed = False  # are no further calls allowed?

    def stop(self) -> None:
        """Admit no more calls."""
        self.is_closed = True
        self._wake()

    def halt(self, reason: str) -> None:
        """Admit no more calls, and say why; the first reason stands."""
        if not self.is_closed:
            self._board.halted = reason
            self._tell(Halted(reason))
        self.stop()

    async def enter(self, worst: float) -> Slot | None:
        """Wait until a call that can cost `worst` may start; None when none may."""
        loop = asyncio.get_running_loop()
        while not self.is_closed:
            if self._throttle.is_open(loop.time()):
                if self._budget.affords(worst):
                    self._throttle.active += 1
                    self._board.in_flight += 1
                    return Slot(self, self._budget, self._board, worst)
                if not self._throttle.active:
                    self.halt(_why_too_dear(self._budget, worst))
                    return None
            await self._change(self._throttle.pause_left(loop.time()))
        return None

    def left(self) -> None:
        """An admitted question is over."""
        self._throttle.active -= 1
        self._board.in_flight -= 1
        self._wake()

    def learn(self, wire: Wire, seconds: float) -> None:
        """Take note of the rate limits that a call of that length saw."""
        started = asyncio.get_running_loop().time() - seconds
        wait = retry_after(wire.headers)
        if wire.requests and wire.requests[-1].too_many and wait > MAX_PAUSE_S:
            when = (datetime.now(UTC) + timedelta(seconds=wait)).astimezone()
            self.halt(f"The server asks to wait until {when:%Y-%m-%d %H:%M %Z}.")
        if self._throttle.learn(wire, started):
            self._tell(Slowed(self._throttle.limit, self._board.progress()))
        self._wake()

    def note_ending(self, reading: Reading, status: int | None) -> None:
        """Take note of how a question ended: identical failures in a row end the run."""
        if reading.state is not JudgementState.ERROR or is_too_long(reading):
            self._equal_failures, self._has_answered = 0, True
            return
        failure = (reading.code, status)
        self._equal_failures = self._equal_failures + 1 if failure == self._last_failure else 1
        self._last_failure = failure
        most = MOST_FIRST_REFUSALS if status == 400 and not self._has_answered else MOST_FAILURES
        if self._equal_failures >= most:
            now = self._board.progress()
            self.halt(
                f"{self._equal_failures} calls in a row failed the same way: {reading.error}. "
                f"{now.total - now.done} votes have no answer yet."
            )

    async def _change(self, pause_s: float) -> None:
        """Wait until something changes, but no longer than a pause that the server asked for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s or None):
                await self._changed.wait()

    def _wake(self) -> None:
        self._changed.set()
        self._changed.clear()


class Slot:
    """One admitted question, as a context manager; its calls are charged here."""

    def __init__(self, gate: Gate, budget: Budget, board: Scoreboard, worst: float) -> None:
        self._gate = gate
        self._budget = budget
        self._board = board
        self._worst = worst
        self._held = 0  # reservations of `worst`
        self._hold()

    def __enter__(self) -> Slot:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._held:
            self._release([])
        self._gate.left()

    def may_repeat(self) -> bool:
        """May a request be sent once more when the cost of the last one is unknown?"""
        if self._gate.is_closed or not self._budget.affords(self._worst):
            return False
        self._hold()
        return True

    def may_raise(self, worst: float) -> bool:
        """May the question be asked once more with more room, at a cost of up to `worst`?"""
        self._worst = worst
        return self.may_repeat()

    def settle(self, call: Call, unknown_repeats: int) -> None:
        """A call is over; the cost of some earlier requests of it may be unknown."""
        for _ in range(unknown_repeats):
            self._release([None])
        self._release([call.cost])
        self._board.called(call)

    def _hold(self) -> None:
        self._budget.reserve(self._worst)
        self._held += 1

    def _release(self, costs: list[float | None]) -> None:
        self._held = max(0, self._held - 1)
        self._budget.settle(self._worst, costs)


def _why_too_dear(budget: Budget, worst: float) -> str:
    return (
        f"The cost limit of ${budget.cap:g} is reached: ${budget.committed:.4f} is spent or may "
        f"have been, and the next call may cost up to ${worst:.4f}."
    )
