"""Child processes of the store's tests: they write, are killed, or run out of room.

Usage: `python -m tests.support.store_writer MODE ARGUMENT...`; prints JSON where it has results.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import resource
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import platformdirs  # before `fill` drops its rights and cannot read it any more
import platformdirs.unix  # noqa: F401

from core.errors import StoreError
from core.models import Outcome, Verdict
from core.store import Store, locate_store

_NOBODY = 65534
_MAX_DELAY_S = 0.006  # one to two writes


def verdict(number: int | str, attempt: str = "run/0", note: str = "") -> Verdict:
    """A verdict whose id is made of `number`."""
    created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=len(str(number)))
    outcome = Outcome.FALSE_POSITIVE
    return Verdict(f"v{number}", attempt, "tester", created, outcome, note=note)


def write(folder: str, first: str, count: str, threads: str) -> None:
    """Write verdicts `first` .. `first + count - 1` to eight commits, from several threads."""
    store = Store(Path(folder))
    numbers = range(int(first), int(first) + int(count))

    def work(offset: int) -> None:
        for number in numbers[offset :: int(threads)]:
            store.add_verdicts(f"{number % 8:040x}", [verdict(number)])

    workers = [threading.Thread(target=work, args=(n,)) for n in range(int(threads))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def kill(folder: str, seed: str, kills: str) -> None:
    """Kill a writing process many times; print the ids whose writing had been acknowledged."""
    chance = random.Random(seed)
    store = Store(Path(folder))
    acknowledged: set[str] = set()
    for life in range(int(kills)):
        acknowledged |= _live_and_die(store, f"{seed}.{life}", chance)
        contents = store.load()
        stored = {v.id for history in contents.verdicts.values() for v in history}
        problems = [p for p in contents.problems if "torn" not in p.reason]  # costs nothing
        if problems or not acknowledged <= stored:
            raise SystemExit(f"life {life}: {problems}, lost {acknowledged - stored}")
    print(json.dumps(sorted(acknowledged)))


def _live_and_die(store: Store, life: str, chance: random.Random) -> set[str]:
    human = f"{chance.randrange(10):040x}"
    wait_for, delay = chance.randrange(4), chance.uniform(0, _MAX_DELAY_S)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _write_until_killed(store, human, life, writer)
    os.close(writer)
    said = b""
    while said.count(b"\n") < wait_for:
        said += _hear(reader)
    deadline = time.perf_counter() + delay
    while (left := deadline - time.perf_counter()) > 0:
        if select.select([reader], [], [], left)[0]:
            said += _hear(reader)
    os.kill(child, signal.SIGKILL)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
        raise SystemExit("the writer ended by itself")
    while more := os.read(reader, 4096):
        said += more
    os.close(reader)
    return set(said.decode().split())


def _hear(reader: int) -> bytes:
    said = os.read(reader, 4096)
    if not said:
        raise SystemExit("the writer ended by itself")
    return said


def _write_until_killed(store: Store, human: str, life: str, writer: int) -> None:
    for number in itertools.count():
        new = verdict(f"{life}.{number}", attempt=human, note="a note " * 20)
        store.add_verdicts(human, [new])
        os.write(writer, f"{new.id}\n".encode())


def fill(folder: str, file_limit: str = "0", drop_rights: str = "", patience: str = "10") -> None:
    """Add verdicts of 4 kB until it fails; print what was said and what can be read then."""
    if drop_rights and os.geteuid() == 0:
        # A folder that is entered can be used even where those above it cannot be.
        os.chdir(Path(folder).parent)
        folder = Path(folder).name
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    if int(file_limit):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(file_limit), int(file_limit)))
    store = Store(Path(folder), lock_timeout_s=float(patience))
    acknowledged: list[str] = []
    error = StoreError("nothing failed")
    try:
        for number in range(100):
            new = verdict(number, note="x" * 4096)
            store.add_verdicts("f" * 40, [new])
            acknowledged.append(new.id)
    except StoreError as raised:
        error = raised
    contents = store.load()
    result = {
        "acknowledged": acknowledged,
        "title": error.title,
        "hint": error.hint,
        "stored": [v.id for history in contents.verdicts.values() for v in history],
        "problems": [[problem.path, problem.reason] for problem in contents.problems],
        "files": sorted(path.name for path in Path(folder).rglob("*") if path.is_file()),
    }
    print(json.dumps(result))


def locate(root: str) -> None:
    """Print where the store of a runs folder is."""
    location = locate_store(Path(root))
    print(json.dumps([str(location.path), location.note]))


def main() -> None:
    """Run the mode that is named first."""
    modes: dict[str, Callable[..., None]] = {
        "write": write,
        "kill": kill,
        "fill": fill,
        "locate": locate,
    }
    modes[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
