"""SWE-agent: a folder per task with `.traj` (how it went) and `.pred` (its one prediction)."""

from __future__ import annotations

import json
from pathlib import PurePath

from core.files import UnusableError, read_bytes
from core.models import Execution, PatchEvidence, PatchState
from core.readers.building import (
    add_attempt,
    find_patch,
    find_patch_file,
    new_attempt,
    scope_of_task,
    task_named,
)
from core.readers.conversations import prompt_in
from core.readers.fields import Fields
from core.readers.found import NO_PATCH, Found, Role
from core.readers.reader import Files, Reader
from core.readers.record_scan import MAX_RECORD_BYTES
from core.readers.single_object import read_single
from core.readers.walk import File
from core.records import replace
from core.sources import FileText


def read_prediction(file: File, found: Found) -> None:
    """The attempt of a `.pred`: a prediction, or the bare patch (SWE-bench Pro)."""
    if not _is_json(file):
        instance = task_named(file.path)
        attempt, scope = (
            new_attempt(found, file, instance, None),
            scope_of_task(file.path, instance),
        )
        add_attempt(found, file, attempt, find_patch_file(file), role=Role.ROLLOUT, scope=scope)
        return
    record = read_single(file, found.problems)
    fields = Fields(record.value if record else None)
    if record is None or "model_patch" not in fields:
        return
    instance = fields.text("instance_id") or PurePath(file.path).stem
    attempt = new_attempt(found, file, instance, fields.text("model_name_or_path"))
    scope, patch = scope_of_task(file.path, instance), find_patch(record, "model_patch")
    add_attempt(found, record, attempt, patch, role=Role.ROLLOUT, scope=scope)


def _is_json(file: File) -> bool:
    try:
        return read_bytes(file.path, MAX_RECORD_BYTES)[:100].lstrip()[:1] in (b"{", b"")
    except UnusableError:
        return True  # reported when it is read


def read_log(file: File, found: Found) -> None:
    """A log beside the trajectory."""
    name = PurePath(file.path).name
    instance = name.rsplit(".", 2)[0]
    attempt = replace(
        new_attempt(found, file, instance, None), logs=(FileText(file.path, file.outside),)
    )
    nothing = PatchEvidence(PatchState.MISSING), NO_PATCH, ""
    scope = scope_of_task(file.path, instance)
    add_attempt(found, file, attempt, nothing, role=Role.COMPANION, scope=scope)


def read_trajectory(file: File, found: Found) -> None:
    """How a task went, and its submission if no prediction was kept."""
    record = read_single(file, found.problems)
    if record is None:
        return
    fields = Fields(record.value)
    info, instance = fields.inside("info"), PurePath(file.path).stem
    if not fields.filled("trajectory") and not fields.filled("history") and not info.names():
        return
    role = Role.ROLLOUT if "submission" in info else Role.COMPANION
    attempt = replace(
        new_attempt(found, file, instance, _model(fields)),
        agent="SWE-agent",
        status=info.text("exit_status"),
        execution=execution_of(info.inside("model_stats"), fields.length("trajectory")),
        prompts=prompt_in(record, "history"),
        logs=(FileText(file.path, file.outside),),
    )
    scope, patch = scope_of_task(file.path, instance), find_patch(record, "info", "submission")
    add_attempt(found, record, attempt, patch, role=role, scope=scope)


def execution_of(stats: Fields, steps: int | None) -> Execution:
    """Costs, tokens and calls as SWE-agent and mini-swe-agent count them."""
    return Execution(
        steps=stats.integer("api_calls") or steps,
        tokens_in=stats.integer("tokens_sent"),
        tokens_out=stats.integer("tokens_received"),
        cost_usd=stats.number("instance_cost", "total_cost"),
    )


def _model(fields: Fields) -> str | None:
    """The model named by the configuration for replaying."""
    text = fields.text("replay_config")
    try:
        config = Fields(json.loads(text)) if text else fields.inside("replay_config")
    except (ValueError, RecursionError):
        return None
    return config.inside("agent").inside("model").text("name")


READER = Reader(
    name="SWE-agent",
    recognised="`*.traj` (trajectory, history, info), `*.pred` (one prediction, or its patch), "
    "`<task>.info.log`",
    mapped="`submission`/`model_patch` → patch, `exit_status` → status, `model_stats` → calls as "
    "steps, tokens, cost; history → prompt; trajectory, logs → logs. What `preds.json` holds of a "
    "task counts before its own file",
    unread="`run_batch_exit_statuses.yaml`, states, `config.yaml`",
    files=(
        Files(("*.pred",), read_prediction),
        Files(("*.traj",), read_trajectory),
        Files(("*.info.log", "*.debug.log", "*.trace.log"), read_log),
    ),
    cases=("swe-agent", "swebench-experiments"),
)
