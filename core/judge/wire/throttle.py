"""How many calls may be in flight: fewer when the server says that it is too many.

A rate refusal (429, or a server error that says when to retry) halves the number once for all calls
that were in flight, and waits as long as the server's headers say; after a round of answers without
one, it grows by one.
"""

from __future__ import annotations

import asyncio
import re

from core.judge.wire.http_requests import Wire
from core.judge.wire.retries import MAX_PAUSE_S, retry_after

_PART = re.compile(r"([0-9.]+)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Throttle:
    """The slots for calls in one event loop."""

    def __init__(self, most: int) -> None:
        self.limit = most
        self.active = 0
        self._most = most
        self._good = 0
        self._paused_until = 0.0
        self._lowered = 0.0

    def is_open(self, now: float) -> bool:
        """May another call start?"""
        return now >= self._paused_until and self.active < self.limit

    def pause_left(self, now: float) -> float:
        """Seconds left of the pause that the server asked for."""
        return max(0.0, self._paused_until - now)

    def learn(self, wire: Wire, started: float) -> bool:
        """Take note of what a call started at `started` (loop time) saw; was the limit lowered?"""
        now = asyncio.get_running_loop().time()
        if not any(request.too_many for request in wire.requests):
            self._answered(wire, now)
            return False
        if started < self._lowered:
            return False
        self.limit = max(1, self.limit // 2)
        self._good = 0
        self._lowered = now
        self._paused_until = max(self._paused_until, now + pause_seconds(wire.headers))
        return True

    def _answered(self, wire: Wire, now: float) -> None:
        if wire.headers.get("x-ratelimit-remaining-requests") == "0":
            self._paused_until = max(self._paused_until, now + pause_seconds(wire.headers))
        self._good += 1
        if self._good >= self.limit and self.limit < self._most:
            self.limit += 1
            self._good = 0


def pause_seconds(headers: dict[str, str]) -> float:
    """How long the rate-limit headers ask to wait: until the exhausted resource is reset."""
    waits = [retry_after(headers)]
    waits += [
        parse_duration(headers.get(f"x-ratelimit-reset-{kind}", ""))
        for kind in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{kind}") == "0"
    ]
    return min(max(waits), MAX_PAUSE_S)


def parse_duration(text: str) -> float:
    """The seconds in a text such as `6m0s` or `20ms`; 0 if it is not a duration."""
    parts = _PART.findall(text)
    if "".join(number + unit for number, unit in parts) != text:
        return 0.0
    try:
        return sum(float(number) * _SECONDS[unit] for number, unit in parts)
    except ValueError:
        return 0.0
