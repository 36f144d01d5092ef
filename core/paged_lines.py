"""A text of any size by its lines, of which only the viewed pages are read.

A page is the lines of about `PAGE_BYTES`; page boundaries are found in one pass that counts line
feeds and keeps nothing. A line longer than a page is a page of its own, of which only the beginning
is read.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator

from core.errors import SourceError
from core.files import UnusableError, opened_file, read_at, read_slice
from core.sources import unreadable

PAGE_BYTES = 256 * 1024
LONGEST_LINE_BYTES = 1024 * 1024
"""How much of a longer line is read."""

_PAGES_KEPT = 16


class PagedLines:
    """The lines of one file as it was when they were counted; non-UTF-8 bytes are kept."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._offsets = array("q", [0])  # where each page begins, and where the last one ends
        self._firsts = array("q", [0])  # the first line of each page, and how many lines there are
        self._pages: OrderedDict[int, list[str]] = OrderedDict()

    def __len__(self) -> int:
        return self._firsts[-1]

    @property
    def size(self) -> int:
        """The bytes that were counted."""
        return self._offsets[-1]

    def line(self, number: int) -> str:
        """A line without its end. Raises `SourceError` if the file is gone or shorter now."""
        page = bisect_right(self._firsts, number) - 1
        lines = self._lines(page)
        at = number - self._firsts[page]
        return lines[at] if at < len(lines) else ""

    def find(self, wanted: str, cancelled: Callable[[], bool]) -> Iterator[int]:
        """The lines that contain a text, in any case. Raises `SourceError`."""
        folded = wanted.casefold()
        pattern = folded.encode() if folded.isascii() else b""
        for page in range(len(self._offsets) - 1):
            if cancelled():
                return
            start, stop = self._offsets[page : page + 2]
            data = self._read(start, stop - start)
            if pattern and data.isascii() and pattern not in data.lower():
                continue
            for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n")):
                if folded in line.casefold() and self._firsts[page] + number < len(self):
                    yield self._firsts[page] + number

    def count(self, cancelled: Callable[[], bool], most: int | None = None) -> PagedLines:
        """Count the lines (of the first `most` bytes), from the file's beginning. Returns itself.

        Raises `SourceError` when it cannot be read.
        """
        try:
            with opened_file(self.path) as handle:
                end = os.fstat(handle).st_size
                end = end if most is None else min(end, most)
                at = 0
                while at < end and not cancelled():
                    chunk = read_at(handle, at, min(PAGE_BYTES, end - at))
                    if not chunk:
                        break
                    self._take(at, chunk)
                    at += len(chunk)
        except (UnusableError, OSError) as error:
            raise SourceError(
                f"cannot read {self.path}: {error}", "Load the runs again."
            ) from error
        if at > self._offsets[-1]:  # what follows the last line feed
            self._end_page(at, self._firsts[-1] + 1)
        return self

    def _take(self, at: int, chunk: bytes) -> None:
        """Count the lines that end in a chunk, which begins `at` a place in the file."""
        first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
        if last < 0:
            return
        if (
            at - self._offsets[-1] >= PAGE_BYTES and first < last
        ):  # a long line is a page of its own
            self._end_page(at + first + 1, self._firsts[-1] + 1)
            self._end_page(at + last + 1, self._firsts[-1] + chunk.count(b"\n") - 1)
        else:
            self._end_page(at + last + 1, self._firsts[-1] + chunk.count(b"\n"))

    def _end_page(self, offset: int, lines: int) -> None:
        self._offsets.append(offset)
        self._firsts.append(lines)

    def _lines(self, page: int) -> list[str]:
        if page not in self._pages:
            start, stop = self._offsets[page : page + 2]
            data = self._read(start, min(stop - start, LONGEST_LINE_BYTES))
            text = data.decode("utf-8", "surrogateescape")
            self._pages[page] = [line.removesuffix("\r") for line in text.split("\n")]
            if len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        return self._pages[page]

    def _read(self, offset: int, length: int) -> bytes:
        try:
            return read_slice(self.path, offset, length)
        except UnusableError as error:
            raise unreadable(self.path, error) from error
