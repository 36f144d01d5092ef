"""Where each record of a JSON or JSON Lines file begins and ends, in bytes.

A list, an object of records by name, a single object and JSON Lines are told apart by looking. The
records before a broken place are given, the broken place is a load problem.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from core.files import MAX_TEXT_BYTES, UnusableError, read_bytes
from core.readers.problems import Problems, describe_json_error
from core.readers.recognise import MARKERS, Kind, kind_of
from core.readers.walk import File
from core.sources import RecordText

MAX_RECORDS_BYTES = 512 * 2**20
"""Larger files of records are not read."""

_ALWAYS_PARSED_BYTES = 2**20  # below this even a file without a marker is checked for being JSON
_BLANK = re.compile(r"[ \t\r\n]*")
_BOM = b"\xef\xbb\xbf"
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON value of a file: `length` bytes at `offset`."""

    path: str
    offset: int
    length: int
    value: object
    outside: bool = False  # the file was reached through a link that leads out

    @property
    def readable(self) -> bool:
        """Is it small enough to be read again when its text is needed?"""
        return self.length <= MAX_TEXT_BYTES

    def text(self, *keys: str) -> RecordText:
        """The place of a text inside this record."""
        return RecordText(self.path, self.offset, self.length, keys, self.outside)


def read_records(file: File, problems: Problems) -> Iterator[tuple[Kind, Record]]:
    """The records of known kinds in a file, in their order; a file without any gives none."""
    path = file.path
    try:
        data = read_bytes(path, MAX_RECORDS_BYTES)
    except UnusableError as error:
        problems.add(path, str(error))
        return
    if len(data) > _ALWAYS_PARSED_BYTES and not any(marker in data for marker in MARKERS):
        return
    if not data:
        problems.add(path, "is empty")
        return
    known = unknown = 0
    for record in _Parser(file, data, problems).records():
        kind = kind_of(record.value)
        if kind is None:
            unknown += 1
        else:
            known += 1
            yield kind, record
    if known and unknown:
        problems.add(path, f"holds {unknown} records of no known kind beside {known} others")


class _Parser:
    """Finds the records of one file's content."""

    def __init__(self, file: File, data: bytes, problems: Problems) -> None:
        self._path = file.path
        self._outside = file.outside
        self._data = data
        self._problems = problems
        self._start = len(_BOM) if data.startswith(_BOM) else 0

    def records(self) -> Iterator[Record]:
        first = self._data[self._start : self._start + 4096].lstrip()[:1]
        if first == b"{" and self._path.lower().endswith(".jsonl"):
            yield from self._lines()
            return
        text = self._data[self._start :].decode("utf-8", "surrogateescape")
        if first == b"[":
            yield from self._lists(text)
        else:
            yield from self._object_or_lines(text)

    def _lists(self, text: str) -> Iterator[Record]:
        """One list, or several one after another."""
        at: int | None = _skip_blank(text, 0)
        while at is not None and text.startswith("[", at):
            at = yield from self._members(text, at + 1, "]")
        if at is not None and at < len(text):
            self._report(f"goes on after a list with what is none (character {at + 1})")

    def _object_or_lines(self, text: str) -> Iterator[Record]:
        begin = _skip_blank(text, 0)
        try:
            value, end = _DECODER.raw_decode(text, begin)
        except (ValueError, RecursionError) as error:
            self._report(describe_json_error(error))
            return
        if _skip_blank(text, end) < len(text):
            yield from self._lines()
        elif not _is_utf8(text):
            self._report("is not UTF-8")
        elif (
            isinstance(value, dict) and kind_of(value) is None and any(map(kind_of, value.values()))
        ):
            yield from self._members(text, begin + 1, "}")
        else:
            yield Record(
                self._path, self._start, len(self._data) - self._start, value, self._outside
            )

    def _lines(self) -> Iterator[Record]:
        begin, number, broken = self._start, 0, []
        while begin < len(self._data):
            end = self._data.find(b"\n", begin)
            end = len(self._data) if end < 0 else end
            number += 1
            line = self._data[begin:end]
            if line.strip():
                try:
                    yield Record(self._path, begin, end - begin, json.loads(line), self._outside)
                except (ValueError, RecursionError) as error:
                    broken.append(f"line {number} {describe_json_error(error)}")
            begin = end + 1
        if broken:
            more = f", and {len(broken) - 1} more lines are broken" if len(broken) > 1 else ""
            self._report(broken[0] + more)

    def _members(self, text: str, at: int, closing: str) -> Generator[Record, None, int | None]:
        """The elements of a list, or the values of an object, that opens before `at`.

        Returns where it ends, with the blanks after it; None when it is broken.
        """
        ascii_only = text.isascii()
        byte, counted, found = self._start, 0, 0
        try:
            at = _skip_blank(text, at)
            while not text.startswith(closing, at):
                if closing == "}":
                    at = _skip_name(text, at)
                value, end = _DECODER.raw_decode(text, at)
                found += 1
                if ascii_only:
                    yield Record(self._path, self._start + at, end - at, value, self._outside)
                else:
                    byte, counted = byte + _byte_length(text[counted:at]), at
                    length = _byte_length(text[at:end])
                    if _is_utf8(text[at:end]):
                        yield Record(self._path, byte, length, value, self._outside)
                    else:
                        self._report(f"is not UTF-8 in record {found}, which is left out")
                at = _skip_separator(text, end, closing)
        except (ValueError, RecursionError) as error:
            self._report(f"{describe_json_error(error)}; {found} records come before that")
            return None
        return _skip_blank(text, at + 1)

    def _report(self, reason: str) -> None:
        self._problems.add(self._path, reason)


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


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
