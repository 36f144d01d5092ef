"""Binary hunks of git: base 85, deflated, whole or as a delta on the base file."""

from __future__ import annotations

import base64
import re
import zlib
from typing import Protocol

from msgspec import Struct

from core.files import MAX_TEXT_BYTES

_DIGITS = 18
_HEAD = re.compile(rb"(delta|literal) (?:[ \t\v\f\r]*([0-9]+))?")


class BinaryFault(Exception):
    """Data that cannot be read: `line` (from 1) and the reason."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class CorruptBinary(BinaryFault):
    """Git cannot read the hunk; it reads no further in the patch, and drops this section."""


class TooLarge(BinaryFault):
    """The data may be sound, but is too large to be examined."""


class BinaryHunk(Struct, frozen=True):
    """The inflated content of a new file, or a delta that makes it."""

    is_delta: bool
    data: bytes


class RawLineSequence(Protocol):
    """Lines of bytes, each with its line feed."""

    def __len__(self) -> int: ...

    def __getitem__(self, at: int, /) -> bytes: ...


def read_binary_hunk(
    lines: RawLineSequence, at: int, most: int = MAX_TEXT_BYTES
) -> tuple[int, BinaryHunk | None]:
    """The hunk at a line (with its line feed) and the line after it; None: none starts there.

    `most` is the number of bytes it may inflate to. Source: git's `parse_binary_hunk()`. Raises
    `CorruptBinary` and `TooLarge`.
    """
    found = _HEAD.match(lines[at]) if at < len(lines) else None
    if not found:
        return at, None
    packed = bytearray()
    while True:
        at += 1
        line = lines[at] if at < len(lines) else b""
        if len(line) == 1:
            break
        packed += _decode_line(line, at)
    digits = (found[2] or b"0").lstrip(b"0")
    if len(digits) > _DIGITS or int(digits or b"0") > most:
        raise TooLarge("the binary content is too large", at + 1)
    data = _inflate(bytes(packed), int(digits or b"0"), at)
    return at + 1, BinaryHunk(found[1] == b"delta", data)


def _decode_line(line: bytes, at: int) -> bytes:
    """The bytes of one line: a letter that gives their number, then groups of five characters."""
    capacity = (len(line) - 2) // 5 * 4
    letter = line[0] if line else 0
    if 0x41 <= letter <= 0x5A:
        length = letter - 0x41 + 1
    elif 0x61 <= letter <= 0x7A:
        length = letter - 0x61 + 27
    else:
        length = 0
    if len(line) < 7 or (len(line) - 2) % 5 or not capacity - 4 < length <= capacity:
        raise CorruptBinary("the binary patch is corrupt", at + 1)
    try:
        return base64.b85decode(line[1 : 1 + capacity // 4 * 5])[:length]
    except ValueError as error:
        raise CorruptBinary("the binary patch is corrupt", at + 1) from error


def _inflate(packed: bytes, size: int, at: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(packed, size + 1)
    except zlib.error as error:
        raise CorruptBinary("the binary patch is corrupt", at + 1) from error
    if not stream.eof or len(data) != size:
        raise CorruptBinary("the binary patch is corrupt", at + 1)
    return data


def apply_delta(base: bytes, delta: bytes) -> bytes | None:
    """The content that a delta makes of a base, None if it does not fit (`patch_delta()`)."""
    base_size, at = _size(delta, 0)
    size, at = _size(delta, at)
    if len(delta) < 4 or base_size != len(base) or size > MAX_TEXT_BYTES:
        return None
    out = bytearray()
    while at < len(delta):
        command = delta[at]
        at += 1
        if command & 0x80:
            offset = length = 0
            for bit in range(7):
                if command & 1 << bit:
                    if at >= len(delta):
                        return None
                    if bit < 4:
                        offset |= delta[at] << 8 * bit
                    else:
                        length |= delta[at] << 8 * (bit - 4)
                    at += 1
            length = length or 0x10000
            piece = base[offset : offset + length]
        else:
            length = command
            piece = delta[at : at + length]
            at += length
        if not length or len(piece) != length or len(out) + length > size:
            return None
        out += piece
    return bytes(out) if len(out) == size else None


def _size(delta: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, least significant first, and the offset after it."""
    size = shift = 0
    while at < len(delta):
        byte = delta[at]
        size |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if not byte & 0x80:
            break
    return size, at
