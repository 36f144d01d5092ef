"""The process that reads runs for a screen: what it finds goes out as it is found.

The first argument is the request, as JSON, the second the id of the index that the screen shows, if
any. What goes out (`core.run_index.messages`):

- messages with attempts and human commits, while reading goes on; these are not joined yet
- `["same"]`: the files are as the index says, there is nothing to read
- `["changed", paths]`: they are not, or may not be, and are read again; these are known to differ
- `["whole"]`, then the messages of the run set, then `["kept"]`: that is all
- `["failed", kind, title, hint]`
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable

from core import codec
from core.errors import PatchjuryError
from core.files import UnusableError
from core.models import RunSet
from core.readers.found import Found
from core.run_index.asked import Asked
from core.run_index.index_file import Index, find_index, write_index
from core.run_index.messages import pack
from core.run_index.set_rows import AT_ONCE, RowWriter
from core.run_index.stamps import Stamps, differing, prove_nothing, read_stamps

MOST_NAMED = 10_000
"""How many paths are named as changed."""

_EVERY_S = 0.1
_FIRST = 200  # attempts in the first message: enough to fill a screen

Send = Callable[[bytes], None]


class Telling:
    """Sends what was found as attempts, early and often enough for a screen."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._writer = RowWriter()
        self._told = [0, 0, 0]
        self._commits = 0
        self._last = time.monotonic()
        self._wanted = _FIRST

    def look(self, found: Found) -> None:
        """Send what is new, if it is enough or some time has passed."""
        number = len(found.folders) + len(found.recorded) + len(found.attempts)
        new = number - sum(self._told)
        if new < self._wanted and (new < 20 or time.monotonic() - self._last < _EVERY_S):
            return
        self._last, self._wanted = time.monotonic(), AT_ONCE
        attempts = [
            *found.folders[self._told[0] :],
            *found.recorded[self._told[1] :],
            *(one.attempt for one in found.attempts[self._told[2] :]),
        ]
        self._told = [len(found.folders), len(found.recorded), len(found.attempts)]
        commits = found.commits[self._commits :]
        self._commits = len(found.commits)
        if commits:
            self._send(pack(self._writer.commits([(one.sha, one) for one in commits])))
        self._send(pack(self._writer.attempts(attempts)))


def serve(asked: Asked, shown: str, send: Send, now_ns: Callable[[], int] = time.time_ns) -> None:
    """Report whether the index `shown` still holds, else read the runs and save a new one.

    Raises the errors of `read_runs`.
    """
    began = now_ns()
    index = None if asked.follow_links else find_index(asked)
    stamps = None
    if shown and index is not None and index.id == shown:
        stamps = read_stamps(asked.places, began)
        noted = _noted(index)
        changed = differing(noted, stamps)
        if not changed and not prove_nothing(noted):
            send(pack(["same"]))
            return
        send(pack(["changed", changed[:MOST_NAMED]]))
    run_set = asked.read(None if shown else Telling(send).look)
    rows = _sent(run_set, send)
    if not asked.follow_links:  # what is outside is not looked at again
        write_index(asked, rows, stamps or read_stamps(asked.places, began))
    send(pack(["kept"]))


def _noted(index: Index) -> Stamps:
    try:
        return index.stamps()
    except UnusableError:  # then everything is different
        return {}


def _sent(run_set: RunSet, send: Send) -> list[bytes]:
    send(pack(["whole"]))
    kept = []
    for message in RowWriter().whole(run_set):
        kept.append(pack(message))
        send(kept[-1])
    return kept


def main() -> None:
    """Serve the request in the arguments; end quietly when nobody listens any more."""
    asked = codec.from_data(json.loads(sys.argv[1]), Asked)
    out = sys.stdout.buffer

    def send(message: bytes) -> None:
        out.write(message)
        out.flush()

    try:
        serve(asked, sys.argv[2] if len(sys.argv) > 2 else "", send)
    except BrokenPipeError:
        os._exit(0)
    except PatchjuryError as error:
        send(pack(["failed", type(error).__name__, error.title, error.hint]))


if __name__ == "__main__":
    main()
