"""Where stated data differs from what was computed, leaf by leaf."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from core import codec
from core.records import field_names

_MOST_SHOWN = 80


class Disagreement(Struct, frozen=True):
    """One value that the file states and that follows differently from the rest of the file."""

    where: str
    stated: str
    computed: str


def known_to(stated: Any, computed: Any) -> Any:
    """The computed data as plain data, less the fields that the file's version did not have.

    Only fields of records: an entry missing from a table of counts was taken out.
    """
    names = field_names(computed)
    if names and isinstance(stated, dict):
        held = [name for name in names if name in stated]
        return {name: known_to(stated[name], getattr(computed, name)) for name in held}
    if isinstance(computed, tuple) and isinstance(stated, list) and len(stated) == len(computed):
        return [known_to(*both) for both in zip(stated, computed, strict=True)]
    return codec.to_data(computed)


def differences(where: str, stated: Any, computed: Any) -> Iterator[Disagreement]:
    """Every leaf at which two plain values differ; numbers are compared up to rounding."""
    if isinstance(stated, dict) and isinstance(computed, dict):
        for name in dict.fromkeys((*stated, *computed)):
            missing = "nothing"
            yield from differences(
                f"{where}.{name}", stated.get(name, missing), computed.get(name, missing)
            )
    elif isinstance(stated, list | tuple) and isinstance(computed, list | tuple):
        if len(stated) != len(computed):
            yield Disagreement(where, f"{len(stated)} entries", f"{len(computed)} entries")
        for number, (one, other) in enumerate(zip(stated, computed, strict=False)):
            yield from differences(f"{where}[{number}]", one, other)
    elif not _is_same(stated, computed):
        yield Disagreement(where, _shown(stated), _shown(computed))


def _is_same(stated: Any, computed: Any) -> bool:
    if isinstance(stated, bool) or isinstance(computed, bool):
        return stated is computed
    if isinstance(stated, int | float) and isinstance(computed, int | float):
        return math.isclose(stated, computed, rel_tol=1e-9, abs_tol=1e-12)
    return bool(stated == computed)


def _shown(value: Any) -> str:
    return codec.dumps(value)[:_MOST_SHOWN]


def leaves(data: Any) -> int:
    if isinstance(data, dict):
        return sum(map(leaves, data.values()))
    if isinstance(data, list | tuple):
        return sum(map(leaves, data))
    return 1
