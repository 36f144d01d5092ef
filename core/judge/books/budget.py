"""What one command may spend: the cap holds whatever happens to the calls in flight.

Before a call is sent, the most that it can cost is reserved. Afterwards its actual cost replaces
the reservation, or, if unknown, the most that it can have cost. So the committed amount never
exceeds the cap, unless a server bills more than a call's own limits allow.
"""

from __future__ import annotations

from collections.abc import Sequence

_ROUNDING = 1e-9  # US dollars: the residue of adding and subtracting many prices


class Budget:
    """The US dollars of one command; without a cap everything is affordable."""

    def __init__(self, cap: float | None, already: float = 0.0) -> None:
        self.cap = cap
        self.spent = 0.0  # on calls of known cost
        self.unknown = 0  # requests of unknown cost
        self._already = already  # by an earlier part of the same command
        self._charged = 0.0  # the most that requests of unknown cost can have cost
        self._reserved = 0.0
        self._held = 0  # reservations

    @property
    def committed(self) -> float:
        """US dollars spent, plus the most that calls of unknown cost or in flight can cost."""
        return self._already + self.spent + self._charged + self._reserved

    def affords(self, worst: float) -> bool:
        """Would one more call that can cost `worst` stay below the cap?"""
        return self.cap is None or self.committed + worst <= self.cap + _ROUNDING

    def reserve(self, worst: float) -> None:
        """A call that can cost `worst` is about to be sent."""
        self._reserved += worst
        self._held += 1

    def settle(self, worst: float, costs: Sequence[float | None]) -> None:
        """A reservation ends: the costs of its requests, None if unknown."""
        self._held -= 1
        self._reserved = self._reserved - worst if self._held else 0.0  # drops the rounding residue
        for cost in costs:
            if cost is None:
                self.unknown += 1
                self._charged += worst
            else:
                self.spent += cost
