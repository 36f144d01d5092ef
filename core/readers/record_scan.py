"""Where each record of a JSON or JSON Lines file begins and ends, in bytes.

A list, several lists, an object of records by name, an object with lists of records, a single
object and JSON Lines are told apart by inspection. The records before a broken place are returned,
the broken place is a load problem. In long lines the long lists (trajectories) are skipped.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import cast

import msgspec
from msgspec import Struct

from core.files import MAX_TEXT_BYTES, UnusableError, opened_file, read_at, read_bytes
from core.readers.fields import LongList
from core.readers.long_lists import BOM, LongLists, is_utf8
from core.readers.problems import Problems, describe_json_error, refuse_pointer
from core.readers.walk import File
from core.sources import RecordText, TextSource
from core.text import counted

MAX_RECORDS_BYTES = 512 * 2**20
"""Larger files of records are not read, unless they are lists or JSON Lines: those are read element
by element, or line by line."""

MAX_RECORD_BYTES = 256 * 2**20
"""Longer lines and elements are not read."""

Knows = Callable[[object, str | None], bool]
"""Is a value a record of a known kind, given the name it is listed under?"""

_LONG_BYTES = 2**16
_WINDOW_BYTES = 8 * 2**20
_NOT_BLANK = re.compile(rb"\s*[^\s]")
_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_RAW = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Record(Struct, frozen=True):
    """One JSON value of a file: `length` bytes at `offset`, then `keys` into it."""

    path: str
    offset: int
    length: int
    value: object
    outside: bool = False  # the file was reached through a link that leads out
    name: str | None = None  # under which it is listed in an object of records
    keys: tuple[str | int, ...] = ()

    @property
    def readable(self) -> bool:
        """Is it small enough to be reread when its text is needed?"""
        return self.length <= MAX_TEXT_BYTES

    def text(self, *keys: str | int) -> TextSource:
        """The place of a text inside this record."""
        return RecordText(self.path, self.offset, self.length, (*self.keys, *keys), self.outside)

    def inside(self, *keys: str | int) -> Record:
        """A value inside this record as a record of its own."""
        value: object = self.value
        for key in keys:
            value = cast("dict[str | int, object]", value)[key]
        path, offset, length = self.path, self.offset, self.length
        return Record(path, offset, length, value, self.outside, None, (*self.keys, *keys))


def scan(file: File, knows: Knows, problems: Problems) -> Iterator[Record]:
    """Every record of a file, known or not, in order."""
    try:
        with opened_file(file.path) as handle:
            size = os.fstat(handle).st_size
            refuse_pointer(head := read_at(handle, 0, 4096))
            first = head.removeprefix(BOM).lstrip()[:1]
            if first == b"{" and file.path.lower().endswith((".jsonl", ".ndjson")):
                yield from _Lines(file, problems).records(partial(read_at, handle))
                return
            if first == b"[" and size > _WINDOW_BYTES:
                yield from _list_records(file, partial(read_at, handle), problems)
                return
        if size == 0:
            problems.add(file.path, "is empty")
            return
        data = read_bytes(file.path, MAX_RECORDS_BYTES)
    except UnusableError as error:
        problems.add(file.path, str(error))
        return
    yield from _Whole(file, data, knows, problems).records()


def _list_records(
    file: File, read: Callable[[int, int], bytes], problems: Problems
) -> Iterator[Record]:
    """The records of a long list, with little more than the window in memory."""
    lists = LongLists(
        read, partial(problems.add, file.path), window=_WINDOW_BYTES, most=MAX_RECORD_BYTES
    )
    for one in lists.elements():
        yield Record(file.path, one.offset, one.length, one.value, file.outside)


def scan_content(file: File, data: bytes, knows: Knows, problems: Problems) -> Iterator[Record]:
    """Every record of a file's content in memory."""
    first = data[:4096].removeprefix(BOM).lstrip()[:1]
    whole = _Whole(file, data, knows, problems)
    if first == b"{" and ".jsonl" in file.path.lower():
        yield from whole.lines()
    else:
        yield from whole.records()


def members_of(record: Record, key: str, problems: Problems) -> Iterator[Record]:
    """The elements of a list in a field of a record, each with its own place in the file."""
    try:
        with opened_file(record.path) as handle:
            data = read_at(handle, record.offset, record.length)
    except UnusableError as error:
        problems.add(record.path, str(error))
        return
    whole = _Whole(File(record.path, record.outside), data, _nothing, problems, record.offset)
    yield from whole.list_in(key)


def _nothing(_value: object, _name: str | None) -> bool:
    return False


class _Lines:
    """Finds the records of a JSON Lines file while holding only part of it."""

    def __init__(self, file: File, problems: Problems) -> None:
        self._file = file
        self._problems = problems
        self._broken: list[str] = []

    def records(self, read: Callable[[int, int], bytes]) -> Iterator[Record]:
        for number, begin, line in self._lines(read):
            try:
                value = read_shallow(line)
            except (ValueError, RecursionError) as error:
                self._broken.append(f"line {number} {describe_json_error(error)}")
                continue
            yield Record(self._file.path, begin, len(line), value, self._file.outside)
        if self._broken:
            self._problems.broken[self._file.path] += len(self._broken)
            others = len(self._broken) - 1
            more = f", and {others} more lines are broken" if others else ""
            self._problems.add(self._file.path, self._broken[0] + more)

    def _lines(self, read: Callable[[int, int], bytes]) -> Iterator[tuple[int, int, memoryview]]:
        """The number, the place and the bytes of each line that is not blank."""
        number, offset, wanted = 0, 0, _WINDOW_BYTES
        while True:
            window = read(offset, wanted)
            is_last = len(window) < wanted
            begin, bytes_of = 0, memoryview(window)
            while begin < len(window):
                end = window.find(b"\n", begin)
                if end < 0 and not is_last:
                    break
                end = len(window) if end < 0 else end
                number += 1
                if offset + begin == 0 and window.startswith(BOM):
                    begin = len(BOM)
                if not _NOT_BLANK.match(window, begin, end):
                    begin = end + 1
                    continue
                yield number, offset + begin, bytes_of[begin:end]
                begin = end + 1
            if is_last:
                return
            offset += begin
            wanted = _WINDOW_BYTES if begin else 2 * wanted  # a longer line is read again
            if wanted > MAX_RECORD_BYTES:
                reason = f"line {number + 1} is longer than {MAX_RECORD_BYTES // 2**20} MiB"
                self._broken.append(f"{reason}; what follows is not read")
                return


def read_shallow(line: bytes | memoryview) -> object:
    """A JSON value; in a long one the long lists are skipped (`LongList`)."""
    if len(line) <= _LONG_BYTES or bytes(line[:1]) != b"{":
        return json.loads(bytes(line))
    try:
        return {name: _open(raw) for name, raw in _RAW.decode(line).items()}
    except msgspec.DecodeError:  # what Python's own parser accepts, or reports better
        return json.loads(bytes(line))


def _open(raw: msgspec.Raw) -> object:
    data = memoryview(raw)
    first = bytes(data[:1]) if len(data) > _LONG_BYTES else b""
    if first == b"[":
        is_of_records = bytes(data[1:64]).lstrip()[:1] in (b"{", b"[")
        return LongList(len(data), len(_ELEMENTS.decode(data)) if is_of_records else None)
    if first == b"{":
        return {name: _open(inner) for name, inner in _RAW.decode(data).items()}
    return msgspec.json.decode(data)


class _Whole:
    """Finds the records of one file's content."""

    def __init__(
        self, file: File, data: bytes, knows: Knows, problems: Problems, base: int = 0
    ) -> None:
        self._file = file
        self._data = data
        self._knows = knows
        self._problems = problems
        self._start = len(BOM) if data.startswith(BOM) else 0
        self._base = base + self._start
        self._text = data[self._start :].decode("utf-8", "surrogateescape")
        self._ascii = self._text.isascii()
        self._counted = self._bytes = 0

    def records(self) -> Iterator[Record]:
        at = _skip_blank(self._text, 0)
        if self._text.startswith("[", at):
            yield from self._lists(at)
        else:
            yield from self._object_or_lines(at)

    def lines(self) -> Iterator[Record]:
        return _Lines(self._file, self._problems).records(self._read)

    def list_in(self, key: str) -> Iterator[Record]:
        """The elements of the list in a field of the one object."""
        for name, begin, _, value in self._pairs(_skip_blank(self._text, 0) + 1):
            if name == key and isinstance(value, list):
                yield from self._members(begin + 1, "]")

    def _lists(self, begin: int) -> Iterator[Record]:
        """One list, or several one after another."""
        at: int | None = begin
        while at is not None and self._text.startswith("[", at):
            at = yield from self._members(at + 1, "]")
        if at is not None and at < len(self._text):
            self._report(f"continues after a list with something else (character {at + 1})")

    def _object_or_lines(self, begin: int) -> Iterator[Record]:
        try:
            value, end = _DECODER.raw_decode(self._text, begin)
        except (ValueError, RecursionError) as error:
            self._report(describe_json_error(error))
            return
        if _skip_blank(self._text, end) < len(self._text):
            yield from _Lines(self._file, self._problems).records(self._read)
        elif not is_utf8(self._text):
            self._report("is not UTF-8")
        elif not isinstance(value, dict) or self._knows(value, None):
            yield self._record(begin, end, value)
        elif any(self._knows(inner, name) for name, inner in value.items()):
            yield from self._named(begin, value)
        elif self._holds_lists(value):
            yield from self._all_lists(begin)
        else:
            yield self._record(begin, end, value)

    def _read(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]

    def _any(self, values: list[object]) -> bool:
        return any(self._knows(value, None) for value in values[:1000])

    def _named(self, begin: int, value: dict[str, object]) -> Iterator[Record]:
        """The records of an object and of lists beside them; if it only contains some, those."""
        known = sum(self._knows(inner, name) for name, inner in value.items())
        for name, place, end, inner in self._pairs(begin + 1):
            is_known = self._knows(inner, name)
            if isinstance(inner, list) and not is_known and self._any(inner):
                yield from self._members(place + 1, "]")
            elif 2 * known > len(value) or is_known:
                yield self._record(place, end, inner, name)

    def _holds_lists(self, value: dict[str, object], depth: int = 3) -> bool:
        """Is there a list of records in an object, or in the objects in it?"""
        return any(
            self._any(inner)
            if isinstance(inner, list)
            else isinstance(inner, dict) and depth > 0 and self._holds_lists(inner, depth - 1)
            for inner in value.values()
        )

    def _all_lists(self, begin: int, depth: int = 3) -> Iterator[Record]:
        """The records of the lists in an object, and of those in the objects beside them."""
        for _, place, _, inner in self._pairs(begin + 1):
            if isinstance(inner, list) and self._any(inner):
                yield from self._members(place + 1, "]")
            elif isinstance(inner, dict) and depth:
                yield from self._all_lists(place, depth - 1)

    def _pairs(self, at: int) -> Iterator[tuple[str, int, int, object]]:
        """Name, place, end and value of the members of an object that was parsed before."""
        text = self._text
        at = _skip_blank(text, at)
        while not text.startswith("}", at):
            name, place = _DECODER.raw_decode(text, at)[0], _skip_name(text, at)
            value, end = _DECODER.raw_decode(text, place)
            yield name, place, end, value
            at = _skip_separator(text, end, "}")

    def _members(self, at: int, closing: str) -> Generator[Record, None, int | None]:
        """The elements of a list that opens before `at`.

        Returns where it ends, with the blanks after it; None if it is broken.
        """
        found = 0
        try:
            at = _skip_blank(self._text, at)
            while not self._text.startswith(closing, at):
                value, end = _DECODER.raw_decode(self._text, at)
                found += 1
                if self._ascii or is_utf8(self._text[at:end]):
                    yield self._record(at, end, value)
                else:
                    self._report(f"is not UTF-8 in record {found}, which is left out")
                at = _skip_separator(self._text, end, closing)
        except (ValueError, RecursionError) as error:
            self._report(f"{describe_json_error(error)}; {counted(found, 'record')} before that")
            return None
        return _skip_blank(self._text, at + 1)

    def _record(self, at: int, end: int, value: object, name: str | None = None) -> Record:
        begin, length = self._place(at), _byte_length(self._text[at:end])
        return Record(self._file.path, self._base + begin, length, value, self._file.outside, name)

    def _place(self, at: int) -> int:
        """The byte offset of a character; must be asked for in order."""
        if self._ascii:
            return at
        if at < self._counted:
            self._counted = self._bytes = 0
        self._bytes += _byte_length(self._text[self._counted : at])
        self._counted = at
        return self._bytes

    def _report(self, reason: str) -> None:
        self._problems.add(self._file.path, reason)


def _skip_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _skip_name(text: str, at: int) -> int:
    _, end = _DECODER.raw_decode(text, at)
    end = _skip_blank(text, end)
    if not text.startswith(":", end):
        raise json.JSONDecodeError("Expecting ':' delimiter", text, end)
    return _skip_blank(text, end + 1)


def _skip_separator(text: str, at: int, closing: str) -> int:
    at = _skip_blank(text, at)
    if text.startswith(",", at):
        return _skip_blank(text, at + 1)
    if not text.startswith(closing, at):
        raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
    return at


def _byte_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))
