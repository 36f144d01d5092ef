"""One attempt a line, each a JSON object of its own with the schema's version."""

from __future__ import annotations

from collections.abc import Iterator

from core import codec
from core.export.export_document import SCHEMA_VERSION, Document, attempt_data


def render(document: Document) -> Iterator[str]:
    """The lines, in the order of the runs."""
    for result in document.attempts:
        yield codec.dumps({"schema_version": SCHEMA_VERSION, **attempt_data(result)}) + "\n"
