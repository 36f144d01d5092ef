"""Entries of zip files, even compressed with Zstandard (which Python's own cannot read).

An entry is bounded by its decompressed size, whatever the file claims.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from msgspec import Struct

from core.files import MAX_TEXT_BYTES, UnusableError, opened_file
from core.sources import text_inside, unreadable

_ZSTANDARD = 93
_LOCAL_HEADER = struct.Struct("<26xHH")  # APPNOTE 4.3.7: lengths of name and extra field


class ZipText(Struct, frozen=True):
    """A value inside the JSON of an entry of a zip file; a non-string is shown as JSON."""

    path: str
    entry: str
    keys: tuple[str | int, ...] = ()
    outside: bool = False

    @property
    def name(self) -> str:
        return ".".join(map(str, self.keys)) or self.entry

    def read(self) -> str:
        try:
            with opened_zip(self.path) as archive:
                data = read_entry(archive, self.entry)
        except UnusableError as error:
            raise unreadable(self.path, error) from error
        return text_inside(data, self.keys, self.path)


@contextmanager
def opened_zip(path: str) -> Iterator[zipfile.ZipFile]:
    """An open zip file. Raises `UnusableError`."""
    try:
        with (
            opened_file(path) as handle,
            os.fdopen(os.dup(handle), "rb") as file,
            zipfile.ZipFile(file) as archive,
        ):
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise UnusableError(f"is not a complete zip file ({error})") from error


def read_entry(archive: zipfile.ZipFile, name: str, limit: int = MAX_TEXT_BYTES) -> bytes:
    """The content of an entry. Raises `UnusableError`; `KeyError` if there is none."""
    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise UnusableError(f"contains {name}, which is encrypted")
    try:
        if info.compress_type == _ZSTANDARD:
            data = _read_zstandard(archive, info, limit)
        else:
            with archive.open(info) as entry:
                data = entry.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError) as error:
        raise UnusableError(f"contains {name}, which cannot be unpacked ({error})") from error
    if len(data) > limit:
        raise UnusableError(f"contains {name}, which is larger than {limit / 2**20:g} MiB")
    return data


def _read_zstandard(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """An entry of method 93 (APPNOTE 4.4.5), which Inspect writes."""
    from backports import zstd  # imported here because few need it

    file: BinaryIO | None = archive.fp  # type: ignore[assignment]
    assert file
    file.seek(info.header_offset)
    lengths = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    file.seek(sum(lengths), os.SEEK_CUR)
    packed = file.read(min(info.compress_size, limit + 1))
    decompressor, parts, room = zstd.ZstdDecompressor(), [], limit + 1
    try:
        while room > 0 and not decompressor.eof:
            part = decompressor.decompress(packed, room)
            if not part and decompressor.needs_input:
                raise EOFError("it ends too soon")
            parts.append(part)
            packed, room = b"", room - len(part)
    except zstd.ZstdError as error:
        raise zlib.error(str(error)) from error
    return b"".join(parts)
