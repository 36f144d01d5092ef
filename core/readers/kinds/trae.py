"""TRAE agent: trajectories, patches by task, and the input of its patch selection."""

from __future__ import annotations

from pathlib import PurePath

from core.models import Execution, PatchEvidence, PatchState
from core.readers.building import add_attempt, new_attempt, scope_of_task
from core.readers.fields import Fields
from core.readers.found import NO_PATCH, Found, Role, digest_of, folder_of
from core.readers.reader import Reader, Records, Value
from core.readers.record_scan import Record
from core.records import replace
from core.sources import encode


def knows_trajectory(value: Value, _name: str | None) -> bool:
    """A trajectory with the agent's steps."""
    return "agent_steps" in value and "task" in value


def read_trajectory(record: Record, found: Found) -> None:
    """How a task went; its patch is elsewhere, its `success` is the agent's own claim."""
    fields = Fields(record.value)
    instance = _instance(record.path)
    talks = [
        Fields(item).inside("response").inside("usage") for item in fields.items("llm_interactions")
    ]
    attempt = replace(
        new_attempt(found, record, instance, fields.text("model")),
        agent="trae-agent",
        started=fields.moment("start_time"),
        execution=Execution(
            duration_s=fields.number("execution_time"),
            steps=fields.length("agent_steps"),
            tokens_in=_total(talks, "input_tokens"),
            tokens_out=_total(talks, "output_tokens"),
        ),
        prompts=(record.text("task"),) if fields.filled("task") and record.readable else (),
        logs=(record.text(),) if record.readable else (),
    )
    nothing = PatchEvidence(PatchState.MISSING)
    is_named = PurePath(record.path).stem == instance
    scope = scope_of_task(record.path, instance) if is_named else folder_of(record.path)
    patch = (nothing, NO_PATCH, "")
    add_attempt(found, record, attempt, patch, role=Role.COMPANION, scope=scope)


def _instance(path: str) -> str:
    """The task of a trajectory: its folder, or its name without the time."""
    parts = PurePath(path)
    stem = parts.stem.removeprefix("trajectory_").removesuffix("_trajectory")
    return parts.parent.name if not stem or stem[0].isdigit() else stem


def _total(usages: list[Fields], name: str) -> int | None:
    numbers = [number for usage in usages if (number := usage.integer(name)) is not None]
    return sum(numbers) if numbers else None


def knows_selection(value: Value, _name: str | None) -> bool:
    """A row with several candidate patches of one task."""
    return "instance_id" in value and isinstance(value.get("patches"), list)


def read_selection(record: Record, found: Found) -> None:
    """The candidates of a row, with whether each was right."""
    fields = Fields(record.value)
    instance, rights = fields.text("instance_id") or "", fields.items("success_id")
    for number, text in enumerate(fields.items("patches")):
        if not isinstance(text, str):
            continue
        attempt = new_attempt(found, record, instance, "candidate")
        right = rights[number] if number < len(rights) else None
        marked = {0: False, 1: True}.get(right) if isinstance(right, int) else None
        attempt = replace(attempt, key=f"{attempt.key}/{number}", marked_success=marked)
        state = PatchState.WHOLE if text.strip() else PatchState.EMPTY
        patch = PatchEvidence(state, record.text("patches", number), len(encode(text)))
        add_attempt(found, record, attempt, (patch, digest_of(text), ""), role=Role.CANDIDATE)


READER = Reader(
    name="TRAE agent",
    recognised="records with `agent_steps` and `task`; rows with `patches` (selection); "
    "`<task>/<task>.patch`",
    mapped="`agent_steps` → steps, `usage` → tokens, trajectory → logs and prompt of the attempt "
    "that "
    "it lies beside; `patches` → candidates, `success_id` → marked",
    unread="`success` of a trajectory (the agent's own word)",
    records=(
        Records(knows_trajectory, read_trajectory),
        Records(knows_selection, read_selection),
    ),
    cases=("trae-agent",),
)
