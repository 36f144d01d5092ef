"""Reads logs from disk as documents: agents' steps, JSON, texts; very large ones by pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from core.errors import SourceError
from core.files import size_of
from core.paged_lines import PagedLines
from core.readers.trajectories import parse_trajectory
from core.sources import FileText, FolderFile, TextSource
from tui.documents.document import Document
from tui.documents.log_document import LogDocument, PagedDocument
from tui.documents.outline_document import json_outline, steps_outline
from tui.documents.text_document import TextDocument, error_lines

PAGED_FROM = 32 * 1024 * 1024
"""Larger files are shown as text and read by pages."""

_FIRST_BYTES = 4 * 1024 * 1024
"""How much of a paged file is counted before it is shown for the first time."""


def read_logs(
    sources: Sequence[TextSource], nothing: str, cancelled: Callable[[], bool]
) -> Iterator[Document]:
    """Logs one after another, each under its name; `nothing` is shown if there are none.

    If some are very large, their beginnings come first and the whole as soon as it is counted.
    """
    if not sources:
        yield TextDocument([nothing])
        return
    if any(_is_large(source) for source in sources):
        yield LogDocument([(s.name, _read(s, cancelled, _FIRST_BYTES)) for s in sources])
    parts: list[tuple[str, Document]] = []
    for source in sources:
        if cancelled():
            return
        parts.append((source.name, _read(source, cancelled, None)))
    yield LogDocument(parts)


def _is_large(source: TextSource) -> bool:
    path = _path(source)
    return path is not None and (size_of(path) or 0) > PAGED_FROM


def _path(source: TextSource) -> str | None:
    return source.path if isinstance(source, FileText | FolderFile) else None


def _read(source: TextSource, cancelled: Callable[[], bool], most: int | None) -> Document:
    try:
        path = _path(source)
        if path is not None and _is_large(source):
            return PagedDocument(PagedLines(path).count(cancelled, most))
        return readable(source.read())
    except SourceError as error:
        return TextDocument(error_lines(error))


def readable(text: str) -> Document:
    """A log as people read it: an agent's steps, JSON with its nesting, else its lines."""
    text = text.replace("\r\n", "\n").removesuffix("\n")
    if text.lstrip()[:1] in ("{", "["):
        if (found := parse_trajectory(text)) is not None:
            return steps_outline(found)
        with suppress(ValueError, RecursionError):  # then it is a text like any other
            return json_outline(json.loads(text))
    return TextDocument(text.split("\n"))
