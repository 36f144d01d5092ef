"""The whole result as one JSON object (`docs/export.md`), one attempt a line so that it diffs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core import codec
from core.export.document import SCHEMA_VERSION, Document, attempt_data, commit_data


def render(document: Document) -> Iterator[str]:
    """The JSON text in pieces, so that a large result is never in memory as one text."""
    head = {
        "schema_version": SCHEMA_VERSION,
        "generator": document.generator,
        "created": codec.to_data(document.created),
        "root": document.root,
        "store": document.store,
    }
    yield "{\n"
    for name, value in head.items():
        yield f'"{name}": {codec.dumps(value)},\n'
    yield from _array("commits", map(commit_data, document.commits))
    yield ",\n"
    yield from _array("attempts", map(attempt_data, document.attempts))
    yield ",\n"
    yield f'"statistics": {codec.dumps(codec.to_data(document.statistics))},\n'
    yield from _array("load_problems", map(codec.to_data, document.problems))
    yield "\n}\n"


def _array(name: str, items: Iterable[object]) -> Iterator[str]:
    yield f'"{name}": ['
    for index, item in enumerate(items):
        yield ("\n" if index == 0 else ",\n") + codec.dumps(item)
    yield "]"
