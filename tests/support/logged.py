"""What was logged while a test ran."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class Logged(logging.Handler):
    """Keeps every record."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.records.append(record)

    @property
    def text(self) -> str:
        """A line a record, with its traceback if it has one."""
        return "".join(f"{self.format(record)}\n" for record in self.records)


@contextmanager
def all_logged(level: int) -> Iterator[Logged]:
    """Keep what is logged from a level on; logging is afterwards as it was."""
    root, kept = logging.getLogger(), Logged()
    before = root.level
    root.addHandler(kept)
    root.setLevel(level)
    try:
        yield kept
    finally:
        root.setLevel(before)
        root.removeHandler(kept)
