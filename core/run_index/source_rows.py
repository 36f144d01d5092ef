"""Where texts are, as plain data and back: a number for the kind, then its fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from core.records import field_names
from core.sources import FolderFile, RecordText, TextSource

SOURCES = (
    "core.sources:FolderFile",
    "core.sources:RecordText",
    "core.sources:FileText",
    "core.readers.packed_records:PackedText",
    "core.readers.kinds.arrow_tables:CellText",
    "core.readers.kinds.inspect_samples:AttachedText",
    "core.readers.zip_entries:ZipText",
    "core.readers.conversations:PromptText",
    "core.readers.reversed_text:ReversedText",
    "core.git.repository:GitDiffText",
)
"""Every kind of place that a reader gives a text, imported on first use. The order is part of the
format."""

Note = Callable[[object], int]
"""Records a repeated value, and returns its number."""

_NUMBERS = {name: number for number, name in enumerate(SOURCES)}
_COUNTS = frozenset({"offset", "length", "part", "row"})  # fields that hold a number of their own


def source_row(source: TextSource | None, note: Note) -> list[object] | None:
    """A source as plain data, texts and tuples noted. Raises `KeyError` for an unknown kind.

    The two that are frequent are told without a look at their fields, as `read_source` makes them.
    """
    if source is None:
        return None
    if type(source) is FolderFile:
        return [0, note(source.folder), note(source.file), source.outside]
    if type(source) is RecordText:
        path, keys = note(source.path), note(source.keys)
        return [1, path, source.offset, source.length, keys, source.outside]
    number, names = _told_by(type(source))
    row: list[object] = [number]
    for name in names:
        value = getattr(source, name)
        if isinstance(value, str | tuple):
            row.append(note(value))
        elif isinstance(value, int | None):
            row.append(value)
        else:
            row.append(source_row(value, note))
    return row


def read_source(row: Sequence[Any] | None, noted: Sequence[Any]) -> TextSource | None:
    """The source of a row; the two frequent kinds are built without inspecting their fields."""
    if row is None:
        return None
    number = row[0]
    if number == 0:
        return FolderFile(noted[row[1]], noted[row[2]], row[3])
    if number == 1:
        return RecordText(noted[row[1]], row[2], row[3], noted[row[4]], row[5])
    kind = _kind(number)
    _, names = _told_by(kind)
    source: TextSource = kind(
        *(_value(name, value, noted) for name, value in zip(names, row[1:], strict=True))
    )
    return source


def _value(name: str, value: Any, noted: Sequence[Any]) -> Any:
    if isinstance(value, list):
        return read_source(value, noted)
    is_itself = value is None or isinstance(value, bool) or name in _COUNTS
    return value if is_itself else noted[value]


@cache
def _told_by(kind: Any) -> tuple[int, tuple[str, ...]]:
    number = _NUMBERS[f"{kind.__module__}:{kind.__qualname__}"]
    return number, field_names(kind)


@cache
def _kind(number: int) -> Any:
    module, _, name = SOURCES[number].partition(":")
    return getattr(import_module(module), name)
