"""Rows of published trajectory datasets: a patch, its result, and the whole conversation.

Such rows are found as JSON Lines and as Parquet (nebius, SWE-smith, SWE-rebench and their like).
"""

from __future__ import annotations

from core.readers.found import Found
from core.readers.kinds.predictions import TALKS, read_with_patch
from core.readers.reader import Reader, Records, Value
from core.readers.record_scan import Record

_PATCHES = ("generated_patch", "patch")
_OF_A_TASK = frozenset({"base_commit", "problem_statement"})


def knows(value: Value, _name: str | None) -> bool:
    """A record of a task with a patch, a conversation and no reference."""
    is_row = "instance_id" in value and any(name in value for name in TALKS)
    if not is_row or "model_patch" in value:
        return False
    return "generated_patch" in value or ("patch" in value and _OF_A_TASK.isdisjoint(value))


def read(record: Record, found: Found) -> None:
    """The attempt of a row."""
    value = record.value
    assert isinstance(value, dict)
    read_with_patch(record, found, next(name for name in _PATCHES if name in value))


READER = Reader(
    name="Trajectory datasets (nebius, SWE-smith trajectories, ...)",
    recognised="rows with `instance_id`, a patch (`generated_patch`, `patch`) and `trajectory`, "
    "`messages`, `history` or `conversation`",
    mapped="`resolved`/`target` → marked, `exit_status` → status, conversation → logs and prompt",
    unread="other fields",
    records=(Records(knows, read),),
)
