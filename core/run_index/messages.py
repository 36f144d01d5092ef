"""Messages as bytes: how long each is, then what it says. A stream of them is a file, or a pipe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

Message = list[Any]

MOST_BYTES = 2**30
"""No message is longer: a length that says so is none."""

_LENGTH = 4
_PACKED, _AS_JSON = b"p", b"j"
_encoder, _decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder()


def pack(message: Message) -> bytes:
    """A message with its length in front."""
    try:
        body = _PACKED + _encoder.encode(message)
    except UnicodeEncodeError:  # bytes in a file's name that are no UTF-8 are lone surrogates
        body = _AS_JSON + json.dumps(message).encode()
    return framed(body)


def framed(body: bytes) -> bytes:
    """Bytes with their length in front."""
    return len(body).to_bytes(_LENGTH, "big") + body


def unpacked(read: Callable[[int], bytes]) -> Iterator[Message]:
    """The messages of a stream, of which `read` gives the next bytes; a torn one ends it.

    Raises `ValueError` for what is no message.
    """
    for body in frames(read):
        yield _decoder.decode(memoryview(body)[1:]) if body[:1] == _PACKED else json.loads(body[1:])


def frames(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """What stands behind each length of a stream; what is torn ends it. Raises `ValueError`."""
    while length := read(_LENGTH):
        number = int.from_bytes(length, "big")
        if number > MOST_BYTES:
            raise ValueError("no length of a message")
        body = read(number)
        if len(length) < _LENGTH or len(body) < number:
            return
        yield body
