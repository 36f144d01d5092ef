"""SWE-bench Pro: gathered patches, whose `patch` is the agent's unless the prefix says gold."""

from __future__ import annotations

from pathlib import PurePath

from core.models import HumanCommit, PatchEvidence, PatchState
from core.readers.building import (
    add_attempt,
    find_patch,
    find_patch_file,
    new_attempt,
    scope_of_task,
)
from core.readers.fields import Fields
from core.readers.found import NO_PATCH, Found, Reference, Role
from core.readers.reader import Files, Reader, Records, Value
from core.readers.record_names import safe_name
from core.readers.record_scan import Record
from core.readers.walk import File
from core.records import replace
from core.sources import FileText

_OUTPUTS = ("_stdout.log", "_stderr.log", "_patch.diff")
_OF_A_TASK = frozenset({"base_commit", "problem_statement", "repo"})


def knows(value: Value, _name: str | None) -> bool:
    """A task's id, a patch and its author, but nothing about the task itself."""
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
    commit = HumanCommit(
        safe_name(instance), subject=instance, diff=diff, source=record.path, outside=record.outside
    )
    found.references.append(Reference(instance, commit))


def read_output(file: File, found: Found) -> None:
    """What the evaluation of a task left: `<task>/<prefix>_stdout.log` and the like."""
    path = PurePath(file.path)
    instance = path.parent.name
    prefix = next((path.name.removesuffix(e) for e in _OUTPUTS if path.name.endswith(e)), "")
    if not instance.startswith("instance_") or not prefix:
        return
    is_patch = path.name.endswith(".diff")
    attempt = new_attempt(found, file, instance, prefix)
    nothing = (PatchEvidence(PatchState.MISSING), NO_PATCH, "")
    patch = find_patch_file(file) if is_patch else nothing
    if not is_patch:
        attempt = replace(attempt, logs=(FileText(file.path, file.outside),))
    scope, role = scope_of_task(file.path, instance), Role.ROLLOUT if is_patch else Role.COMPANION
    add_attempt(found, file, attempt, patch, role=role, scope=scope)


READER = Reader(
    name="SWE-bench Pro",
    recognised="records with `instance_id`, `patch`, `prefix` and without `base_commit`, `repo`, "
    "`problem_statement`; `instance_*/<prefix>_stdout.log`",
    mapped="`patch` → patch, `prefix` → model; prefix `gold`: human diff; `eval_results.json` → "
    "marked; the evaluation's `<prefix>_stdout.log`, `_stderr.log` → logs",
    unread="`<prefix>_output.json`, the workspace of the evaluation",
    records=(Records(knows, read, is_reference=True),),
    files=(Files(("*_stdout.log", "*_stderr.log", "*_patch.diff"), read_output),),
    cases=("swebench-pro",),
)
