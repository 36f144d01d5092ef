"""SWE-bench predictions, as a harness takes them, of the attempts that match the filter.

A patch that is cut or cannot be read is left out: evaluating it would test something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from core import codec
from core.errors import SourceError
from core.export.export_document import Document
from core.models import Attempt, PatchState

NAMES = ("preds.jsonl", "predictions.jsonl")
"""Endings of file names that select predictions."""

_NOTHING = (PatchState.EMPTY, PatchState.MISSING)


def render(document: Document) -> Iterator[str]:
    """A line for each attempt: instance_id, model_name_or_path, model_patch."""
    for result in document.attempts:
        attempt = result.assessment.attempt
        patch = _patch(attempt)
        if patch is not None:
            record = {
                "instance_id": _instance(attempt),
                "model_name_or_path": attempt.model,
                "model_patch": patch,
            }
            yield codec.dumps(record) + "\n"


def _patch(attempt: Attempt) -> str | None:
    """The whole patch, "" for none; None if part of it is missing."""
    if attempt.patch.state in _NOTHING:
        return ""
    if attempt.patch.state is not PatchState.WHOLE or attempt.patch.source is None:
        return None
    try:
        return attempt.patch.source.read()
    except SourceError:
        return None


def _instance(attempt: Attempt) -> str:
    """The task's id in its dataset; for ISO-Bench the human commit, as its tasks have numbers."""
    return attempt.instance or attempt.reference_sha or attempt.item
