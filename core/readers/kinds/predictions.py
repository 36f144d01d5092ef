"""SWE-bench predictions: one record a task, in a list, in JSON Lines, or by the task's id."""

from __future__ import annotations

from core.readers.building import add_attempt, find_patch, new_attempt
from core.readers.fields import Fields
from core.readers.found import Found
from core.readers.reader import Reader, Records, Value
from core.readers.record_scan import Record


def knows(value: Value, name: str | None) -> bool:
    """A record with model_patch and an instance_id, or one that stands under it."""
    return "model_patch" in value and ("instance_id" in value or name is not None)


def read(record: Record, found: Found) -> None:
    """The attempt of a record."""
    fields = Fields(record.value)
    instance = fields.text("instance_id") or record.name or ""
    model = fields.text("model_name_or_path", "model_name", "model")
    attempt = new_attempt(found, record, instance, model, agent=fields.text("agent"))
    add_attempt(found, record, attempt, find_patch(record, "model_patch"))


READER = Reader(
    name="SWE-bench predictions",
    recognised="`*.json`, `*.jsonl`: records with `model_patch` and `instance_id`, or under the id",
    mapped="`model_patch` → patch, `instance_id` → task, `model_name_or_path` → model",
    unread="other fields",
    records=(Records(knows, read),),
    cases=("swt-patch-dict", "dup-json-jsonl", "two-submissions"),
)
