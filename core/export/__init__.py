"""Writing an assessed run set to a file, whole or not at all, in the format its ending names."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from core.errors import ExportError
from core.export import csv_format, json_format, jsonl_format, markdown
from core.export.export_document import Document

FORMATS: Mapping[str, Callable[[Document], Iterator[str]]] = {
    ".json": json_format.render,
    ".jsonl": jsonl_format.render,
    ".csv": csv_format.render,
    ".md": markdown.render,
}
"""By file ending: what yields the text of an export, piece by piece."""


def write_export(path: Path, document: Document, *, overwrite: bool = False) -> None:
    """Write the export, replacing an existing file only with `overwrite`.

    Raises `ExportError` for an unknown ending, an existing file, or a place that cannot be
    written; then nothing new stands there.
    """
    render = FORMATS.get(path.suffix.lower())
    if render is None:
        endings = ", ".join(FORMATS)
        raise ExportError(f"the ending of {path.name} names no format", f"Use one of {endings}.")
    try:
        target = path.resolve()
        _refuse(target, overwrite)
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name, a loop of links
        raise _cannot_write(path, error) from error
    try:
        _write_whole(target, render(document), overwrite)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: Exception) -> ExportError:
    reason = getattr(error, "strerror", None) or str(error)
    return ExportError(f"cannot write {path}: {reason}", "Nothing was written; name another file.")


def _refuse(target: Path, overwrite: bool) -> None:
    if target.is_dir():
        raise ExportError(f"{target} is a folder", "Name a file.")
    if target.exists() and not overwrite:
        raise ExportError(f"{target} exists already", "Name another file, or ask to overwrite it.")


def _write_whole(target: Path, pieces: Iterable[str], overwrite: bool) -> None:
    """Write beside the target, sync, then rename, so that readers see all of it or nothing."""
    temporary = target.with_name(f".patchjury-{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("x", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        _refuse(target, overwrite)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
