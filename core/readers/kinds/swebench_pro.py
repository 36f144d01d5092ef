"""SWE-bench Pro: gathered patches, whose `patch` is the agent's unless the prefix says gold."""

from __future__ import annotations

from core.models import HumanCommit
from core.readers.building import add_attempt, find_patch, new_attempt
from core.readers.fields import Fields
from core.readers.found import Found, Reference
from core.readers.reader import Reader, Records, Value
from core.readers.record_names import safe_name
from core.readers.record_scan import Record

_OF_A_TASK = frozenset({"base_commit", "problem_statement", "repo"})


def knows(value: Value, _name: str | None) -> bool:
    """A task's id, a patch and whose it is, and nothing of the task itself."""
    has_all = "instance_id" in value and "patch" in value and "prefix" in value
    return has_all and _OF_A_TASK.isdisjoint(value)


def read(record: Record, found: Found) -> None:
    """The attempt of a record, or the reference of a gold one."""
    fields = Fields(record.value)
    instance, prefix = fields.text("instance_id") or "", fields.text("prefix")
    if prefix != "gold":
        attempt = new_attempt(found, record, instance, prefix)
        add_attempt(found, record, attempt, find_patch(record, "patch"))
        return
    is_there = fields.text("patch") is not None and record.readable
    diff = record.text("patch") if is_there else None
    commit = HumanCommit(safe_name(instance), subject=instance, diff=diff, source=record.path)
    found.references.append(Reference(instance, commit))


READER = Reader(
    name="SWE-bench Pro",
    recognised="records with `instance_id`, `patch`, `prefix` and without `base_commit`, `repo`, "
    "`problem_statement`",
    mapped="`patch` → patch, `prefix` → model; prefix `gold`: human diff; `eval_results.json` → "
    "marked",
    unread="output folders of the evaluation",
    records=(Records(knows, read, is_reference=True),),
    cases=("swebench-pro",),
)
