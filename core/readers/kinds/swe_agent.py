"""SWE-agent: a folder a task with `.traj` (how it went) and `.pred` (its one prediction)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import PurePath

from core.models import Execution
from core.readers.building import add_attempt, find_patch, new_attempt, scope_of_task
from core.readers.fields import Fields
from core.readers.found import Found, Role
from core.readers.reader import Files, Reader
from core.readers.single_object import read_single
from core.readers.walk import File
from core.sources import FileText


def read_prediction(file: File, found: Found) -> None:
    """The attempt of a `.pred`."""
    record = read_single(file, found.problems)
    fields = Fields(record.value if record else None)
    if record is None or "model_patch" not in fields:
        return
    instance = fields.text("instance_id") or PurePath(file.path).stem
    attempt = new_attempt(found, file, instance, fields.text("model_name_or_path"))
    scope, patch = scope_of_task(file.path, instance), find_patch(record, "model_patch")
    add_attempt(found, record, attempt, patch, role=Role.ROLLOUT, scope=scope)


def read_trajectory(file: File, found: Found) -> None:
    """How a task went, and its submission where no prediction was kept."""
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
        execution=execution_of(info.inside("model_stats"), len(fields.items("trajectory"))),
        logs=(FileText(file.path, file.outside),),
    )
    scope, patch = scope_of_task(file.path, instance), find_patch(record, "info", "submission")
    add_attempt(found, record, attempt, patch, role=role, scope=scope)


def execution_of(stats: Fields, steps: int) -> Execution:
    """Costs, tokens and calls as SWE-agent and mini-swe-agent count them."""
    return Execution(
        steps=stats.integer("api_calls") or steps or None,
        tokens_in=stats.integer("tokens_sent"),
        tokens_out=stats.integer("tokens_received"),
        cost_usd=stats.number("instance_cost", "total_cost"),
    )


def _model(fields: Fields) -> str | None:
    """The model that the configuration for replaying names."""
    try:
        config = Fields(json.loads(fields.text("replay_config") or "{}"))
    except (ValueError, RecursionError):
        return None
    return config.inside("agent").inside("model").text("name")


READER = Reader(
    name="SWE-agent",
    recognised="`*.traj` (trajectory, history, info), `*.pred` (one prediction)",
    mapped="`submission`/`model_patch` → patch, `exit_status` → status, `model_stats` → calls as "
    "steps, tokens, cost; trajectory → logs. What `preds.json` holds of a task counts before its "
    "own file",
    unread="`run_batch_exit_statuses.yaml`, states, `config.yaml`",
    files=(Files(("*.pred",), read_prediction), Files(("*.traj",), read_trajectory)),
    cases=("swe-agent", "swebench-experiments"),
)
