"""The only way to standard output and standard error: nothing else writes there.

Data goes to standard output, messages to standard error. Text is made visible first: no foreign
text reaches a terminal verbatim.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from core.errors import ExportError
from core.text import visible

_CLEAR_LINE = "\r\x1b[K"


def say(text: str) -> None:
    """Tell the person at the terminal something, in one line; never mixed into the data."""
    _tell(f"{visible(text)}\n")


def say_progress(text: str) -> None:
    """Replace the last line of a terminal with a progress message; nothing without a terminal."""
    if sys.stderr is not None and sys.stderr.isatty():
        _tell(_CLEAR_LINE + visible(text))


@contextmanager
def closing_progress() -> Iterator[None]:
    """Remove the line of `say_progress` at the end, whatever the end."""
    try:
        yield
    finally:
        say_progress("")


def can_ask() -> bool:
    """Is there somebody at a terminal who could answer?"""
    return sys.stdin is not None and sys.stdin.isatty()


def ask(question: str) -> bool:
    """Ask the person at the terminal; anything but a yes is a no."""
    _tell(f"{visible(question)} [y/N] ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def emit(text: str) -> None:
    """Write text for people to standard output, hidden and control characters made visible.

    Raises `ExportError` if it cannot be written, `BrokenPipeError` if nobody reads it.
    """
    _write(visible(text, keep_newlines=True))


def emit_json(text: str) -> None:
    """Write JSON to standard output, in ASCII, so that no terminal misreads it; else as `emit`."""
    import json  # here: most commands write text

    _write(re.sub(r"[^\n -~]+", lambda match: json.dumps(match[0])[1:-1], text))


def emit_record(data: Mapping[str, Any], version: int = 1) -> None:
    """Write one JSON object with its version; else as `emit_json`."""
    from core import codec  # here: `doctor` checks whether its package is installed

    emit_json(codec.dumps({"schema_version": version, **data}, indent=1) + "\n")


def _tell(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):  # nobody listens; the work is done all the same
        return


def _write(text: str) -> None:
    if sys.stdout is None:
        raise ExportError("standard output is closed")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())  # UTF-8, whatever the locale says
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is still in the buffer would fail again when Python closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise ExportError(f"cannot write to standard output: {error.strerror}") from error
