"""How far each attempt of a report gets: its last certain level, and the last possible one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from core.stats.levels import Level


class Reached(Struct, frozen=True):
    """The last level reached for certain, and the last possible one; 0 is none of the `names`."""

    certain: int
    possible: int
    names: Sequence[str]

    def __str__(self) -> str:
        told = f"{self.certain} of {len(self.names)}{_named(self.names, self.certain)}"
        if self.possible == self.certain:
            return told
        return f"{told}, at most {self.possible}{_named(self.names, self.possible)}"


def _named(names: Sequence[str], number: int) -> str:
    return f" ({names[number - 1]})" if number else ""


def reached_by_key(levels: Sequence[Level]) -> Mapping[str, Reached]:
    """By key, how far each attempt gets that reaches any level, or may."""
    names = [level.name for level in levels]
    certain: dict[str, int] = {}
    possible: dict[str, int] = {}
    for number, level in enumerate(levels, start=1):
        certain.update(dict.fromkeys(level.reached, number))
        possible.update(dict.fromkeys((*level.reached, *level.unknown), number))
    return {key: Reached(certain.get(key, 0), most, names) for key, most in possible.items()}


def best_of(found: Iterable[Reached]) -> Reached:
    """How far the best of several gets."""
    several = list(found)
    return Reached(
        max(one.certain for one in several),
        max(one.possible for one in several),
        several[0].names,
    )
