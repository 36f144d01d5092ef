"""The elements of a long JSON list, or of several one after another, window by window.

Whatever the size of the file, no more of it is held than a window and the longest element. The
elements, and the errors reported for a broken place, are those of reading the whole text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator

from msgspec import Struct

from core.readers.problems import describe_json_error
from core.text import counted

BOM = b"\xef\xbb\xbf"
_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_UNFINISHED = 64
"""Anything further than this many characters from a window's end is not an artefact of its being
cut there: a string may be cut anywhere, everything else that can be is shorter."""


class Element(Struct, frozen=True):
    """One value of a list: `length` bytes at `offset` of the file."""

    offset: int
    length: int
    value: object


class LongLists:
    """Goes through the lists that a file begins with; used once.

    `read` returns that many bytes from an offset on, `report` is called with what is wrong. An
    element longer than `most` bytes ends it.
    """

    def __init__(
        self,
        read: Callable[[int, int], bytes],
        report: Callable[[str], None],
        *,
        window: int,
        most: int,
    ) -> None:
        self._read = read
        self._report = report
        self._window = self._wanted = window
        self._most = most
        self._offset = 0  # of the held part, in the file
        self._held = b""
        self._text = ""
        self._at = 0
        self._is_last = False
        self._lines = 0  # before the held part
        self._characters = 0
        self._counted = self._bytes = 0

    def elements(self) -> Iterator[Element]:
        """Every element that is complete and UTF-8, in order."""
        self._fill(len(BOM) if self._read(0, len(BOM)) == BOM else 0)
        is_whole = True
        while is_whole and self._next() == "[":
            self._at += 1
            is_whole = yield from self._members()
        if is_whole and self._next():
            place = self._characters + self._at + 1
            self._report(f"continues after a list with something else (character {place})")

    def _members(self) -> Generator[Element, None, bool]:
        """The elements of the opened list; was it closed again?"""
        found = 0
        try:
            while self._next() != "]":
                value, end = self._value()
                found += 1
                if is_utf8(self._text[self._at : end]):
                    yield self._element(end, value)
                else:
                    self._report(f"is not UTF-8 in record {found}, which is left out")
                self._at = end
                self._pass_separator()
        except (ValueError, RecursionError) as error:
            self._report(f"{self._describe(error)}; {counted(found, 'record')} before that")
            return False
        self._at += 1
        return True

    def _pass_separator(self) -> None:
        sign = self._next()
        if sign == ",":
            self._at += 1
        elif sign != "]":
            raise json.JSONDecodeError("Expecting ',' delimiter", self._text, self._at)

    def _next(self) -> str:
        """The next non-blank character, "" at the end."""
        while True:
            match = _BLANK.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text) or self._is_last:
                return self._text[self._at : self._at + 1]
            self._slide()

    def _value(self) -> tuple[object, int]:
        """The value that begins here and where it ends; more is read until it is complete."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._is_last or self._is_of_the_text(error):
                    raise
            else:
                if end + _UNFINISHED < len(self._text) or self._is_last:
                    return value, end
            self._slide()

    def _is_of_the_text(self, error: json.JSONDecodeError) -> bool:
        if error.msg.startswith("Unterminated string"):
            return False
        return error.pos < len(self._text) - _UNFINISHED

    def _slide(self) -> None:
        """Hold what follows the place, and more of it if that was all that is held."""
        passed = len(self._held) if self._at == len(self._text) else self._byte(self._at)
        if passed == 0:
            if self._wanted >= self._most:
                raise ValueError(f"an element is longer than {self._most / 2**20:g} MiB")
            self._wanted = min(2 * self._wanted, self._most)
        else:
            self._wanted = self._window
        self._lines += self._text.count("\n", 0, self._at)
        self._characters += self._at
        self._fill(self._offset + passed)

    def _fill(self, offset: int) -> None:
        self._held = b""  # never hold two windows
        self._text = ""
        data = self._read(offset, self._wanted)
        self._is_last = len(data) < self._wanted
        self._offset, self._at, self._counted, self._bytes = offset, 0, 0, 0
        end = len(data) if self._is_last else _end_of_characters(data)
        self._held = data[:end]
        self._text = self._held.decode("utf-8", "surrogateescape")

    def _element(self, end: int, value: object) -> Element:
        begin = self._byte(self._at)
        return Element(self._offset + begin, self._byte(end) - begin, value)

    def _byte(self, at: int) -> int:
        """The byte offset of a character in the held part; must be asked for in order."""
        if len(self._held) == len(self._text):
            return at
        self._bytes += len(self._text[self._counted : at].encode("utf-8", "surrogateescape"))
        self._counted = at
        return self._bytes

    def _describe(self, error: Exception) -> str:
        if isinstance(error, json.JSONDecodeError):
            error.lineno += self._lines
        return describe_json_error(error)


def is_utf8(text: str) -> bool:
    """Was a text UTF-8 before it was decoded with `surrogateescape`?"""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _end_of_characters(data: bytes) -> int:
    """Where the last complete character ends, if it were UTF-8."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte < 0x80:
            return len(data)
        if byte >= 0xC0:
            wanted = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) if back >= wanted else len(data) - back
    return len(data)
