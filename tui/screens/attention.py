"""How long a reviewer has looked at each attempt, excluding idle time."""

from __future__ import annotations


class Attention:
    """Seconds by attempt. The time between two keys counts up to `idle_s`."""

    def __init__(self, idle_s: float) -> None:
        self._idle_s = idle_s
        self._spent: dict[str, float] = {}
        self._key: str | None = None
        self._last: float | None = None

    def look(self, key: str | None, now: float) -> None:
        """A sign of life at a time (seconds of any clock), and the attempt it leads to."""
        if self._key is not None and self._last is not None:
            passed = min(max(0.0, now - self._last), self._idle_s)
            self._spent[self._key] = self._spent.get(self._key, 0.0) + passed
        self._key, self._last = key, now

    def seconds(self, key: str) -> float:
        """Seconds spent on an attempt until the last sign of life."""
        return round(self._spent.get(key, 0.0), 1)
