"""What a reader is: how it recognises its input, what it reads from it, and what it omits.

A kind of input is one module in `core.readers.kinds` with a `READER`, and one line in
`core.readers.reader_registry`. `docs/inputs.md` is generated from these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from core.readers.found import Found
from core.readers.record_scan import Record
from core.readers.walk import File, Folder

Value = Mapping[str, object]


class Records(Struct, frozen=True):
    """Recognises and reads records of JSON files by their fields alone.

    `knows` gets a record and, in an object of records, its name there.
    """

    knows: Callable[[Value, str | None], bool]
    read: Callable[[Record, Found], None]
    is_reference: bool = False  # may be read from a path that names human commits
    is_report: bool = False  # read beside a predictions file that was opened alone


class Files(Struct, frozen=True):
    """Reads files that are recognised by their name."""

    patterns: tuple[str, ...]  # each a name, or a * and the end of one, in small letters
    read: Callable[[File, Found], None]
    is_reference: bool = False

    def knows(self, name: str) -> bool:
        """Is a file of this name one of them?"""
        lower = name.lower()
        return any(
            lower.endswith(pattern[1:]) if pattern.startswith("*") else lower == pattern
            for pattern in self.patterns
        )


class Folders(Struct, frozen=True):
    """Recognises and reads folders by their content; `read` says whether to look inside too."""

    knows: Callable[[Folder], bool]
    read: Callable[[Folder, Found], bool]
    owns_files: bool = True  # False: its files are read like others, too


class Reader(Struct, frozen=True):
    """One kind of input. The four texts are rows of `docs/inputs.md`."""

    name: str
    recognised: str
    mapped: str
    unread: str
    records: tuple[Records, ...] = ()
    files: tuple[Files, ...] = ()
    folders: tuple[Folders, ...] = ()
    cases: tuple[str, ...] = ()  # samples of it in the tests
