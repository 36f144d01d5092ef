"""SWE-bench predictions: one record per task, in a list, in JSON Lines, or by task id."""

from __future__ import annotations

from core.models import Execution
from core.readers.building import add_attempt, find_patch, new_attempt, spent, texts_of
from core.readers.conversations import prompt_in
from core.readers.fields import Fields
from core.readers.found import Found, Role
from core.readers.reader import Reader, Records, Value
from core.readers.record_scan import Record
from core.records import replace
from core.sources import TextSource

TALKS = ("trajectory", "messages", "history", "conversation", "traj")
"""The names under which records keep the conversation of agent and model."""

_LOGS = (*TALKS, "full_output", "raw_output", "eval_logs", "test_output", "log")
_PROMPTS = ("prompt", "instruction", "text", "text_inputs")
_RESULTS = ("resolved", "target", "is_resolved")


def knows(value: Value, name: str | None) -> bool:
    """A record with model_patch and an instance_id, or listed under one."""
    return "model_patch" in value and ("instance_id" in value or name is not None)


def read(record: Record, found: Found) -> None:
    """The attempt of a record."""
    read_with_patch(record, found, "model_patch")


def read_with_patch(record: Record, found: Found, patch: str) -> None:
    """The attempt of a record with its patch in a field, and with what else the record says."""
    fields = Fields(record.value)
    instance = fields.text("instance_id") or record.name or ""
    model = fields.text("model_name_or_path", "model_name", "model")
    resolved = next((r for name in _RESULTS if (r := flag_of(fields, name)) is not None), None)
    status = {True: "resolved", False: "unresolved", None: None}[resolved]
    attempt = replace(
        new_attempt(found, record, instance, model, agent=fields.text("agent")),
        marked_success=resolved,
        status=fields.text("exit_status") or status,
        execution=_execution(fields),
        prompts=_prompts(record),
        logs=texts_of(record, *_LOGS),
    )
    role = Role.RECORD if attempt.logs else Role.SUBMISSION
    add_attempt(found, record, attempt, find_patch(record, patch), role=role)


def flag_of(fields: Fields, name: str) -> bool | None:
    """True or false, also as 1 and 0."""
    number = fields.number(name)
    return fields.flag(name) if number is None else {0.0: False, 1.0: True}.get(number)


def _execution(fields: Fields) -> Execution:
    told = spent(fields)
    for name in ("usage", "model_stats", "metrics", "stats"):
        inner = spent(fields.inside(name))
        known = {n: getattr(told, n) for n in ("steps", "tokens_in", "tokens_out", "cost_usd")}
        more = {n: getattr(inner, n) for n, value in known.items() if value is None}
        told = replace(told, **more)
    return told


def _prompts(record: Record) -> tuple[TextSource, ...]:
    fields = Fields(record.value)
    name = next((name for name in _PROMPTS if fields.text(name)), None)
    if name is not None and record.readable:
        return (record.text(name),)
    return prompt_in(record, *_PROMPTS, *TALKS)


READER = Reader(
    name="SWE-bench predictions",
    recognised="`*.json`, `*.jsonl`: records with `model_patch` and `instance_id`, or under the id",
    mapped="`model_patch` → patch, `instance_id` → task, `model_name_or_path` → model; where they "
    "are there: `resolved` → marked, `exit_status` → status, costs, tokens and steps, "
    "`full_output` and conversations → logs, `text` and `prompt` → prompt",
    unread="other fields",
    records=(Records(knows, read),),
    cases=("swt-patch-dict", "dup-json-jsonl", "two-submissions"),
)
