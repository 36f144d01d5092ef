"""A process that reads attempt folders beside this one, in batches (`core.readers.folder_batches`).

Two threads only send and receive bytes, so that the next batch is there when one is done, and they
take no time from reading. Results are assembled by the caller.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

import msgspec

from core.own_process import start_module
from core.readers.folder_batches import Read
from core.readers.patch_looks import PatchLook
from core.readers.problems import Problems
from core.readers.walk import Folder
from core.run_index.messages import Message, framed, unpacked
from core.run_index.set_rows import RowReader

_MOST_GIVEN = 2
"""Batches sent but not answered: one is being read, one is waiting."""

_GONE = "the process that helps to read is gone"


def read_answer(answer: Message, rows: RowReader, problems: Problems) -> Read:
    """The content of an answer, its load problems noted; `rows` processed all earlier answers.

    Raises `ValueError`, `LookupError` or `TypeError` if it is not one.
    """
    attempts, noted, broken, looks = answer
    rows.take(attempts)
    found, rows.found = rows.found, []
    for path, reason in noted:
        problems.add(path, reason)
    problems.broken.update(broken)
    sources = [found[number].patch.source for number, _, _ in looks]
    told = (PatchLook(sha256, own) for _, sha256, own in looks)
    return Read(found, {s: one for s, one in zip(sources, told, strict=True) if s is not None})


class FolderHelper:
    """Sends batches to `core.run_index.folder_helper_process`, which reads them in order."""

    def __init__(self, root: Path, *, looks: bool) -> None:
        self.process = start_module(
            "core.run_index.folder_helper_process", str(root), "looks" if looks else ""
        )
        self._given: SimpleQueue[bytes | None] = SimpleQueue()
        self._answers: SimpleQueue[Message | None] = SimpleQueue()
        self._open = 0
        self._rows = RowReader()
        self._why = "it ended by itself"
        self._threads = [
            threading.Thread(target=carry, daemon=True, name="patchjury-helper")
            for carry in (self._send, self._receive)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def is_free(self) -> bool:
        """Is there at most one unanswered batch?"""
        return self._open < _MOST_GIVEN

    def give(self, folders: Sequence[Folder]) -> bool:
        """Have a batch read; False for names that cannot be sent."""
        try:
            data = msgspec.msgpack.encode(folders)
        except UnicodeEncodeError:  # a name that is not UTF-8
            return False
        self._given.put(framed(data))
        self._open += 1
        return True

    def take(self, problems: Problems, *, wait: bool) -> Read | None:
        """The first batch that was not taken yet; None while it is being read, if not waiting.

        Raises `OSError` when the process is gone or its answer is not a batch.
        """
        if not wait and self._answers.empty():
            return None
        answer = self._answers.get()
        if answer is None:
            raise OSError(f"{_GONE}: {self._why}")
        self._open -= 1
        try:
            return read_answer(answer, self._rows, problems)
        except (ValueError, LookupError, TypeError) as error:
            raise OSError(f"{_GONE}: {error}") from error

    def end(self) -> None:
        """Let the process end."""
        self._given.put(None)
        with suppress(OSError):
            self.process.terminate()
        for thread in self._threads:
            thread.join()
        self.process.wait()

    def _send(self) -> None:
        stdin = self.process.stdin
        assert stdin is not None
        try:
            while (data := self._given.get()) is not None:
                stdin.write(data)
                stdin.flush()
        except OSError as error:
            self._why = str(error)
        finally:
            with suppress(OSError):
                stdin.close()

    def _receive(self) -> None:
        """Answers as they come; None when nothing more does."""
        stdout = self.process.stdout
        assert stdout is not None
        try:
            for answer in unpacked(stdout.read):
                self._answers.put(answer)
        except (OSError, ValueError) as error:  # an answer is not a message
            self._why = str(error)
        finally:
            self._answers.put(None)
            stdout.close()
