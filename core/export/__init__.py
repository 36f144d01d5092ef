"""Writing an assessed run set to a file, whole or not at all, in the format its ending names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from core.errors import ExportError
from core.export import (
    csv_format,
    inspect_format,
    json_format,
    jsonl_format,
    markdown,
    predictions_format,
)
from core.export.export_document import Document
from core.writing import write_whole

FORMATS: Mapping[str, Callable[[Document], Iterator[str]]] = {
    ".json": json_format.render,
    ".jsonl": jsonl_format.render,
    ".csv": csv_format.render,
    ".md": markdown.render,
}
"""By file ending: what yields the text of an export, piece by piece."""


def write_export(path: Path, document: Document, *, overwrite: bool = False) -> None:
    """Write the export, replacing an existing file only with `overwrite`.

    Raises `ExportError` for an unknown ending and for what `write_whole` raises it; then nothing
    new stands there.
    """
    render = FORMATS.get(path.suffix.lower())
    for harness in (predictions_format, inspect_format):
        if path.name.lower().endswith(harness.NAMES):
            render = harness.render
    if render is None:
        endings = ", ".join(FORMATS)
        raise ExportError(f"the ending of {path.name} names no format", f"Use one of {endings}.")
    write_whole(path, render(document), overwrite=overwrite)
