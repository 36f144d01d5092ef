"""Runs the command as a user does: in a separate process, on a pipe or on a terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import ROOT
from tests.support.warm_screen import ForkedCommand

COMMAND = (sys.executable, "-m", "tui.cli")
Process = subprocess.Popen[bytes] | ForkedCommand
_ESCAPE = re.compile(rb"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b[=>]|\x1b\][^\x07]*\x07")


def command(
    *words: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `patchjury` with these words and no terminal.

    With an `env`, which is added to the environment, Python is started for it; else the process
    is forked from one that has the headless commands imported.
    """
    arguments = [*COMMAND, *map(str, words)]
    if env is None:
        return _forked(arguments, cwd or Path.cwd())
    return subprocess.run(
        arguments,
        cwd=cwd,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=120,
        check=False,
    )


@cache
def _warm_process() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.warm_process"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _forked(arguments: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    process = _warm_process()
    assert process.stdin is not None and process.stdout is not None
    with TemporaryDirectory() as folder:
        out, err = (Path(folder, name) for name in ("out", "err"))
        request = {
            "words": arguments[len(COMMAND) :],
            "cwd": str(cwd),
            "env": dict(os.environ),
            "out": str(out),
            "err": str(err),
        }
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        code = int(process.stdout.readline())
        printed = [path.read_bytes().decode("utf-8", "surrogateescape") for path in (out, err)]
    return subprocess.CompletedProcess(arguments, code, *printed)


def start(
    words: Sequence[str],
    streams: tuple[int, int, int],
    env: Mapping[str, str],
    *,
    fresh: bool = False,
) -> Process:
    """Start `patchjury` with these words, open files and environment, in a session of its own.

    Its process is forked from one that has the screen imported, unless it is to be `fresh`.
    """
    if not fresh and sys.platform == "linux":
        return ForkedCommand(words, streams, env)
    stdin, stdout, stderr = streams
    return subprocess.Popen(
        [*COMMAND, *words],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        env=env,
        start_new_session=True,
    )


class OnTerminal:
    """`patchjury` on a pseudo-terminal of 120x30; killed when the `with` block is left early.

    Its process is forked from one that has the screen imported, unless it is to be `fresh`.
    """

    def __init__(
        self, *words: str | Path, env: Mapping[str, str] | None = None, fresh: bool = False
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
        size = {"COLUMNS": "120", "LINES": "30"}
        told = [str(word) for word in words]
        its = {**os.environ, "TERM": "xterm-256color", **size, **(env or {})}
        self._process = start(told, (slave, slave, slave), its, fresh=fresh)
        os.close(slave)
        self._seen = b""

    def __enter__(self) -> OnTerminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def wait_for(self, text: str) -> None:
        """Read until `text` is painted. Raises `TimeoutError` with what was painted instead."""
        end = time.monotonic() + 60
        while not self.shows(text):
            if not select.select([self._master], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError(f"{text!r} was not painted: {self._seen[-2000:]!r}")
            self._seen += os.read(self._master, 1 << 20)

    def press(self, keys: str | bytes) -> None:
        """Type keys, or send bytes; what was painted before no longer counts."""
        self._seen = b""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def decide(self, key: str, text: str) -> None:
        """Press a verdict key until `text` is painted: one that came too soon is pressed again.

        That a second one came too soon as well is not painted anew.
        """
        for _ in range(12):
            self.wait_until_quiet()
            self.press(key)
            with suppress(TimeoutError):
                self.until(lambda: self.shows(text) or self.shows("too soon"), text, within=5)
            if self.shows(text):
                return
        raise TimeoutError(f"not after 12 keys: {text}")

    def signal(self, number: int) -> None:
        """Send a signal; what was painted before no longer counts."""
        self._seen = b""
        self._process.send_signal(number)

    def until(self, holds: Callable[[], bool], what: str, within: float = 60) -> None:
        """Read on until a condition holds. Raises a `TimeoutError` that says which did not."""
        end = time.monotonic() + within
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"not within {within:g} s: {what}")
            if select.select([self._master], [], [], 0.05)[0]:
                self._seen += os.read(self._master, 1 << 20)

    def wait_until_quiet(self, seconds: float = 0.2) -> None:
        """Read until nothing was painted for a while: then a key counts for what is shown."""
        while select.select([self._master], [], [], seconds)[0]:
            self._seen += os.read(self._master, 1 << 20)

    def shows(self, text: str) -> bool:
        """Was this painted since the last key?"""
        return text.encode() in _ESCAPE.sub(b"", self._seen)

    def wait_until_stopped(self) -> None:
        """Wait until the process is stopped, as by Ctrl-Z."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            # What it paints has to be read, or it waits for its reader.
            if select.select([self._master], [], [], 0.05)[0]:
                self._seen += os.read(self._master, 1 << 20)
            pid, status = os.waitpid(self._process.pid, os.WUNTRACED | os.WNOHANG)
            if pid and not os.WIFSTOPPED(status):
                raise ChildProcessError(f"it ended: {status}")
            if pid:
                self._seen = b""
                return
        raise TimeoutError("it was not stopped")

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self._master)
        self._master = os.open(os.devnull, os.O_RDWR)

    @property
    def painted(self) -> bytes:
        """Everything that was written since the last key or signal, as it came."""
        return self._seen

    def modes(self) -> list[object]:
        """How the terminal is set up now (`termios.tcgetattr`)."""
        return termios.tcgetattr(self._master)

    def exit_code(self) -> int:
        """Wait for the end; returns the exit code."""
        with suppress(OSError):  # Linux ends the reading of a closed terminal with an error
            while select.select([self._master], [], [], 60)[0]:
                data = os.read(self._master, 1 << 20)
                if not data:
                    break
                self._seen += data
        return self._process.wait(timeout=60)
