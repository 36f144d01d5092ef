"""Records to JSON data and back, with the place and reason where data does not fit."""

from __future__ import annotations

import json
import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_prepared: set[object] = set()
_preparing = threading.Lock()


def to_data(record: object) -> Any:
    """A record as plain JSON data (dicts, lists, strings, numbers, booleans, None)."""
    return msgspec.to_builtins(record, str_keys=True)


def from_data(data: object, kind: type[T]) -> T:
    """Plain JSON data as a record of `kind`. Raises `ValueError` that names the field and why.

    A kind whose format has changed has a static method `upgraded`, which is called first.
    """
    upgraded = getattr(kind, "upgraded", None)
    if upgraded is not None and isinstance(data, dict):
        data = upgraded(data)
    try:
        if kind in _prepared:
            return msgspec.convert(data, kind)
        with _preparing:  # two threads converting a kind for the first time crash msgspec 0.22
            try:
                return msgspec.convert(data, kind)
            finally:
                _prepared.add(kind)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


def loads(data: bytes) -> Any:
    """JSON text as plain data. Raises `ValueError`, and `RecursionError` if nested too deeply."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return json.loads(data)  # lone surrogates, NaN, UTF-16: what only it reads


def dumps(data: object, indent: int | None = None) -> str:
    """Plain data as JSON text, keys in order; lone surrogates stay escaped."""
    text = json.dumps(data, ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, indent=indent, ensure_ascii=True)
    if indent is None:
        return text
    try:
        return msgspec.json.format(text, indent=indent)  # laid out like json.dumps, but in C
    except msgspec.DecodeError:  # NaN or infinity
        return json.dumps(data, indent=indent, ensure_ascii=False)
