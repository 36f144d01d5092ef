"""The command, forked from a process that has the screen and the judge's client imported.

Starting Python and importing is most of what a short session takes. What runs is a
child of the tests all the same: session, environment, folder, terminal, signals and exit code are
its own. Tests of the start itself start Python (`fresh` in `tests/support/command.py`).
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any
from unittest.mock import patch

from core.judge.run import process
from core.session import open_session
from tests.conftest import ROOT
from tests.support import warm_judge
from tests.support.runs import build_runs
from tests.support.textual_private import parse_once
from tui.app import PatchjuryApp

_PR_SET_CHILD_SUBREAPER = 36
_MOST_BYTES = 1 << 20


class ForkedCommand:
    """What is used of `subprocess.Popen`."""

    def __init__(
        self, words: Sequence[str], streams: tuple[int, int, int], env: Mapping[str, str]
    ) -> None:
        request = json.dumps({"words": words, "env": dict(env), "cwd": os.getcwd()}).encode()
        connection = _warm()
        _adopt_orphans(True)
        try:
            socket.send_fds(connection, [len(request).to_bytes(4, "big")], streams)
            connection.sendall(request)
            self.pid = int.from_bytes(connection.recv(4, socket.MSG_WAITALL), "big")
        finally:
            _adopt_orphans(False)
        self._end = os.pidfd_open(self.pid)
        self.returncode: int | None = None

    def send_signal(self, number: int) -> None:
        """Send a signal to a process that was not waited for yet."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended. Raises `TimeoutExpired`."""
        if self.returncode is None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("patchjury", timeout or 0)
            _, status = os.waitpid(self.pid, 0)
            self.returncode = os.waitstatus_to_exitcode(status)
            os.close(self._end)
        return self.returncode


def _adopt_orphans(is_on: bool) -> None:
    """While it is on, a process whose parent has ended becomes a child of this one (Linux)."""
    if ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(is_on), 0, 0, 0):
        raise OSError("prctl failed")


@cache
def _warm() -> socket.socket:
    ours, theirs = socket.socketpair()
    with theirs:
        _kept.append(
            subprocess.Popen([sys.executable, "-m", __name__], cwd=ROOT, stdin=theirs.fileno())
        )
    return ours


_kept: list[subprocess.Popen[bytes]] = []


def serve() -> None:
    """Fork a command for every request until the tests end."""
    for module in pkgutil.walk_packages(importlib.import_module("tui").__path__, "tui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    parse_once()
    with TemporaryDirectory() as folder:
        _open_once(Path(folder))
    gc.freeze()
    connection = socket.socket(fileno=os.dup(0))
    while True:
        header, streams, _, _ = socket.recv_fds(connection, 4, 3)
        if not header:
            return
        request = b""
        while len(request) < int.from_bytes(header, "big"):
            request += connection.recv(_MOST_BYTES)
        connection.sendall(_fork(json.loads(request), streams).to_bytes(4, "big"))
        for stream in streams:
            os.close(stream)


def _open_once(folder: Path) -> None:
    """Open the screen without a terminal, in a home of its own.

    What Textual works out when it is first needed is there in every fork.
    """
    homes = [name for name in os.environ if name == "HOME" or name.startswith("XDG_")]
    with patch.dict(os.environ, dict.fromkeys(homes, str(folder))):
        asyncio.run(_open(build_runs(folder / "runs")))
    for thread in threading.enumerate():
        if thread is not threading.main_thread():  # a fork takes none along, but its locks
            thread.join()


async def _open(runs: Path) -> None:
    app = PatchjuryApp(open_session(runs, reviewer="ann"), checks=False)
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()


def _fork(request: Mapping[str, object], streams: Sequence[int]) -> int:
    """The number of a process that runs the command; its parent has ended."""
    read, write = os.pipe()
    parent = os.fork()
    if not parent:
        screen = os.fork()
        if screen:
            os.write(write, screen.to_bytes(4, "big"))
            os._exit(0)
        _become(request, streams)
        warm_judge.end(importlib.import_module("tui.cli").main())
    os.waitpid(parent, 0)
    number = os.read(read, 4)
    for pipe in (read, write):
        os.close(pipe)
    return int.from_bytes(number, "big")


def _become(request: Mapping[str, object], streams: Sequence[int]) -> None:
    warm_judge.become(request, *streams)
    sys.stdin = sys.__stdin__ = _stream(0, "r")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _stream(1, "w")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _stream(2, "w", "backslashreplace")  # type: ignore[misc]
    words = request["words"]
    assert isinstance(words, list)
    sys.argv = ["patchjury", *words]
    main = ModuleType("__main__")  # what processes of the checks are told to start from
    main.__spec__ = find_spec("tui.cli.__main__")
    sys.modules["__main__"] = main
    if warm_judge.VARIABLE in os.environ:
        process.start_module = warm_judge.ForkedProcess  # type: ignore[assignment,attr-defined]


def _stream(number: int, mode: str, errors: str = "strict") -> Any:
    """As Python opens it."""
    lines = 1 if number == 2 or os.isatty(number) else -1
    return os.fdopen(number, mode, lines, "utf-8", errors, closefd=False)


if __name__ == "__main__":
    serve()
