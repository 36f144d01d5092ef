"""A real pseudo-terminal around a command: what it paints, when, and how much memory it holds."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType

_ESCAPE = re.compile(rb"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b[=>]|\x1b\][^\x07]*\x07")


class Terminal:
    """Starts a command on a pseudo-terminal of a size; times are seconds."""

    def __init__(
        self,
        command: Sequence[str],
        size: tuple[int, int] = (160, 48),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        columns, lines = size
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        usual = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**usual, **(environment or {})},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._master)

    def press(self, keys: str) -> float:
        """Type keys; returns the moment."""
        os.write(self._master, keys.encode())
        return time.perf_counter()

    def wait_for(self, text: str, timeout: float = 30.0) -> float:
        """The moment at which `text` was painted. Raises `TimeoutError` with what was instead."""
        seen = b""
        end = time.perf_counter() + timeout
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._master], [], [], left)[0]:
                seen += os.read(self._master, 1 << 20)
                if text.encode() in _ESCAPE.sub(b"", seen):
                    return time.perf_counter()
        raise TimeoutError(f"{text!r} was not painted; the last output: {seen[-500:]!r}")

    def wait_for_each(self, texts: Sequence[str], timeout: float) -> list[float]:
        """The moments at which texts were painted, in any order. Raises `TimeoutError`."""
        seen, found = b"", dict[str, float]()
        end = time.perf_counter() + timeout
        while len(found) < len(texts):
            if not select.select([self._master], [], [], max(0, end - time.perf_counter()))[0]:
                missing = sorted(set(texts) - found.keys())
                raise TimeoutError(f"{missing} were not painted; the last output: {seen[-500:]!r}")
            seen = seen[-4096:] + os.read(self._master, 1 << 20)
            plain, now = _ESCAPE.sub(b"", seen), time.perf_counter()
            found |= {t: now for t in texts if t not in found and t.encode() in plain}
        return [found[text] for text in texts]

    def drain(self, quiet: float = 0.3, at_most: float = 10.0) -> str:
        """Read until nothing has come for `quiet` seconds; returns the text that was painted."""
        end = time.perf_counter() + at_most
        seen = b""
        while time.perf_counter() < end and select.select([self._master], [], [], quiet)[0]:
            seen += os.read(self._master, 1 << 20)
        return _ESCAPE.sub(b"", seen).decode(errors="replace")

    def memory_mb(self) -> float:
        """Resident memory of the command now, in MB (10^6 bytes)."""
        with open(f"/proc/{self._process.pid}/statm", encoding="ascii") as file:
            pages = int(file.read().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 1e6

    def most_memory_mb(self) -> float:
        """The most resident memory that the command has had, in MB (10^6 bytes)."""
        with open(f"/proc/{self._process.pid}/status", encoding="ascii") as file:
            (line,) = (line for line in file if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
