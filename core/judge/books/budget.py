"""What one command may spend: the cap holds whatever becomes of the calls in flight.

Before a call is sent, the most that it can cost is reserved. When it is over, what it did cost
takes the reservation's place; where that is not known, the most it can have cost does. So what is
committed never passes the cap, unless a server bills more than a call's own limits allow.
"""

from __future__ import annotations

from collections.abc import Sequence

_ROUNDING = 1e-9  # US dollars: what adding and subtracting many prices leaves


class Budget:
    """US dollars of one command; without a cap everything is affordable."""

    def __init__(self, cap: float | None, already: float = 0.0) -> None:
        self.cap = cap
        self.spent = 0.0  # of known cost
        self.unknown = 0  # requests of unknown cost
        self._already = already  # by an earlier part of the same command
        self._charged = 0.0  # the most that requests of unknown cost can have cost
        self._reserved = 0.0
        self._held = 0  # reservations

    @property
    def committed(self) -> float:
        """US dollars spent, or that calls of unknown cost and calls in flight may cost at most."""
        return self._already + self.spent + self._charged + self._reserved

    def affords(self, worst: float) -> bool:
        """Does one more call that can cost `worst` stay below the cap?"""
        return self.cap is None or self.committed + worst <= self.cap + _ROUNDING

    def reserve(self, worst: float) -> None:
        """A call that can cost `worst` is about to be sent."""
        self._reserved += worst
        self._held += 1

    def settle(self, worst: float, costs: Sequence[float | None]) -> None:
        """What was reserved is over: the costs of its requests, None where not known."""
        self._held -= 1
        self._reserved = self._reserved - worst if self._held else 0.0  # without what rounding left
        for cost in costs:
            if cost is None:
                self.unknown += 1
                self._charged += worst
            else:
                self.spent += cost
