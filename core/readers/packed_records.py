"""Records of compressed files (gzip, Zstandard): places refer to the decompressed content.

A file is decompressed as a whole, bounded by its decompressed size; the last small one is kept,
because its records' texts are often read one after another.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePath
from typing import BinaryIO

from msgspec import Struct

from core.files import MAX_TEXT_BYTES, UnusableError, opened_file
from core.readers.problems import Problems
from core.readers.record_scan import MAX_RECORDS_BYTES, Knows, Record, scan, scan_content
from core.readers.walk import File
from core.sources import TextSource, text_inside, unreadable

ENDINGS = (".gz", ".zst")
RECORDS = tuple(k + end for k in (".json", ".jsonl", ".ndjson") for end in ("", *ENDINGS))
"""The endings of files of records."""


class PackedText(Struct, frozen=True):
    """A string inside a record of a compressed file; another value is given as JSON."""

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
            data = unpack(self.path)[self.offset : self.offset + self.length]
        except UnusableError as error:
            raise unreadable(self.path, error) from error
        return text_inside(data, self.keys, self.path)


class PackedRecord(Record, frozen=True):
    """A record of a compressed file."""

    def text(self, *keys: str | int) -> TextSource:
        """The place of a text inside this record."""
        place = (self.path, self.offset, self.length, (*self.keys, *keys))
        return PackedText(*place, self.outside)

    def inside(self, *keys: str | int) -> Record:
        """A value inside this record as a record of its own."""
        return packed(super().inside(*keys))


def packed(record: Record) -> PackedRecord:
    """A record whose place refers to the decompressed file."""
    place = (record.path, record.offset, record.length, record.value)
    return PackedRecord(*place, record.outside, record.name, record.keys)


def scan_file(file: File, knows: Knows, problems: Problems) -> Iterator[Record]:
    """Every record of a file, compressed or not."""
    if not is_packed(file.path):
        yield from scan(file, knows, problems)
        return
    try:
        data = unpack(file.path)
    except UnusableError as error:
        problems.add(file.path, str(error))
        return
    if not data:
        problems.add(file.path, "is empty")
        return
    yield from map(packed, scan_content(file, data, knows, problems))


def is_packed(path: str) -> bool:
    """Is a file compressed, by its name?"""
    return path.lower().endswith(ENDINGS)


def unpack(path: str) -> bytes:
    """The decompressed content. Raises `UnusableError`."""
    info = os.stat(path)  # noqa: PTH116
    if info.st_size > MAX_TEXT_BYTES // 4:
        return _unpack(path)
    return _kept(path, info.st_mtime_ns, info.st_size)


@lru_cache(maxsize=1)
def _kept(path: str, _changed: int, _size: int) -> bytes:
    return _unpack(path)


def _unpack(path: str) -> bytes:
    try:
        with (
            opened_file(path) as handle,
            os.fdopen(os.dup(handle), "rb") as file,
            _opened(path, file) as stream,
        ):
            data = stream.read(MAX_RECORDS_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnusableError(f"cannot be unpacked ({error})") from error
    if len(data) > MAX_RECORDS_BYTES:
        raise UnusableError(f"contains more than {MAX_RECORDS_BYTES // 2**20} MiB when unpacked")
    return data


def _opened(path: str, file: BinaryIO) -> BinaryIO:
    if path.lower().endswith(".gz"):
        import gzip  # here, as below: few need it

        return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]
    from backports import zstd

    try:
        return io.BytesIO(zstd.ZstdFile(file).read(MAX_RECORDS_BYTES + 1))
    except zstd.ZstdError as error:
        raise OSError(str(error)) from error
