"""The judge's process, forked from one that has its client imported.

Starting Python and importing the client is most of what a short run of the judge takes. What runs
is a process of its own all the same: session, environment, folder, pipes and exit code are its own.
How the product itself starts it is what `tests/core/judge/test_process.py` is about.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType

from tests.conftest import ROOT

VARIABLE = "WARM_JUDGE"
"""Names the socket of the process that forks."""

_MODULE = "core.judge.run.judge_process"
_MOST_BYTES = 1 << 20


class ForkedProcess:
    """What is used of `subprocess.Popen`."""

    def __init__(self, module: str) -> None:
        assert module == _MODULE
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(os.environ[VARIABLE])
        read_in, write_in = os.pipe()
        read_out, write_out = os.pipe()
        request = json.dumps({"env": dict(os.environ), "cwd": os.getcwd()}).encode()
        header = len(request).to_bytes(4, "big")
        socket.send_fds(self._connection, [header], [read_in, write_out])
        self._connection.sendall(request)
        os.close(read_in)
        os.close(write_out)
        self.stdin = os.fdopen(write_in, "wb")
        self.stdout = os.fdopen(read_out, "rb")
        self._told = self._connection.makefile("r")
        self.pid = int(self._told.readline())
        self.returncode: int | None = None

    def wait(self) -> int:
        """The exit code, once it has ended."""
        if self.returncode is None:
            self.returncode = int(self._told.readline())
            self._told.close()
            self._connection.close()
        return self.returncode

    def __enter__(self) -> ForkedProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stdout.close()
        self.stdin.close()
        self.wait()


@cache
def warm_judge() -> str:
    """The socket of the process that forks, started when it is first asked for."""
    path = Path(mkdtemp(prefix="warm-judge-"), "socket")
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, path],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    process.stdout.readline()  # it listens
    _kept.append(process)
    return str(path)


_kept: list[subprocess.Popen[bytes]] = []


def serve(path: str) -> None:
    """Fork a judge for every connection until standard input ends."""
    import openai

    from core.judge.wire.connections import OF_TRUST, trusted_certificates

    trusted_certificates(*map(os.environ.get, OF_TRUST))
    client = openai.AsyncOpenAI(api_key="none")
    assert client.responses and client.chat.completions and client.models, "imported when used"
    for module in (_MODULE, "anyio._backends._asyncio", "genai_prices.data", "platformdirs"):
        importlib.import_module(module)
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    server = os.fork()
    if server:  # this one ends with the tests, and the other with it
        sys.stdin.read()
        os.kill(server, signal.SIGKILL)
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print(flush=True)
    while True:
        connection, _ = listener.accept()
        if not os.fork():
            listener.close()
            _watch(connection)
        connection.close()


def _watch(connection: socket.socket) -> None:
    """Fork the judge, tell its number and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    header, descriptors, _, _ = socket.recv_fds(connection, 4, 2)
    request = b""
    while len(request) < int.from_bytes(header, "big"):
        request += connection.recv(_MOST_BYTES)
    judge = os.fork()
    if not judge:
        connection.close()
        become(json.loads(request), *descriptors, os.open(os.devnull, os.O_WRONLY))
        importlib.import_module(_MODULE).main()
        end(0)
    for descriptor in descriptors:
        os.close(descriptor)
    connection.sendall(b"%d\n" % judge)
    _, status = os.waitpid(judge, 0)
    connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def end(code: int) -> None:
    """As `sys.exit` ends, without taking apart what every fork has imported.

    What fails by then is printed, and the exit code stays: pools of processes may trip over a pipe
    that one of their threads closes meanwhile.
    """
    for finish in (threading._shutdown, atexit._run_exitfuncs):  # type: ignore[attr-defined]
        try:
            finish()
        except Exception:  # noqa: BLE001 - as Python does
            traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def become(request: Mapping[str, object], *streams: int) -> None:
    """Take a session, an environment, a folder and standard streams of one's own."""
    os.setsid()
    environment = request["env"]
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(str(request["cwd"]))
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
    for descriptor in set(streams):
        os.close(descriptor)


if __name__ == "__main__":
    serve(sys.argv[1])
