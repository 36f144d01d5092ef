"""Attempt folders are read in batches, every second one possibly by another process.

Whoever reads a batch, the result is the same, and in the same order: attempts are in the order in
which their folders were found, and so are load problems.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

from core.models import Attempt
from core.readers.patch_looks import Looks
from core.readers.problems import Problems
from core.readers.runs import RunFolders
from core.readers.walk import Folder

BATCH = 500
"""Folders per batch."""

ALONE = 1_000
"""How many folders are read before another process is worth starting."""


_log = logging.getLogger(__name__)


class Read(Struct):
    """The result of a batch: attempts, in the order of their folders, and looks at patches."""

    attempts: list[Attempt]
    looks: Looks


class OtherProcess(Protocol):
    """A process that reads batches, one after another."""

    @property
    def is_free(self) -> bool:
        """Would it begin with a batch soon?"""

    def give(self, folders: Sequence[Folder]) -> bool:
        """Have a batch read; False if it cannot be sent."""

    def take(self, problems: Problems, *, wait: bool) -> Read | None:
        """The result of the first batch that was not taken yet, its load problems noted.

        None while it is being read and the caller does not wait. Raises `OSError` when the process
        is gone.
        """

    def end(self) -> None:
        """It is no longer needed."""


class _Batch(Struct):
    """Consecutive folders; `problems` is where theirs belong."""

    problems: Problems
    folders: list[Folder] = field(default_factory=list)
    read: Read | None = None
    is_elsewhere: bool = False


class FolderBatches:
    """Reads the attempts of folders into `attempts`, in the order of the folders."""

    def __init__(
        self,
        root: Path,
        problems: Problems,
        looks: Looks | None,
        start_other: Callable[[], OtherProcess] | None,
        *,
        batch: int = BATCH,
        alone: int = ALONE,
    ) -> None:
        self._root = root
        self._problems = problems
        self.attempts: list[Attempt] = []
        self._looks = looks
        self._start_other = start_other
        self._batch, self._alone_for = batch, alone
        self._other: OtherProcess | None = None
        self._shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._alone = RunFolders(root, problems, self._shared, looks)
        self._met = 0
        self._open: _Batch | None = None
        self._mark = 0
        self._waiting: deque[_Batch] = deque()

    def add(self, folder: Folder) -> None:
        """Have a folder's attempt read, now or later."""
        self._met += 1
        if self._start_other is None or self._met <= self._alone_for:
            self.attempts.append(self._alone.attempt(folder))
            return
        if self._open is not None and self._mark != self._problems.number:
            self._close()  # later finds come after these
        if self._open is None:
            self._open = _Batch(self._problems.reserve())
            self._mark = self._problems.number
        self._open.folders.append(folder)
        if len(self._open.folders) >= self._batch:
            self._close()

    def finish(self) -> None:
        """Wait until every attempt is there."""
        if self._open is not None:
            self._close(is_last=True)
        self._collect(wait=True)
        self.end()

    def end(self) -> None:
        """Stop reading."""
        if self._other is not None:
            self._other.end()
        self._other = self._start_other = None

    def _close(self, *, is_last: bool = False) -> None:
        batch, self._open = self._open, None
        assert batch is not None
        other = None if is_last else self._helper()
        batch.is_elsewhere = other is not None and other.is_free and other.give(batch.folders)
        if not batch.is_elsewhere:
            self._read_here(batch)
        self._waiting.append(batch)
        self._collect(wait=False)

    def _helper(self) -> OtherProcess | None:
        if self._other is None and self._start_other is not None:
            try:
                self._other = self._start_other()
            except OSError:
                _log.warning("no other process helps to read", exc_info=True)
                self._start_other = None
        return self._other

    def _read_here(self, batch: _Batch) -> None:
        looks: Looks | None = None if self._looks is None else {}
        here = RunFolders(self._root, batch.problems, self._shared, looks)
        batch.read = Read([here.attempt(folder) for folder in batch.folders], looks or {})

    def _collect(self, *, wait: bool) -> None:
        """Take what is there, in order."""
        while self._waiting:
            batch = self._waiting[0]
            if batch.is_elsewhere and batch.read is None:
                self._take(batch, wait=wait)
            if batch.read is None:
                return
            self._waiting.popleft()
            self.attempts += batch.read.attempts
            if self._looks is not None:
                self._looks.update(batch.read.looks)

    def _take(self, batch: _Batch, *, wait: bool) -> None:
        try:
            batch.read = (
                None if self._other is None else self._other.take(batch.problems, wait=wait)
            )
            is_gone = self._other is None
        except OSError as error:
            _log.warning("%s", error)
            is_gone = True
        if is_gone:
            self.end()  # whatever killed it may kill the next one
            self._read_here(batch)
