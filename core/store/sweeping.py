"""When old facts are removed from a file: only those superseded with the same evidence.

Facts are found again whenever a rule or a patch changes, and each time a line is added. A file in
which most lines are superseded is rewritten without them. Nothing from people or models ever is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.store.open_folder import OpenFolder
from core.store.record_lines import parse_line
from core.store.tables import CHECKS

_SWEEP_FROM_BYTES = 1 << 20
_SUPERSEDED_SHARE = 0.5


def sweep(opened: OpenFolder, name: str) -> None:
    """Rewrite a file of facts if it is large and most of it is superseded."""
    key = opened.key(name)
    if key is None or key.size < _SWEEP_FROM_BYTES:
        return
    found = opened.read(name)
    content = found[0] if found else b""
    kept = b"".join(_kept(content.splitlines(keepends=True)))
    if len(kept) < len(content) * (1 - _SUPERSEDED_SHARE):
        opened.replace(name, kept)


def _kept(lines: Iterable[bytes]) -> list[bytes]:
    """The lines without facts for which a newer line has the same attempt and evidence."""
    kept: dict[object, bytes] = {}
    for number, raw in enumerate(lines):
        kept[_subject(raw) or number] = raw
    return list(kept.values())


def _subject(raw: bytes) -> tuple[object, ...] | None:
    """What a line of facts is about, and which evidence it had; None of any other line."""
    try:
        line = parse_line(raw)
    except ValueError:
        return None
    record: Any = line.record
    match record:
        case {"attempt": str(attempt), "family": str(family), "rests_on": dict(rests_on)}:
            if line.table == CHECKS:
                at_hand = tuple(sorted(key for key, value in rests_on.items() if value))
                return attempt, family, at_hand
    return None
