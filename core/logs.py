"""The one log: a file in the user's state folder that every process of patchjury appends to.

No handler writes to a terminal, and logging's last resort, which would, is disabled: a screen may
own the terminal, and log messages may quote strangers. In the file their text is made visible, and
keys are removed.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol

from core.places import state_folder
from core.text import visible

FILE_NAME = "patchjury.log"
MAX_BYTES = 1024 * 1024
"""A file that would grow larger is rotated."""

KEPT = 3
"""How many rotated files are kept: `patchjury.log.1` is the newest."""

_OURS = ("core", "tui")
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK

_log = logging.getLogger(__name__)
_hidden: dict[Redacting, None] = {}


def log_file() -> Path:
    """The path of the log; it need not exist."""
    return state_folder() / FILE_NAME


def start_logging(*, verbose: bool = False) -> None:
    """Log into the file from now on, warnings and failures; with `verbose` everything.

    May be called again. Nothing is created before there is something to say.
    """
    logging.lastResort = None
    logging.raiseExceptions = False  # a log that cannot be written would print on the terminal
    logging.captureWarnings(True)
    root = logging.getLogger()
    if not any(isinstance(handler, LogFile) for handler in root.handlers):
        root.addHandler(LogFile())
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.DEBUG if verbose else logging.INFO)


def log_uncaught() -> None:
    """Log what nobody catches in a thread or a destructor, instead of printing it.

    For a process that is patchjury's own.
    """
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def silence_standard_error() -> None:
    """Redirect what a child process would print on the inherited terminal to nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


class Redacting(Protocol):
    """Removes something from texts; two that are equal remove the same."""

    def redact(self, text: str) -> str:
        """`text` without it."""
        ...

    def __hash__(self) -> int: ...


def hide_in_log(secret: Redacting) -> None:
    """Remove `secret` from everything logged from now on, tracebacks included."""
    _hidden[secret] = None


def record_fault(error: BaseException, what: str) -> str:
    """Log an error with its traceback; returns where, in words that end a sentence."""
    _log.error("%s", what, exc_info=error)
    if any(isinstance(h, LogFile) and h.is_written for h in logging.getLogger().handlers):
        return f"the traceback is in {log_file()}"
    return f"the log {log_file()} could not be written"


class LogFile(logging.Handler):
    """Appends records to the log; several processes may, and each may rotate a full file."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter(_FORMAT))
        self.is_written = True
        """Was the last record written?"""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
            for secret in _hidden:
                text = secret.redact(text)
            self._append(f"{visible(text, keep_newlines=True)}\n".encode())
            self.is_written = True
        except (OSError, ValueError, TypeError):  # a full disk, a record that cannot be formatted
            self.is_written = False

    def _append(self, data: bytes) -> None:
        path = log_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(KEPT + 1):  # another process may rotate the file at any moment
            descriptor = os.open(path, _APPEND, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if not _is_at(descriptor, path):
                    continue
                if 0 < os.fstat(descriptor).st_size > MAX_BYTES - len(data):
                    _put_aside(path)
                    continue
                os.write(descriptor, data)
                return
            finally:
                os.close(descriptor)
        raise OSError("the log is rotated too often")


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _put_aside(path: Path) -> None:
    for number in range(KEPT, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        newer = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
        with suppress(FileNotFoundError):
            newer.replace(older)


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and arguments.exc_type is not SystemExit:
        name = arguments.thread.name if arguments.thread else "?"
        _log.error("uncaught in thread %s", name, exc_info=arguments.exc_value)


def _unraisable(arguments: sys.UnraisableHookArgs) -> None:
    error = arguments.exc_value
    traceback: TracebackType | None = arguments.exc_traceback
    if error is not None:
        _log.error("uncaught in %r", arguments.object, exc_info=(type(error), error, traceback))
