"""Reads runs that take long, in the background, and reports what is there so far."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

from msgspec import Struct
from textual.message_pump import MessagePump

from core.errors import PatchjuryError
from core.garbage import pause_collection
from core.models import Attempt, HumanCommit, RunSet
from core.run_index.comparing import Differences, compare
from core.run_index.reading_along import Different, PartRead, ReadingAlong, Remembered, Whole
from core.session import Session
from core.store import StoreContents
from core.store.commit_files import stored_bytes
from tui.work.trouble import as_trouble

_LEAST_S = 0.25
_FROM_INDEX_S = 1.0  # the next picture is the whole one
_PER_ATTEMPT_S = 2e-5
"""How often what is there is shown, less often if there is much: drawing lists takes time."""

_MUCH_BYTES = 4 * 2**20
"""If more than this is stored, the first picture does not wait for it."""

_FIRST_PAINTED_S = 1.0
"""How long reading leaves the processor to the first picture, at most."""


class RunsSoFar(Struct, frozen=True):
    """What was found so far; `is_all`: as in the index."""

    run_set: RunSet
    contents: StoreContents
    is_all: bool = False


class Differs(Struct, frozen=True):
    """The files differ, or may differ, from the index, and are reread."""


class Ended(Struct, frozen=True):
    """All is read, and what differs from the index; else there is trouble."""

    run_set: RunSet | None
    contents: StoreContents
    differences: Differences | None = None
    is_remembered: bool = False  # nothing was read: the files match the index
    trouble: PatchjuryError | None = None


class RunLoader:
    """One opening, in a thread; its results are reported on the owner's own."""

    def __init__(
        self,
        owner: MessagePump,
        session: Session,
        reading: ReadingAlong,
        tell: Callable[[RunsSoFar | Differs | Ended], None],
    ) -> None:
        self._owner = owner
        self._session = session
        self._reading = reading
        self._tell = tell
        self._root = session.triage.run_set.root
        self._contents = StoreContents({}, {})
        self._found: dict[str, Attempt] = {}
        self._commits: dict[str, HumanCommit] = {}
        self._due = 0.0
        self._newest: RunsSoFar | Ended | None = None
        self._remembered: RunSet | None = None
        self._paths: list[str] = []
        self._painted = threading.Event()
        self._stored = threading.Event()
        self._trouble: Exception | None = None

    def go_on(self) -> None:
        """What was found first is painted: from now on reading may take time from the screen."""
        self._painted.set()

    def is_superseded(self, told: RunsSoFar) -> bool:
        """Was more found, and reported, meanwhile?"""
        return told is not self._newest

    def start(self) -> None:
        """Begin; `RunsSoFar` is reported as often as useful, and finally `Ended`."""
        threading.Thread(target=self._run, daemon=True, name="patchjury-runs").start()

    def _run(self) -> None:
        try:
            with pause_collection():
                is_much = stored_bytes(self._session.triage.store.folder) > _MUCH_BYTES
                threading.Thread(target=self._read_store, args=(is_much,), daemon=True).start()
                if not is_much:
                    self._stored.wait()
                for event in self._reading.iterate():
                    self._take(event)
        except Exception as error:  # noqa: BLE001 - a reading that nobody sees end never ends
            self._post(Ended(None, self._contents, trouble=as_trouble(error)))

    def _read_store(self, is_much: bool) -> None:
        """Read what is stored; much of it takes longer than the first attempts, and comes later."""
        try:
            if is_much:
                self._painted.wait(_FIRST_PAINTED_S)
            self._contents = self._session.read_store()
        except Exception as error:  # noqa: BLE001 - raised where the reading ends
            self._trouble = error
        finally:
            self._stored.set()

    def _take(self, event: PartRead | Remembered | Different | Whole) -> None:
        if isinstance(event, PartRead):
            self._found.update({attempt.key: attempt for attempt in event.attempts})
            self._commits.update(event.commits)
            if time.monotonic() > self._due:
                self._show(self._so_far())
                self._painted.wait(_FIRST_PAINTED_S)
        elif isinstance(event, Remembered):
            self._remembered = event.run_set
            self._found = {}
            self._show(event.run_set, is_all=True)
        elif isinstance(event, Different):
            self._paths += event.paths
            self._post(Differs())
        else:
            self._end(event.run_set)

    def _so_far(self) -> RunSet:
        attempts = sorted(self._found.values(), key=attrgetter("key"))
        return RunSet(Path(self._root), tuple(attempts), dict(self._commits))

    def _show(self, run_set: RunSet, *, is_all: bool = False) -> None:
        least = _FROM_INDEX_S if self._reading.has_index else _LEAST_S
        pause = max(least, _PER_ATTEMPT_S * len(run_set.attempts))
        self._due = time.monotonic() + pause
        self._post(RunsSoFar(run_set, self._contents, is_all))

    def _end(self, run_set: RunSet | None) -> None:
        self._stored.wait()
        if self._trouble is not None:
            raise self._trouble
        before = self._remembered
        differences = None
        if run_set is not None and before is not None:
            differences = compare(before, run_set, self._paths)
        self._found = {}
        self._post(Ended(run_set or before, self._contents, differences, run_set is None))

    def _post(self, told: RunsSoFar | Differs | Ended) -> None:
        if not isinstance(told, Differs) and told.run_set is not None:
            self._newest = told
        if self._owner.is_running:
            self._owner.call_later(self._tell, told)
