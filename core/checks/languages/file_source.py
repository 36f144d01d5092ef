"""A file as a source of its kind, whatever that is, and whether two versions do the same."""

from __future__ import annotations

from core.checks.languages.essence import essence
from core.checks.languages.kinds import INERT, PYTHON, Kind, kind_of
from core.checks.languages.python_source import PythonSource
from core.checks.languages.source import CodeSource


class PlainSource:
    """One version of a file that no parser here reads: inert, or of an unknown kind."""

    def __init__(self, data: bytes, kind: Kind = INERT) -> None:
        self.data = data
        self.is_inert = kind.is_inert


Source = PythonSource | CodeSource | PlainSource


def source_of(path: str, data: bytes, mode: str = "100644") -> Source:
    """A file's content as a source of its kind; links and submodules are inert."""
    kind = kind_of(path, data) if mode.startswith("100") else INERT
    if kind.language is None:
        return PlainSource(data, kind)
    if kind.language == PYTHON:
        return PythonSource(data, path)
    return CodeSource(data, kind.language, path)


class SourceCache:
    """Sources made lately, of so many bytes together: files of equal content are parsed once."""

    def __init__(self, most_bytes: int = 256 * 1024) -> None:
        self._most = most_bytes
        self._held = 0
        self._made: dict[tuple[str, str, bytes], Source] = {}  # the latest last

    def source(self, path: str, data: bytes, mode: str = "100644") -> Source:
        """A file's content as a source of its kind (see `source_of`)."""
        key = path, mode, data
        found = self._made.pop(key, None)
        if found is None:
            found = source_of(path, data, mode)
            self._held += len(data)
        self._made[key] = found
        while self._held > self._most:
            oldest = next(iter(self._made))
            self._held -= len(self._made.pop(oldest).data)
        return found


def same_code(one: Source, other: Source) -> bool | None:
    """Do two versions differ in nothing that matters when they run? None: unknown."""
    if one.data == other.data:
        return True
    if isinstance(one, PythonSource) and isinstance(other, PythonSource):
        return one.same_code(other)
    if isinstance(one, CodeSource) and isinstance(other, CodeSource):
        if one.language != other.language:
            return None
        texts = essence(one), essence(other)
        return None if None in texts else texts[0] == texts[1]
    return None
