"""What could not be loaded, collected while reading; and why a text is not JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from core.files import UnusableError, read_bytes
from core.models import LoadProblem

MAX_JSON_BYTES = 16 * 2**20
"""Larger journals, summaries, prompts and human commits are not read."""


class Problems:
    """The load problems so far, with paths below the root where they can be."""

    def __init__(self, root: Path) -> None:
        self._below = root
        self._root = f"{root}/"
        self._found: dict[LoadProblem | Problems, None] = {}
        self.broken: Counter[str] = Counter()
        """Lines that are not JSON, by file."""

    def below_root(self, path: str) -> str:
        """A path as people should see it: below the root if it lies there."""
        return path.removeprefix(self._root)

    def add(self, path: str, reason: str) -> None:
        """Note that something could not be loaded; repeated problems are noted once."""
        self._found[LoadProblem(self.below_root(path), reason)] = None

    def names(self, path: str) -> bool:
        """Has a problem with a file been noted?"""
        below = self.below_root(path)
        return any(problem.path == below for problem in self.all())

    def all(self) -> tuple[LoadProblem, ...]:
        """Every problem, in the order of discovery."""
        return tuple(dict.fromkeys(self._each()))

    def _each(self) -> Iterator[LoadProblem]:
        for one in self._found:
            if isinstance(one, Problems):
                yield from one.all()
            else:
                yield one

    @property
    def number(self) -> int:
        """How many were noted, not counting reserved places."""
        return len(self._found)

    def reserve(self) -> Problems:
        """The place for problems of something found now and read later."""
        later = Problems(self._below)
        later.broken = self.broken
        self._found[later] = None
        return later


def read_object(path: str) -> dict[str, object]:
    """The JSON object in a file. Raises `UnusableError`."""
    return parse_object(read_bytes(path, MAX_JSON_BYTES))


def parse_object(data: bytes) -> dict[str, object]:
    """The JSON object in a file's content. Raises `UnusableError`."""
    try:
        value = load_json(data)
    except (ValueError, RecursionError) as error:
        if not data:
            raise UnusableError("is empty") from error
        refuse_pointer(data)
        raise UnusableError(describe_json_error(error)) from error
    if not isinstance(value, dict):
        raise UnusableError("is not a JSON object")
    return value


def load_json(data: bytes) -> object:
    """The value that `json.loads` gives, or its errors; five times as fast without errors."""
    try:
        return _decode(data)
    except (
        msgspec.MsgspecError,
        ValueError,
        RecursionError,
    ):  # what Python's own accepts, or reports better
        return json.loads(data)


_decode = msgspec.json.Decoder().decode
_LFS = b"version https://git-lfs.github.com/spec/"


def refuse_pointer(data: bytes) -> None:
    """Raises `UnusableError` for what Git LFS leaves in place of a large file."""
    if data.startswith(_LFS):
        raise UnusableError("is a Git LFS pointer, not the file: `git lfs pull` fetches it")


def describe_json_error(error: Exception) -> str:
    """Why a text is not JSON, in words that follow the file's name."""
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 (byte {error.start})"
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON ({error.msg.removesuffix(' starting at')}, line {error.lineno})"
    return f"is not JSON ({str(error).split(';')[0]})"
