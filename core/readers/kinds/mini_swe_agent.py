"""mini-swe-agent: `<task>.traj.json` beside `preds.json`, which a killed run lacks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from core.readers.building import add_attempt, find_patch, new_attempt, scope_of_task
from core.readers.fields import Fields
from core.readers.found import Found, Role
from core.readers.kinds.swe_agent import execution_of
from core.readers.reader import Files, Reader
from core.readers.record_scan import Record
from core.readers.single_object import read_single
from core.readers.walk import File
from core.sources import FileText, TextSource


def read(file: File, found: Found) -> None:
    """How a task went, and its submission."""
    record = read_single(file, found.problems)
    fields = Fields(record.value if record else None)
    info = fields.inside("info")
    if record is None or not info.names():
        return
    instance = fields.text("instance_id") or PurePath(file.path).name.removesuffix(".traj.json")
    config = info.inside("config")
    attempt = replace(
        new_attempt(found, file, instance, config.inside("model").text("model_name")),
        agent="mini-swe-agent",
        status=info.text("exit_status"),
        execution=execution_of(info.inside("model_stats"), 0),
        prompts=_prompt(record),
        logs=(FileText(file.path, file.outside),),
    )
    scope, patch = scope_of_task(file.path, instance), find_patch(record, "info", "submission")
    add_attempt(found, record, attempt, patch, role=Role.ROLLOUT, scope=scope)


def _prompt(record: Record) -> tuple[TextSource, ...]:
    """The first message that is not the system's."""
    messages = Fields(record.value).items("messages")
    roles = [Fields(message).text("role") for message in messages]
    if "user" in roles and record.readable:
        return (record.text("messages", roles.index("user"), "content"),)
    is_long = "messages" in Fields(record.value) and not messages
    return (record.text("messages", 1, "content"),) if is_long and record.readable else ()


READER = Reader(
    name="mini-swe-agent",
    recognised="`*.traj.json` with `info`",
    mapped="`info.submission` → patch (where `preds.json` holds none), `exit_status` → status, "
    "`api_calls` → steps, `instance_cost` → cost, messages → logs and prompt",
    unread="`exit_statuses_*.yaml`, the configuration",
    files=(Files(("*.traj.json",), read),),
    cases=("mini-swe-agent",),
)
