"""Messages as bytes: the length of each, then its content. A stream is a file or a pipe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

Message = list[Any]

MOST_BYTES = 2**30
"""No message is longer: a larger length is not one."""

_LENGTH = 4
_PACKED, _AS_JSON = b"p", b"j"
_encoder, _decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder()


def pack(message: Message) -> bytes:
    """A message preceded by its length."""
    try:
        body = _PACKED + _encoder.encode(message)
    except UnicodeEncodeError:  # non-UTF-8 bytes in a file's name are lone surrogates
        body = _AS_JSON + json.dumps(message).encode()
    return framed(body)


def framed(body: bytes) -> bytes:
    """Bytes preceded by their length."""
    return len(body).to_bytes(_LENGTH, "big") + body


def unpacked(read: Callable[[int], bytes]) -> Iterator[Message]:
    """The messages of a stream, of which `read` returns the next bytes; a torn one ends it.

    Raises `ValueError` for anything that is not a message.
    """
    for body in frames(read):
        yield _decoder.decode(memoryview(body)[1:]) if body[:1] == _PACKED else json.loads(body[1:])


def frames(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The content after each length in a stream; a torn one ends it. Raises `ValueError`."""
    while length := read(_LENGTH):
        number = int.from_bytes(length, "big")
        if number > MOST_BYTES:
            raise ValueError("no length of a message")
        body = read(number)
        if len(length) < _LENGTH or len(body) < number:
            return
        yield body
