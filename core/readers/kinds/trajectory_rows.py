"""Rows of published trajectory datasets: a patch, what became of it, and the whole conversation.

Such rows are found as JSON Lines and as Parquet (nebius, SWE-smith, SWE-Gym, R2E and their like).
"""

from __future__ import annotations

from dataclasses import replace

from core.readers.building import add_attempt, find_patch, new_attempt, texts_of
from core.readers.fields import Fields
from core.readers.found import Found, Role
from core.readers.reader import Reader, Records, Value
from core.readers.record_scan import Record

_PATCHES = ("generated_patch", "model_patch", "patch")
_TALKS = ("trajectory", "messages", "history")
_RESULTS = ("resolved", "target", "is_resolved")


def knows(value: Value, _name: str | None) -> bool:
    """A record of a task with a patch, a conversation and no reference."""
    is_row = "instance_id" in value and any(name in value for name in _TALKS)
    has_patch = any(name in value for name in _PATCHES)
    return is_row and has_patch and "base_commit" not in value and "problem_statement" not in value


def read(record: Record, found: Found) -> None:
    """The attempt of a row."""
    fields = Fields(record.value)
    instance, model = fields.text("instance_id") or "", fields.text("model_name", "model")
    resolved = next((r for name in _RESULTS if (r := _flag(fields, name)) is not None), None)
    status = {True: "resolved", False: "unresolved", None: fields.text("exit_status")}[resolved]
    attempt = replace(
        new_attempt(found, record, instance, model),
        marked_success=resolved,
        status=fields.text("exit_status") or status,
        logs=texts_of(record, *_TALKS, "eval_logs"),
    )
    patch = next(name for name in _PATCHES if name in fields)
    add_attempt(found, record, attempt, find_patch(record, patch), role=Role.RECORD)


def _flag(fields: Fields, name: str) -> bool | None:
    number = fields.number(name)
    return fields.flag(name) if number is None else {0.0: False, 1.0: True}.get(number)


READER = Reader(
    name="Trajectory datasets (nebius, SWE-smith trajectories, ...)",
    recognised="rows with `instance_id`, a patch (`generated_patch`, `model_patch`, `patch`) and "
    "`trajectory` or `messages`",
    mapped="`resolved`/`target` → marked, `exit_status` → status, conversation → logs",
    unread="other fields",
    records=(Records(knows, read),),
)
