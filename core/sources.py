"""Where a text (patch, prompt, log) is on disk, and how it is read when needed.

The index of a run set holds these small records instead of the texts. Bytes that are not UTF-8
survive as lone surrogates (`surrogateescape`), so that a text can always be written back unchanged.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import PurePath
from typing import Protocol

from msgspec import Struct

from core import codec
from core.errors import SourceError
from core.files import (
    MAX_TEXT_BYTES,
    UnusableError,
    read_bytes,
    read_slice,
    read_tail,
    settled_stamp,
    size_of,
)

_AGAIN = "Load the runs again."


class TextSource(Protocol):
    """A place that a text can be read from; picklable and hashable."""

    @property
    def name(self) -> str:
        """A short name for people, such as the file's."""

    def __hash__(self) -> int:
        """Equal sources read the same text."""

    def read(self) -> str:
        """Read the text now. Raises `SourceError` if it is gone, unreadable or too large."""


def decode(data: bytes) -> str:
    """Decode bytes as UTF-8 so that `encode` gives the same bytes back."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Encode text to the bytes it was decoded from (surrogates from JSON are kept as UTF-8)."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def sha256(text: str) -> str:
    """The SHA-256 of a text's bytes, as hex digits."""
    return hashlib.sha256(encode(text)).hexdigest()


class FileText(Struct, frozen=True, gc=False):
    """A whole file. `outside`: it was reached through a link that leads out of the runs."""

    path: str
    outside: bool = False

    @property
    def name(self) -> str:
        return PurePath(self.path).name

    def read(self) -> str:
        return _read_whole(self.path)


class FolderFile(Struct, frozen=True, gc=False):
    """A whole file of a folder: many of these share the folder's name, which saves memory."""

    folder: str
    file: str
    outside: bool = False

    @property
    def name(self) -> str:
        return self.file

    @property
    def path(self) -> str:
        """The file's path."""
        return f"{self.folder}/{self.file}"

    def read(self) -> str:
        return _read_whole(self.path)


class RecordText(Struct, frozen=True, gc=False):
    """A string inside one JSON record: `length` bytes at `offset` of a file, then `keys` into it.

    A key is the name of a field or the number of an element. A value that is not a string is
    given as indented JSON.
    """

    path: str
    offset: int
    length: int
    keys: tuple[str | int, ...] = ()
    outside: bool = False

    @property
    def name(self) -> str:
        return ".".join(map(str, self.keys)) or PurePath(self.path).name

    def read(self) -> str:
        try:
            data = read_slice(self.path, self.offset, min(self.length, MAX_TEXT_BYTES))
        except UnusableError as error:
            raise unreadable(self.path, error) from error
        return text_inside(data, self.keys, self.path)


def text_inside(data: bytes, keys: tuple[str | int, ...], path: str) -> str:
    """The text at `keys` in a JSON value of a file; a non-string is given as indented JSON.

    Raises `SourceError` if it is no longer there.
    """
    try:
        value = codec.loads(data)
        for key in keys:
            value = value[key]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise changed(path) from error
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def read_end(source: TextSource, length: int) -> str:
    """The last `length` bytes of a text (characters, if it is not a file). Raises `SourceError`."""
    if not isinstance(source, FileText | FolderFile):
        return source.read()[-length:]
    try:
        return decode(read_tail(source.path, length))
    except UnusableError as error:
        raise unreadable(source.path, error) from error


def recorded_size(source: TextSource) -> int | None:
    """The bytes of a text, known without reading it; None if unknown."""
    if isinstance(source, FileText | FolderFile):
        return size_of(source.path)
    return source.length if isinstance(source, RecordText) else None


def stamp_of(source: TextSource) -> object | None:
    """A value that stays equal as long as the text on disk does; None if there is none.

    Sources provide it by a `path`, or by `is_fixed` if the text cannot change.
    """
    if getattr(source, "is_fixed", False):
        return source
    path = getattr(source, "path", None)
    return settled_stamp(path) if isinstance(path, str) else None


def is_from_outside(source: TextSource) -> bool:
    """Was it reached through a link that leads out of the runs (`--follow-links`)?"""
    return getattr(source, "outside", False)


def read_to_send(source: TextSource) -> str:
    """The text, for a server: what came through a link is never sent. Raises `SourceError`."""
    if is_from_outside(source):
        title = f"{source.name} came through a link that leads out of the runs: it is not sent"
        raise SourceError(title, "Copy it into the runs folder if a judge may see it.")
    return source.read()


def _read_whole(path: str) -> str:
    try:
        return decode(read_bytes(path))
    except UnusableError as error:
        raise unreadable(path, error) from error


def unreadable(path: str, error: UnusableError) -> SourceError:
    """The error for a file that can no longer be read."""
    return SourceError(error.of(path), _AGAIN)


def changed(path: str) -> SourceError:
    """The error for a file that no longer has the text."""
    return SourceError(f"{path} has changed since it was loaded", _AGAIN)
