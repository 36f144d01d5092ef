"""mini-swe-agent: `<task>.traj.json` beside `preds.json`, which a killed run lacks."""

from __future__ import annotations

from pathlib import PurePath

import msgspec

from core.files import UnusableError, read_bytes
from core.models import Execution
from core.readers.building import (
    add_attempt,
    find_patch,
    merge_executions,
    new_attempt,
    scope_of_task,
)
from core.readers.conversations import prompt_in
from core.readers.fields import Fields
from core.readers.found import Found, Role
from core.readers.kinds.swe_agent import execution_of
from core.readers.reader import Files, Reader
from core.readers.record_scan import MAX_RECORD_BYTES
from core.readers.single_object import read_single
from core.readers.walk import File
from core.records import replace
from core.sources import FileText


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
        execution=merge_executions(execution_of(info.inside("model_stats"), None), _tokens(file)),
        prompts=prompt_in(record, "messages"),
        logs=(FileText(file.path, file.outside),),
    )
    scope, patch = scope_of_task(file.path, instance), find_patch(record, "info", "submission")
    add_attempt(found, record, attempt, patch, role=Role.ROLLOUT, scope=scope)


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Response(msgspec.Struct):
    usage: _Usage | None = None


class _Extra(msgspec.Struct):
    response: _Response | None = None


class _Message(msgspec.Struct):
    extra: _Extra | None = None


class _Trajectory(msgspec.Struct):
    messages: list[_Message] = []


_USAGE = msgspec.json.Decoder(_Trajectory)


def _tokens(file: File) -> Execution:
    """The tokens of all calls, which are in the server's answers."""
    try:
        messages = _USAGE.decode(read_bytes(file.path, MAX_RECORD_BYTES)).messages
    except (UnusableError, msgspec.MsgspecError):
        return Execution()
    used = [m.extra.response.usage for m in messages if m.extra and m.extra.response]
    inputs = [u.prompt_tokens for u in used if u and u.prompt_tokens is not None]
    outputs = [u.completion_tokens for u in used if u and u.completion_tokens is not None]
    return Execution(
        tokens_in=sum(inputs) if inputs else None, tokens_out=sum(outputs) if outputs else None
    )


READER = Reader(
    name="mini-swe-agent",
    recognised="`*.traj.json` with `info`",
    mapped="`info.submission` → patch (where `preds.json` holds none), `exit_status` → status, "
    "`api_calls` → steps, `instance_cost` → cost, usage of the answers → tokens, messages → logs "
    "and prompt",
    unread="`exit_statuses_*.yaml`, the configuration",
    files=(Files(("*.traj.json",), read),),
    cases=("mini-swe-agent",),
)
