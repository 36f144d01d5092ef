"""Agentless: candidate samples beside the file with the chosen ones."""

from __future__ import annotations

from core.readers.building import add_attempt, find_patch, new_attempt
from core.readers.fields import Fields
from core.readers.found import Found, Role
from core.readers.reader import Reader, Records, Value
from core.readers.record_scan import Record

_MARKS = frozenset({"raw_model_patch", "original_file_content", "new_file_content"})


def knows(value: Value, _name: str | None) -> bool:
    """A prediction with the files that a sample was made from."""
    return "instance_id" in value and "model_patch" in value and not _MARKS.isdisjoint(value)


def read(record: Record, found: Found) -> None:
    """A candidate, which counts only if nothing was chosen."""
    fields = Fields(record.value)
    instance = fields.text("instance_id") or ""
    attempt = new_attempt(found, record, instance, fields.text("model_name_or_path"))
    patch = find_patch(record, "model_patch")
    add_attempt(found, record, attempt, patch, role=Role.CANDIDATE)


def knows_output(value: Value, _name: str | None) -> bool:
    """The output of the repair step: no patches."""
    return "instance_id" in value and "raw_output" in value and "all_generations" in value


def read_output(_record: Record, _found: Found) -> None:
    """Nothing: the processed files have the patches."""


READER = Reader(
    name="Agentless",
    recognised="predictions with `raw_model_patch`, `original_file_content` or `new_file_content`",
    mapped="candidates: they are named where a chosen prediction is found (`all_preds.jsonl`), "
    "and can "
    "be opened as files; else each is an attempt",
    unread="`output.jsonl` of the repair step, file contents",
    records=(Records(knows, read), Records(knows_output, read_output)),
    cases=("agentless",),
)
