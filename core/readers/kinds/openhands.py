"""OpenHands: `output.jsonl`, one rollout per line, with the dataset's row inside."""

from __future__ import annotations

import math
from pathlib import PurePath

from core.models import Execution
from core.readers.building import add_attempt, find_patch, new_attempt, texts_of
from core.readers.conversations import prompt_in
from core.readers.fields import Fields
from core.readers.found import Found, Report, Role, SubmissionFacts, folder_of
from core.readers.kinds import datasets, gso, multi_swe_bench
from core.readers.reader import Reader, Records, Value
from core.readers.record_scan import Record
from core.records import replace

_MARKS = ("test_result", "history", "metrics", "instruction", "git_patch", "messages")
_CANDIDATES = "critic_attempt_"  # in the names of files with candidates


def knows(value: Value, _name: str | None) -> bool:
    """A record of a task with the marks of a rollout."""
    marks = sum(mark in value for mark in _MARKS)
    return "instance_id" in value and marks >= 2 and "model_patch" not in value


def read(record: Record, found: Found) -> None:
    """The attempt of a rollout, and the reference that came with it."""
    fields = Fields(record.value)
    instance = fields.text("instance_id") or ""
    metadata, result = fields.inside("metadata"), fields.inside("test_result")
    agent, model = _made_by(metadata)
    attempt = replace(
        new_attempt(found, record, instance, model, agent=agent),
        started=metadata.moment("start_time"),
        execution=_execution(fields),
        status=fields.text("status") or ("error" if fields.text("error") else None),
        prompts=texts_of(record, "instruction") or prompt_in(record, "messages", "history"),
        logs=texts_of(record, "history", "messages", "metrics", "test_result", "error"),
    )
    keys = ("test_result", "git_patch") if "git_patch" in result else ("git_patch",)
    folder = PurePath(record.path).parent.name  # the name of its predictions
    kind = metadata.text("agent_class")
    names = (folder, f"{kind}_{(model or '').rsplit('/')[-1]}") if kind else (folder,)
    is_candidate = _CANDIDATES in PurePath(record.path).name
    role = Role.CANDIDATE if is_candidate else Role.RECORD
    add_attempt(found, record, attempt, find_patch(record, *keys), role=role, names=names)
    _read_reference(record, found)
    told = (fields, fields.inside("report"), result.inside("report"))
    resolved = next((r for t in told if (r := t.flag("resolved")) is not None), None)
    if resolved is not None and not is_candidate:
        found.reports.append(Report(record.path, {instance: resolved}))


def knows_metadata(value: Value, _name: str | None) -> bool:
    """The `metadata.json` beside the rollouts."""
    return "agent_class" in value and "llm_config" in value and "instance_id" not in value


def read_metadata(record: Record, found: Found) -> None:
    """Who made the rollouts of a folder."""
    agent, model = _made_by(Fields(record.value))
    found.submissions.append(SubmissionFacts(folder_of(record.path), agent, model, is_spare=True))


def _made_by(metadata: Fields) -> tuple[str | None, str | None]:
    model = metadata.inside("llm_config").text("model") or metadata.inside("llm").text("model")
    agent = metadata.text("agent_class")
    if agent is None and ("llm" in metadata or "llm_config" in metadata):
        return "OpenHands", model
    return agent and f"OpenHands {agent}", model or metadata.text("model_name")


def _execution(fields: Fields) -> Execution:
    metrics = fields.inside("metrics")
    tokens = metrics.inside("accumulated_token_usage")
    calls = [Fields(call) for call in metrics.items("token_usages")]
    costs = [c for call in metrics.items("costs") if (c := Fields(call).number("cost")) is not None]
    cost = metrics.number("accumulated_cost")
    return Execution(
        steps=fields.length("history"),
        tokens_in=_first(tokens.integer("prompt_tokens"), _sum(calls, "prompt_tokens")),
        tokens_out=_first(tokens.integer("completion_tokens"), _sum(calls, "completion_tokens")),
        cost_usd=math.fsum(costs) if cost is None and costs else cost,
        error=fields.text("error"),
    )


def _first(one: int | None, other: int | None) -> int | None:
    return other if one is None else one


def _sum(calls: list[Fields], name: str) -> int | None:
    numbers = [number for call in calls if (number := call.integer(name)) is not None]
    return sum(numbers) if numbers else None


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
    "`instruction`, `git_patch`, `messages`; `metadata.json` with `agent_class`",
    mapped="`test_result.git_patch` → patch, `instance` → reference, `instruction` → prompt, "
    "`history` → logs, `metrics` → cost and tokens, `metadata` → agent, model, start; "
    "`output.swebench.jsonl` is the same attempts, `output.critic_attempt_<n>.jsonl` candidates",
    unread="completions, the sandbox's logs",
    records=(Records(knows, read), Records(knows_metadata, read_metadata)),
    cases=("openhands",),
)
