"""Where a text (patch, prompt, log) stands on disk, and how it is read when it is needed.

The index of a run set holds these small records instead of the texts. Bytes that are not UTF-8
survive as lone surrogates (`surrogateescape`), so that a text can always be written back unchanged.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from core.errors import SourceError

MAX_TEXT_BYTES = 64 * 1024 * 1024
"""Larger texts are not read; the reader reports them as a load problem."""


class TextSource(Protocol):
    """A place that a text can be read from; picklable and hashable."""

    @property
    def name(self) -> str:
        """A short name for people, such as the file's."""

    def __hash__(self) -> int:
        """Equal sources read the same text."""

    def read(self) -> str:
        """Read the text now. Raises `SourceError` when it is gone, unreadable or too large."""


def decode(data: bytes) -> str:
    """Decode bytes as UTF-8 so that `encode` gives the same bytes back."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Encode text to the bytes it was decoded from (surrogates out of JSON are kept as UTF-8)."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def read_slice(path: str, offset: int = 0, length: int | None = None) -> bytes:
    """Read `length` bytes of a file (to its end when None). Raises `SourceError`."""
    try:
        with open(path, "rb") as file:
            file.seek(offset)
            data = file.read(MAX_TEXT_BYTES + 1 if length is None else length)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(f"cannot read {path}: {reason}", "Load the runs again.") from error
    if len(data) > MAX_TEXT_BYTES:
        raise SourceError(f"{path} is larger than {MAX_TEXT_BYTES // 2**20} MiB")
    return data


@dataclass(frozen=True, slots=True)
class FileText:
    """A whole file."""

    path: str

    @property
    def name(self) -> str:
        return PurePath(self.path).name

    def read(self) -> str:
        return decode(read_slice(self.path))


@dataclass(frozen=True, slots=True)
class RecordText:
    """A string inside one JSON record: `length` bytes at `offset` of a file, then `keys` into it.

    A value that is not a string is given as indented JSON.
    """

    path: str
    offset: int
    length: int
    keys: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return ".".join(self.keys) or PurePath(self.path).name

    def read(self) -> str:
        data = read_slice(self.path, self.offset, self.length)
        try:
            value = json.loads(data)
            for key in self.keys:
                value = value[key]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            title = f"{self.path} has changed since it was loaded"
            raise SourceError(title, "Load the runs again.") from error
        if isinstance(value, str):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)
