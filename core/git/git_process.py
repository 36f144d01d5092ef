"""Time and memory limits of a git process that works on objects of unknown origin.

A process that misses its deadline is killed with everything it started; a store in which that
happened twice is not queried again, so that many broken objects cost no more than two.
"""

from __future__ import annotations

import hashlib
import os
import select
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from core.errors import RepositoryError
from core.files import MAX_TEXT_BYTES
from core.sources import decode
from core.text import one_line

OBJECT_S, COMMAND_S = 10.0, 120.0
"""Seconds that git may take to read one object, and for one command (unpacking a bundle)."""

MEMORY_BYTES = 512 * 2**20
"""The memory that git may use itself (packs mapped for reading are not counted)."""

_MOST_TIMEOUTS = 2
_HEADER_BYTES = 1024
_CHUNK_BYTES = 2**20


class GitProcess:
    """Git in a private git directory: commands, and one `git cat-file --batch` kept running."""

    def __init__(self, git: str, private: Path) -> None:
        self._git = git
        self._private = private
        self._lock = threading.Lock()
        self._popen: subprocess.Popen[bytes] | None = None
        self._replies: _Replies | None = None
        self._timeouts = 0

    def again(self) -> GitProcess:
        """A copy that is not started."""
        return GitProcess(self._git, self._private)

    def exchange(self, name: bytes) -> tuple[str, str, bytes] | None:
        """Id, kind and content of an object; None if there is none. Raises `RepositoryError`."""
        with self._lock:
            if self._timeouts >= _MOST_TIMEOUTS:
                raise RepositoryError("git did not answer in time, so it is not asked again")
            if self._popen is None or self._popen.poll() is not None:
                self._stop()
                arguments = ("cat-file", "--batch")
                self._popen = self._start(arguments, subprocess.PIPE, subprocess.DEVNULL)
                self._replies = _Replies(self._popen)
            try:
                return self._ask(name)
            except TimeoutError as error:
                self._timeouts += 1
                self._stop()
                title = f"git took more than {OBJECT_S:g} s to read {name.decode()}"
                raise RepositoryError(title) from error
            except BaseException:  # half an answer in the pipe would be taken for the next one
                self._stop()
                raise

    def run(self, arguments: tuple[str | Path, ...]) -> bytes:
        """The output of a command. Raises `RepositoryError` with what git says."""
        with tempfile.TemporaryFile() as messages:
            process = self._start(arguments, subprocess.DEVNULL, messages)
            try:
                output = _Replies(process).all(time.monotonic() + COMMAND_S)
                code = process.wait(COMMAND_S)
            except (TimeoutError, subprocess.TimeoutExpired) as error:
                title = f"git {arguments[0]} took more than {COMMAND_S:g} s"
                raise RepositoryError(title) from error
            finally:
                _end(process)
            if len(output) > MAX_TEXT_BYTES:
                raise RepositoryError(f"git {arguments[0]} printed too much to read")
            messages.seek(0)
            said = one_line(decode(messages.read(2000)))
        if code:
            raise RepositoryError(f"git {arguments[0]} failed: {said or code}")
        return output

    def stop(self) -> None:
        """Kill the process that was kept running, if there is one."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        popen, self._popen = self._popen, None
        if popen is not None:
            _end(popen)

    def _ask(self, name: bytes) -> tuple[str, str, bytes] | None:
        """One object of `git cat-file --batch` (format: its manual, "BATCH OUTPUT")."""
        assert self._popen
        assert self._popen.stdin
        assert self._replies
        self._popen.stdin.write(name + b"\n")
        deadline = time.monotonic() + OBJECT_S
        header = self._replies.line(deadline)
        if header.endswith(b" missing\n"):
            return None
        if header.endswith(b" ambiguous\n"):
            raise RepositoryError(f"{name.decode()} is a prefix of several ids")
        oid, kind, size = header.decode("ascii").split()
        if int(size) > MAX_TEXT_BYTES:
            raise RepositoryError(f"object {oid} is larger than {MAX_TEXT_BYTES // 2**20} MiB")
        data = self._replies.exactly(int(size) + 1, deadline)
        if len(data) != int(size) + 1 or _id_of(kind, data[:-1], len(oid)) != oid:
            raise RepositoryError(f"object {oid} is damaged")
        return oid, kind, data[:-1]

    def _start(
        self, arguments: tuple[str | Path, ...], stdin: int, stderr: int | IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """Start git with nothing from the caller's or the user's configuration."""
        try:
            process = subprocess.Popen(
                [self._git, *arguments],
                cwd=self._private,
                env=_environment(self._private),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                bufsize=0,
                start_new_session=True,  # Ctrl-C is for us, not for git
            )
        except OSError as error:
            raise RepositoryError(f"git cannot be started: {error.strerror}") from error
        _limit_memory(process.pid)
        return process


def _id_of(kind: str, content: bytes, digits: int) -> str:
    """The id of an object: git does not verify it when it reads a loose one."""
    kind_of_hash = hashlib.sha1 if digits == 40 else hashlib.sha256
    digest = kind_of_hash(f"{kind} {len(content)}\0".encode(), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()


class _Replies:
    """The output of a process, read until a deadline. Raises `TimeoutError` when it has passed."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout
        self._handle = process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._handle, select.POLLIN | select.POLLHUP)
        self._held = bytearray()

    def line(self, deadline: float) -> bytes:
        """The next line, shorter if the output ends or the line is not a header."""
        while b"\n" not in self._held and len(self._held) < _HEADER_BYTES and self._more(deadline):
            pass
        return self._take(self._held.find(b"\n") + 1 or len(self._held))

    def exactly(self, number: int, deadline: float) -> bytes:
        """The next bytes, fewer if the output ends."""
        while len(self._held) < number and self._more(deadline):
            pass
        return self._take(number)

    def all(self, deadline: float) -> bytes:
        """Everything that comes, at most one byte more than a text may have."""
        return self.exactly(MAX_TEXT_BYTES + 1, deadline)

    def _more(self, deadline: float) -> bool:
        left = deadline - time.monotonic()
        if left <= 0 or not self._poll.poll(left * 1000):
            raise TimeoutError
        chunk = os.read(self._handle, _CHUNK_BYTES)
        self._held += chunk
        return bool(chunk)

    def _take(self, number: int) -> bytes:
        data = bytes(self._held[:number])
        del self._held[:number]
        return data


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    process.wait()


def _limit_memory(pid: int) -> None:
    import resource

    if hasattr(resource, "prlimit"):  # Linux; elsewhere only the deadline applies
        with suppress(OSError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))


def _environment(private: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    home = os.fspath(private)
    return ours | {
        "GIT_DIR": home,
        "HOME": home,
        "XDG_CONFIG_HOME": home,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
