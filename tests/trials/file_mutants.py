"""Files as a crash, a stranger or another tool may leave them: seeded faults in real ones."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

Mutation = Callable[[random.Random, bytes], bytes]

_DEEP = 100_000
_VALUES: tuple[str, ...] = (
    *("null", "true", "0", "-1", "1e308", "1e999", "NaN", "1" + "0" * 5_000, '""', '"\\u0000"'),
    *('"\\ud800"', '"\\u202e"', "[]", "{}", "[[]]", '{"a": {}}', '"a" "b"', '"/etc/passwd"'),
    *("[" * 300 + "]" * 300, "[" * _DEEP, '{"a":' * 5_000, '"' + "x" * 300_000 + '"'),
)


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _flip(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 4, 40))):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _insert(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    what = rng.choice((b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\r", b"\n", b"}", b"[", b'"', b"\\u"))
    return data[:at] + what * rng.choice((1, 1, 1_000)) + data[at:]


def _twice(rng: random.Random, data: bytes) -> bytes:
    return data + rng.choice((b"", b"\n", b",")) + data


def _lines(rng: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines[: rng.randrange(len(lines) + 1)] + lines)


def _encoded(rng: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    return rng.choice(
        (
            text.encode("utf-16", "surrogatepass"),
            b"\xef\xbb\xbf" + data,
            text.encode("utf-16-le", "surrogatepass"),
            text.encode("latin-1", "replace"),
            data.replace(b"\n", b"\r\n"),
        )
    )


def _other_value(rng: random.Random, data: bytes) -> bytes:
    """Another type in the place of one value, or a key twice, somewhere in the JSON."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    for text, put in ((data, lambda new: new), (lines[at], lambda new: _put(lines, at, new))):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        mark = f'"@@{rng.random()}@@"'
        if not _replace(rng, value, json.loads(mark)):
            continue
        new = rng.choice(_VALUES)
        changed = json.dumps(value, indent=rng.choice((None, 1)) if put(b"x") == b"x" else None)
        if rng.random() < 0.2:  # the key twice
            changed = changed.replace(mark, f'{new}, "commits": {rng.choice(_VALUES)}', 1)
        return put(changed.replace(mark, new, 1).encode("utf-8", "surrogatepass"))
    return _flip(rng, data)


def _put(lines: list[bytes], at: int, new: bytes) -> bytes:
    return b"\n".join([*lines[:at], new, *lines[at + 1 :]])


def _replace(rng: random.Random, value: Any, mark: str) -> bool:
    """Put a mark in the place of something inside a value."""
    places: list[tuple[Any, Any]] = []
    pending = [value] if isinstance(value, dict | list) else []
    while pending:
        one = pending.pop()
        items = one.items() if isinstance(one, dict) else enumerate(one)
        for key, inner in list(items):
            places.append((one, key))
            if isinstance(inner, dict | list):
                pending.append(inner)
    if not places:
        return False
    holder, key = rng.choice(places)
    holder[key] = mark
    return True


MUTATIONS: tuple[Mutation, ...] = (
    *(_cut, _flip, _insert, _twice, _lines, _encoded),
    *(_other_value,) * 6,
)


def mutant(rng: random.Random, data: bytes) -> bytes:
    """A file with one fault, sometimes with two."""
    for _ in range(rng.choice((1, 1, 2))):
        data = rng.choice(MUTATIONS)(rng, data)
    return data
