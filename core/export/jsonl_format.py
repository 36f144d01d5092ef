"""One attempt per line, each an object of its own with the schema version and the judge's card."""

from __future__ import annotations

from collections.abc import Iterator

from core import codec
from core.export.export_document import SCHEMA_VERSION, Document, attempt_data, stray_data
from core.export.judge_card_text import card_line


def render(document: Document) -> Iterator[str]:
    """The lines, in run order; then one per key for verdicts that belong to no attempt."""
    whole = {
        "schema_version": SCHEMA_VERSION,
        "judge_card": card_line(document.statistics.judge_card),
    }
    for result in document.attempts:
        yield codec.dumps({**whole, **attempt_data(result)}) + "\n"
    for key, history in document.strays.items():
        yield codec.dumps({"schema_version": SCHEMA_VERSION, **stray_data(key, history)}) + "\n"
