"""What remains possible when some answers are unknown: bounds, not a smaller denominator."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct


class Bounds(Struct, frozen=True):
    """Counts of attempts: `yes` and `no` are known, `unknown` may turn out either way.

    `low` and `high` are the least and the largest possible share (0..1) of yes in the whole set: C.
    F. Manski, "Partial Identification of Probability Distributions" (2003). None for an empty set.
    """

    yes: int
    no: int
    unknown: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.yes + self.no + self.unknown

    @property
    def known(self) -> int:
        """Those whose answer is known."""
        return self.yes + self.no

    @property
    def low(self) -> float | None:
        """The share if every unknown were no."""
        return self.yes / self.total if self.total else None

    @property
    def high(self) -> float | None:
        """The share if every unknown were yes."""
        return (self.yes + self.unknown) / self.total if self.total else None


def bounds_of(answers: Iterable[bool | None]) -> Bounds:
    """Count answers; None is unknown."""
    told = list(answers)
    yes, no = told.count(True), told.count(False)
    return Bounds(yes, no, len(told) - yes - no)
