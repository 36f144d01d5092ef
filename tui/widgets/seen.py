"""Since when an attempt has been on the screen: a key decides on what was seen, on nothing else.

Header, list row and first screenful of the selected attempt each report when they are drawn, and
the reader reports when it knows the basis of a decision; the attempt is seen from the last of these
on. Bytes reach the terminal a little later than they are drawn, and a reader's eye later still:
hence `DWELL_S`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum, auto

DWELL_S = 0.1
"""Seconds that an attempt must have been on the screen before a key decides on it."""


class Part(Enum):
    """What must have happened to an attempt before a key decides on it."""

    HEADER = auto()
    ROW = auto()
    TEXT = auto()
    BASIS = auto()  # patch and human change were read, as what the decision rests on


class Seen:
    """Which parts of the selected attempt have been drawn, and which keys came after that."""

    def __init__(
        self, dwell_s: float = DWELL_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.dwell_s = dwell_s
        self._clock = clock
        self._key: str | None = None
        self._drawn: dict[Part, float] = {}
        self._pressed: dict[str, float] = {}  # by key group, the time of the latest one

    def expect(self, key: str | None) -> None:
        """Another attempt is selected, or the same must be seen again: nothing of it is drawn."""
        self._key = key
        self._drawn.clear()

    def drawn(self, part: Part, key: str | None) -> None:
        """A part was drawn, and which attempt it showed."""
        if key == self._key:
            self._drawn.setdefault(part, self._clock())
        else:
            self._drawn.pop(part, None)

    def admits(self, pressed: float, group: str, *, without: frozenset[Part]) -> bool:
        """Does a key pressed at this time count? Hidden parts are not required.

        A key that immediately follows one of its group belongs to a burst or is held down.
        """
        before, self._pressed[group] = self._pressed.get(group, -1.0), pressed
        needed = [part for part in Part if part not in without]
        if self._key is None or any(part not in self._drawn for part in needed):
            return False
        since = max(self._drawn[part] for part in needed)
        return pressed - since >= self.dwell_s and pressed - before >= self.dwell_s
