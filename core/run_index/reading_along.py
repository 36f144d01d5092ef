"""Runs as a screen opens them: from the index at once, if there is one, else while being read.

A process (`core.run_index.reading_process`) reads, or checks whether the index still holds. What is
yielded before `Whole` may be joined differently in the end, or not match the files: it is there to
be looked at, and decides nothing.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from msgspec import Struct

import core.errors
from core import codec
from core.errors import ExportError, PatchjuryError
from core.files import UnusableError
from core.models import Attempt, HumanCommit, RunSet
from core.own_process import start_module
from core.run_index.asked import Asked
from core.run_index.index_file import find_index
from core.run_index.messages import Message, unpacked
from core.run_index.set_rows import RowReader


class PartRead(Struct, frozen=True):
    """Attempts and human commits found in addition; reading goes on."""

    attempts: Sequence[Attempt]
    commits: Mapping[str, HumanCommit]


class Remembered(Struct, frozen=True):
    """All runs according to the index; the files are being checked."""

    run_set: RunSet


class Different(Struct, frozen=True):
    """The files are being reread: these differ from what the index was made from."""

    paths: Sequence[str]


class Whole(Struct, frozen=True):
    """All runs, as the files are; None: as `Remembered` gave them."""

    run_set: RunSet | None


Event = PartRead | Remembered | Different | Whole


class ReadingEndedError(PatchjuryError):
    """The process that reads runs ended too early."""


class ReadingAlong:
    """One opening, to be iterated once; `stop` may be called from any thread.

    With `anew`, attempts that are known already, everything is read whatever an index says.
    """

    def __init__(self, asked: Asked, anew: Sequence[Attempt] | None = None) -> None:
        self.asked = asked
        index = None if asked.follow_links or anew is not None else find_index(asked)
        self._index = index
        self._known = {attempt.key: attempt for attempt in anew or ()}  # are not held twice
        shown = index.id if index is not None else ""
        self._process = _start(asked, shown)

    @property
    def has_index(self) -> bool:
        """Is there an index that matches the request?"""
        return self._index is not None

    def stop(self) -> None:
        """Stop reading."""
        with suppress(OSError):
            self._process.terminate()

    def iterate(self) -> Iterator[Event]:
        """What is found, `Whole` last. Raises as `read_runs` does, and `ReadingEndedError`."""
        try:
            if self._index is not None:
                yield from self._remembered()
            yield from self._read()
        finally:
            self._end()

    def _end(self) -> None:
        self.stop()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()

    def _remembered(self) -> Iterator[Event]:
        assert self._index is not None
        rows, run_set, told = RowReader(), None, 0
        try:
            for message in self._index.messages():
                run_set = rows.take(message)
                yield PartRead(rows.found[told:], rows.commits)
                told = len(rows.found)
        except (UnusableError, ValueError, TypeError, LookupError):
            run_set = None
        if run_set is not None:
            self._known = {attempt.key: attempt for attempt in run_set.attempts}
            yield Remembered(run_set)
            return
        self._end()  # the index is damaged: as if there were none
        self._process = _start(self.asked, "")

    def _read(self) -> Iterator[Event]:
        assert self._process.stdout is not None
        rows: RowReader | None = None
        early, told = RowReader(), 0
        for message in unpacked(self._process.stdout.read):
            kind = message[0]
            if kind == "same":
                yield Whole(None)
                return
            if kind == "changed":
                yield Different(message[1])
            elif kind == "failed":
                raise _error(message)
            elif kind == "whole":
                self._known.update({attempt.key: attempt for attempt in early.found})
                early, rows = RowReader(), RowReader(self._known)
            elif rows is not None and kind != "kept":
                run_set = rows.take(message)
                if run_set is not None:
                    yield Whole(run_set)
                    rows = None
            elif kind in ("attempts", "commits"):
                early.take(message)
                yield PartRead(early.found[told:], early.commits)
                told = len(early.found)
            elif kind == "kept":
                return
        raise ReadingEndedError(
            f"the process that reads the runs ended unexpectedly (code {self._process.wait()})",
            "Open them again.",
        )


def confirm(asked: Asked, held: RunSet) -> None:
    """Read runs again, whatever an index says. Raises `ExportError` if they differ from `held`.

    What is written for others rests on the files, not on an index of them.
    """
    now = None
    for event in ReadingAlong(asked, held.attempts).iterate():
        now = event.run_set if isinstance(event, Whole) else now
    if now is None or (now.attempts, now.commits) != (held.attempts, held.commits):
        title = "the runs are not as they were remembered"
        raise ExportError(title, "Open them again, then export.")


def _start(asked: Asked, shown: str) -> subprocess.Popen[bytes]:
    told = json.dumps(codec.to_data(asked))
    return start_module("core.run_index.reading_process", told, shown)


def _error(message: Message) -> PatchjuryError:
    _, name, title, hint = message
    kind = getattr(core.errors, name, PatchjuryError)
    error: PatchjuryError = kind(title, hint)
    return error
