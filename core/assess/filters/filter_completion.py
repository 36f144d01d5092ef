"""What can be typed next in a filter: field names, and the values that attempts have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from core.assess.filters.filter_fields import FIELDS, Field, FieldKind
from core.models import Assessment, HumanCommit

_TYPED = (  # compiled when something is typed
    r"(?P<not>[-!]?)(?:(?P<name>[A-Za-z][\w-]*)(?P<sign>!=|>=|<=|[:=><])"
    r"(?P<before>(?:[^,]*,)*)(?P<own>!?=?))?(?P<part>.*)"
)
LIMIT = 50
"""No more candidates than this are offered at once."""


class Completion(Struct, frozen=True):
    """What could replace the characters `start` to `end` of a filter."""

    start: int
    end: int
    candidates: tuple[str, ...]


def complete(
    text: str,
    cursor: int,
    assessments: Sequence[Assessment] = (),
    commits: Mapping[str, HumanCommit] | None = None,
) -> Completion:
    """The fields, or the field's values, that complete what is before the cursor."""
    start = _start_of_token(text, cursor)
    match = re.fullmatch(_TYPED, text[start:cursor], re.DOTALL)
    if match is None:  # it matches anything
        return Completion(cursor, cursor, ())
    begin = start + match.start("part")
    part = match["part"].strip('"').lower()
    if match["name"] is None:
        names = tuple(f"{name}:" for name in FIELDS if name.startswith(part))
        return Completion(begin, cursor, names)
    known_field = FIELDS.get(match["name"].lower())
    if known_field is None or known_field.kind is FieldKind.NUMBER:
        return Completion(begin, cursor, ())
    values = known_field.choices or seen_values(known_field, assessments, commits or {})
    if known_field.name == "has":
        values = (*values, *(name for name in FIELDS if name != "has"))
    fitting = [value for value in values if part in value.lower()]
    fitting.sort(key=lambda value: not value.lower().startswith(part))
    return Completion(begin, cursor, tuple(_quoted(value) for value in fitting[:LIMIT]))


def seen_values(
    known_field: Field,
    assessments: Iterable[Assessment],
    commits: Mapping[str, HumanCommit],
) -> tuple[str, ...]:
    """The values of a field among these attempts, most frequent first."""
    counts: Counter[str] = Counter()
    for known in assessments:
        values = known_field.read(known, commits.get(known.attempt.reference_sha))
        if isinstance(values, tuple):
            counts.update(str(value) for value in values if value)
    return tuple(value for value, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _start_of_token(text: str, cursor: int) -> int:
    """Where the token at the cursor starts; a blank within quotes does not end it."""
    start, quoted = 0, False
    for place, character in enumerate(text[:cursor]):
        if character == '"':
            quoted = not quoted
        elif character.isspace() and not quoted:
            start = place + 1
    return start


def _quoted(value: str) -> str:
    """A value as it must be written in a filter."""
    if re.search(r'[\s",*]|^[!<>=]', value):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return value
