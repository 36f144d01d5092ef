"""How a value from somebody else's JSON becomes a value of the wanted type, or nothing at all.

Every reader takes its fields through `Fields`: a null, a NaN or a list in place of a number is
unknown (`None`), and never an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct

T = TypeVar("T")

_MAX_INTEGER = 2**63
_OFFSET = re.compile(r"(?<=\d) (?=[+-]\d{2}:?\d{2}$)")
_RUN_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[_T ](\d{2})-(\d{2})-(\d{2})")
_LONGEST_ID = 64
_COMMIT = re.compile(r"[0-9a-f]{4,64}")


class LongList(Struct, frozen=True):
    """A list in a long record that was skipped: its bytes, and how many objects it has."""

    size: int
    length: int | None = None  # None: not of objects, and not counted


class Fields:
    """A JSON object read with distrust; of several names, the first that fits is used."""

    __slots__ = ("_data",)

    def __init__(self, value: object) -> None:
        self._data: dict[str, object] = value if isinstance(value, dict) else {}

    def _first(self, names: tuple[str, ...], convert: Callable[[object], T | None]) -> T | None:
        for name in names:
            value = self._data.get(name)
            if value is not None and (converted := convert(value)) is not None:
                return converted
        return None

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def value(self, name: str) -> object:
        """The raw value of a field."""
        return self._data.get(name)

    def filled(self, name: str) -> bool:
        """Does a field hold anything but null or nothing?"""
        return self._data.get(name) not in (None, "", [], {})

    def names(self) -> list[str]:
        """The names of all fields, in their order."""
        return list(self._data)

    def inside(self, name: str) -> Fields:
        """The object in a field; an empty one if there is none."""
        value = self._data.get(name)
        return Fields(value) if value else NOTHING

    def items(self, name: str) -> list[object]:
        """The elements of a list in a field; none if it is not a list."""
        value = self._data.get(name)
        return value if isinstance(value, list) else []

    def length(self, name: str) -> int | None:
        """How many elements a list in a field has, skipped or not; None without a list."""
        value = self._data.get(name)
        if isinstance(value, LongList):
            return value.length
        return len(value) or None if isinstance(value, list) else None

    def text(self, *names: str) -> str | None:
        """A non-blank string, stripped."""
        for name in names:
            value = self._data.get(name)
            if isinstance(value, str) and (text := value.strip()):
                return text
        return None

    def raw_text(self, *names: str) -> str | None:
        """A string verbatim, even if it is empty."""
        return self._first(names, _string)

    def integer(self, *names: str) -> int | None:
        """A whole number of at most 63 bits; true and false do not count."""
        return self._first(names, _integer)

    def number(self, *names: str) -> float | None:
        """A finite number; true and false do not count."""
        return self._first(names, _number)

    def flag(self, *names: str) -> bool | None:
        """True or false."""
        return self._first(names, _flag)

    def texts(self, *names: str) -> tuple[str, ...] | None:
        """The strings of an existing list."""
        return self._first(names, _texts)

    def moment(self, *names: str) -> datetime | None:
        """A time: seconds since 1970, ISO 8601 or git's own form; UTC if no zone is given."""
        return self._first(names, parse_moment)

    def commit(self, *names: str) -> str | None:
        """A commit id in hex digits, possibly abbreviated."""
        return self._first(names, parse_commit_id)


NOTHING = Fields(None)
"""An object without fields."""


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _integer(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) < _MAX_INTEGER else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, int):
        return float(value) if abs(value) < _MAX_INTEGER else None
    return value if math.isfinite(value) else None


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(item for item in value if isinstance(item, str) and item)


def parse_commit_id(value: object) -> str | None:
    """A full or abbreviated commit id in lower case; None for anything else."""
    text = value.strip() if isinstance(value, str) else ""
    return _commit_id(text) if len(text) <= _LONGEST_ID else None


@lru_cache(maxsize=4096)
def _commit_id(text: str) -> str | None:
    """Many attempts name the same commits."""
    text = text.lower()
    return text if _COMMIT.fullmatch(text) else None


def parse_moment(value: object) -> datetime | None:
    """An aware time: seconds since 1970, ISO 8601, git's form or a run's `2025-10-09_12-49-33`."""
    number = _number(value)
    try:
        if number is not None:
            return datetime.fromtimestamp(number, UTC)
        return _parse_time_text(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):  # not a time, or one out of range
        return None


def _parse_time_text(text: str) -> datetime:
    text = text.strip()
    if run := _RUN_TIME.match(text):
        text = f"{run[1]}T{run[2]}:{run[3]}:{run[4]}"
    try:
        moment = datetime.fromisoformat(_OFFSET.sub("", text))
    except ValueError:
        moment = datetime.strptime(text, "%a %b %d %H:%M:%S %Y %z")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
