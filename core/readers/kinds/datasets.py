"""Rows of reference datasets in SWE-bench's form: the human change and the agent's prompt."""

from __future__ import annotations

from core.models import HumanCommit
from core.readers.fields import Fields
from core.readers.found import Found, Reference
from core.readers.reader import Reader, Records, Value
from core.readers.record_names import safe_name
from core.readers.record_scan import Record

_OF_A_TASK = frozenset({"base_commit", "problem_statement", "repo", "test_patch"})
_OF_A_SUBMISSION = frozenset({"prefix", "model", "model_name_or_path", "traj_id"})


def knows(value: Value, _name: str | None) -> bool:
    """A record with a task's id, its patch, and more about the task than about a submission.

    The public part of a dataset may omit the patch.
    """
    if "instance_id" not in value or "model_patch" in value:
        return False
    if "patch" not in value:
        return "base_commit" in value and "problem_statement" in value
    return not _OF_A_TASK.isdisjoint(value) or _OF_A_SUBMISSION.isdisjoint(value)


def read(record: Record, found: Found) -> None:
    """The reference of a row."""
    fields = Fields(record.value)
    if all(name not in fields for name in _OF_A_TASK):
        reason = "contains only instance_id and patch: taken as the human changes"
        found.problems.add(record.path, f"{reason} (an agent's patch is model_patch)")
    add_reference(record, found)


def add_reference(
    record: Record, found: Found, diff: str = "patch", *, base: str | None = None
) -> None:
    """Add a row's reference; `diff` names the field of the human change."""
    fields = Fields(record.value)
    name = fields.text("instance_id") or ""
    message = fields.text("problem_statement", "gt_commit_message")
    text = fields.raw_text(diff)
    parent = fields.commit("base_commit")
    commit = HumanCommit(
        sha=fields.commit("opt_commit", "commit", "sha", "commit_hash") or safe_name(name),
        subject=(message or name).split("\n", 1)[0].strip(),
        message=message or "",
        parent=parent,
        date=fields.moment("created_at"),
        diff=record.text(diff) if text and text.strip() and record.readable else None,
        source=record.path,
        outside=record.outside,
        tests=record.text("test_patch") if fields.text("test_patch") and record.readable else None,
        instance=name,
    )
    has_statement = fields.filled("problem_statement") and record.readable
    statement = record.text("problem_statement") if has_statement else None
    found.references.append(Reference(name, commit, statement, base or parent))


READER = Reader(
    name="SWE-bench datasets",
    recognised="records with `instance_id`, `patch` and `base_commit`, `repo`, `problem_statement` "
    "or `test_patch`; also inside another record (`meta.json` of AutoCodeRover)",
    mapped="`patch` → human diff, `test_patch` → the human's tests, `base_commit` → base, "
    "`problem_statement` → prompt and message, `created_at` → date",
    unread="names of tests, hints, versions",
    records=(Records(knows, read, is_reference=True),),
    cases=("autocoderover",),
)
