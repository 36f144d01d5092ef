"""The whole result as one JSON object (`docs/export.md`), one line per attempt so that it diffs."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from core import codec
from core.export.export_document import (
    SCHEMA_VERSION,
    Document,
    attempt_data,
    commit_data,
    stray_data,
)
from core.export.prompts import prompt_texts


def render(document: Document) -> Iterator[str]:
    """The JSON text in pieces, so that a large result is never in memory as one text."""
    head = {
        "schema_version": SCHEMA_VERSION,
        "generator": document.generator,
        "created": codec.to_data(document.created),
        "root": document.root,
        "store": document.store,
        "filter": document.filter.text,
        "method": codec.to_data(document.method),
        "given": codec.to_data(document.given),
        "statistics": codec.to_data(document.statistics),
    }
    prompts: list[dict[str, Any]] = []  # filled while the texts are written
    rubrics = (rubric for found in document.records.rubrics.values() for rubric in found)
    lists: dict[str, Iterable[object]] = {
        "commits": (commit_data(c, document.folder) for c in document.commits),
        "attempts": map(attempt_data, document.attempts),
        "stray_verdicts": itertools.starmap(stray_data, document.strays.items()),
        "analyses": map(codec.to_data, document.analyses),
        "assignments": map(codec.to_data, document.assignments),
        "rubrics": map(codec.to_data, rubrics),
        "canaries": map(codec.to_data, document.records.canaries),
        "asked_again": map(codec.to_data, document.records.asked_again),
        "texts": prompt_texts(document, prompts),
        "prompts": prompts,
        "load_problems": map(codec.to_data, document.problems),
    }
    yield "{\n"
    for name, value in head.items():
        yield f'"{name}": {codec.dumps(value)},\n'
    for number, (name, items) in enumerate(lists.items()):
        yield ",\n" if number else ""
        yield from _array(name, items)
    yield "\n}\n"


def _array(name: str, items: Iterable[object]) -> Iterator[str]:
    yield f'"{name}": ['
    for index, item in enumerate(items):
        yield ("\n" if index == 0 else ",\n") + codec.dumps(item)
    yield "]"
