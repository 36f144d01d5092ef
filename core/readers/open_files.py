"""How files of unknown origin are read: regular ones only, up to a limit, each failure named.

A pipe or a device never blocks a load, and a file that cannot be used is a `LoadProblem`.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from core.models import LoadProblem
from core.sources import decode, read_slice

MAX_JSON_BYTES = 16 * 2**20
"""Larger journals, summaries, prompts and human commits are not read."""

_NEVER_BLOCK = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class UnusableError(Exception):
    """A file cannot be used; the message says why and follows the file's name."""


class Problems:
    """The load problems so far, with paths below the root where they can be."""

    def __init__(self, root: Path) -> None:
        self._root = f"{root}/"
        self._found: dict[LoadProblem, None] = {}

    def below_root(self, path: str) -> str:
        """A path as people should see it: below the root if it lies there."""
        return path.removeprefix(self._root)

    def add(self, path: str, reason: str) -> None:
        """Note that something could not be loaded; the same problem is noted once."""
        self._found[LoadProblem(self.below_root(path), reason)] = None

    def all(self) -> tuple[LoadProblem, ...]:
        """Every problem, in the order of finding."""
        return tuple(self._found)


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A whole file of a folder: many of these share the folder's name, which saves memory."""

    folder: str
    file: str

    @property
    def name(self) -> str:
        return self.file

    def read(self) -> str:
        return decode(read_slice(f"{self.folder}/{self.file}"))


def read_bytes(path: str, limit: int) -> bytes:
    """The content of a regular file of at most `limit` bytes. Raises `UnusableError`."""
    try:
        handle = os.open(path, _NEVER_BLOCK)
    except OSError as error:
        raise UnusableError(f"cannot be read: {error.strerror or error}") from error
    try:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            raise UnusableError("is not a regular file")
        data = os.read(handle, min(info.st_size, limit) + 1)
        while len(data) <= limit and (more := os.read(handle, 2**20)):
            data += more
    except OSError as error:
        raise UnusableError(f"cannot be read: {error.strerror or error}") from error
    finally:
        os.close(handle)
    if len(data) > limit:
        raise UnusableError(f"is larger than {limit / 2**20:g} MiB")
    return data


def read_object(path: str) -> dict[str, object]:
    """The JSON object that a file holds. Raises `UnusableError`."""
    return parse_object(read_bytes(path, MAX_JSON_BYTES))


def parse_object(data: bytes) -> dict[str, object]:
    """The JSON object in a file's content. Raises `UnusableError`."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnusableError(describe_json_error(error)) from error
    if not isinstance(value, dict):
        raise UnusableError("does not hold a JSON object")
    return value


def describe_json_error(error: Exception) -> str:
    """Why a text is not JSON, in words that follow the file's name."""
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 (byte {error.start})"
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON ({error.msg}, line {error.lineno})"
    return f"is not JSON ({str(error).split(';')[0]})"
