"""OpenHands: `output.jsonl`, one rollout a line, with the dataset's row inside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from core.models import Execution
from core.readers.building import add_attempt, find_patch, new_attempt, texts_of
from core.readers.fields import Fields
from core.readers.found import Found, Report, Role
from core.readers.kinds import datasets, gso, multi_swe_bench
from core.readers.reader import Reader, Records, Value
from core.readers.record_scan import Record

_MARKS = ("test_result", "history", "metrics", "instruction", "git_patch")


def knows(value: Value, _name: str | None) -> bool:
    """A record of a task with the marks of a rollout."""
    marks = sum(mark in value for mark in _MARKS)
    return "instance_id" in value and marks >= 2 and "model_patch" not in value


def read(record: Record, found: Found) -> None:
    """The attempt of a rollout, and the reference that came with it."""
    fields = Fields(record.value)
    instance = fields.text("instance_id") or ""
    metadata, result = fields.inside("metadata"), fields.inside("test_result")
    model = metadata.inside("llm_config").text("model") or metadata.text("model_name")
    agent = metadata.text("agent_class")
    attempt = replace(
        new_attempt(found, record, instance, model, agent=agent and f"OpenHands {agent}"),
        started=metadata.moment("start_time"),
        execution=_execution(fields),
        status=fields.text("status"),
        prompts=texts_of(record, "instruction"),
        logs=texts_of(record, "history", "metrics", "test_result"),
    )
    keys = ("test_result", "git_patch") if "git_patch" in result else ("git_patch",)
    folder = PurePath(record.path).parent.name  # what its predictions are called after
    names = (folder, f"{agent}_{(model or '').rsplit('/')[-1]}") if agent else (folder,)
    add_attempt(found, record, attempt, find_patch(record, *keys), role=Role.RECORD, names=names)
    _read_reference(record, found)
    report = fields.inside("report")
    resolved = report.flag("resolved")
    resolved = result.inside("report").flag("resolved") if resolved is None else resolved
    if resolved is not None:
        found.reports.append(Report(record.path, {instance: resolved}))


def _execution(fields: Fields) -> Execution:
    metrics = fields.inside("metrics")
    tokens = metrics.inside("accumulated_token_usage")
    return Execution(
        steps=len(fields.items("history")) or None,
        tokens_in=tokens.integer("prompt_tokens"),
        tokens_out=tokens.integer("completion_tokens"),
        cost_usd=metrics.number("accumulated_cost"),
        error=fields.text("error"),
    )


def _read_reference(record: Record, found: Found) -> None:
    for name in ("instance", "swe_instance"):
        inner = Fields(record.value).inside(name)
        if not inner.names():
            continue
        row = record.inside(name)
        assert isinstance(row.value, dict)
        for kind in (gso, multi_swe_bench, datasets):
            if kind.READER.records[0].knows(row.value, None):
                kind.READER.records[0].read(row, found)
                return


READER = Reader(
    name="OpenHands",
    recognised="records with `instance_id` and two of `test_result`, `history`, `metrics`, "
    "`instruction`, `git_patch`",
    mapped="`test_result.git_patch` → patch, `instance` → reference, `instruction` → prompt, "
    "`history` → logs, `metrics` → cost and tokens, `metadata` → agent, model, start; "
    "`output.swebench.jsonl` is the same attempts",
    unread="completions, the sandbox's logs",
    records=(Records(knows, read),),
    cases=("openhands",),
)
