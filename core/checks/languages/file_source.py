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
