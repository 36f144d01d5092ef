"""Small outputs of evaluation pipelines, with fields that can be replaced; and folders of them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.models import Attempt, RunSet
from core.readers import read_runs
from tests.core.runs_on_disk import write

Data = dict[str, Any]
DIFF = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"
GOLD = DIFF.replace("= 2", "= 9")
T, U, PRO = "acme__w-1", "acme__w-2", "instance_acme__w-abc-v1"
BASE, OPT = "1" * 40, "2" * 40


def lines(*records: Any) -> str:
    """Records as JSON Lines."""
    return "".join(json.dumps(record) + "\n" for record in records)


def pred(task: str = T, model: str | None = "m-1", patch: Any = DIFF, **more: Any) -> Data:
    return {"instance_id": task, "model_name_or_path": model, "model_patch": patch} | more


def row(task: str = T, **more: Any) -> Data:
    facts = {"repo": "acme/w", "base_commit": BASE, "problem_statement": "Fix it"}
    return {"instance_id": task, "patch": GOLD} | facts | more


def report(resolved: bool = True) -> Data:
    applied = {"patch_exists": True, "patch_successfully_applied": True, "tests_status": {}}
    return {"patch_is_None": False, "resolved": resolved} | applied


SAID = [{"role": "system", "content": "s"}, {"role": "user", "content": "Fix it"}]


def traj(**more: Any) -> Data:
    """SWE-agent's."""
    stats = {"instance_cost": 0.5, "tokens_sent": 100, "tokens_received": 10, "api_calls": 7}
    info = {"exit_status": "submitted", "submission": DIFF, "model_stats": stats}
    steps = [{"action": "ls", "observation": "x", "thought": "t"}] * 2
    return {"environment": "e", "trajectory": steps, "history": SAID, "info": info} | more


def mini(task: str = T, **more: Any) -> Data:
    """mini-swe-agent's."""
    stats = {"instance_cost": 0.5, "api_calls": 7}
    model = {"model": {"model_name": "a/m-1"}}
    info = {"exit_status": "Submitted", "submission": DIFF, "model_stats": stats, "config": model}
    usage = {"prompt_tokens": 100, "completion_tokens": 11}
    answer = {"role": "assistant", "content": "ok", "extra": {"response": {"usage": usage}}}
    told = {"role": "user", "content": [{"type": "text", "text": "Fix it"}]}
    return {"info": info, "messages": [SAID[0], told, answer], "instance_id": task} | more


def rollout(task: str = T, **more: Any) -> Data:
    """OpenHands'."""
    tokens = {"prompt_tokens": 100, "completion_tokens": 10}
    return {
        "instance_id": task,
        "test_result": {"git_patch": DIFF},
        "instruction": "Fix it",
        "metadata": {"agent_class": "CodeActAgent", "llm_config": {"model": "x/m-1"}},
        "history": [{"id": 0, "action": "message"}],
        "metrics": {"accumulated_cost": 0.5, "accumulated_token_usage": tokens},
        "error": None,
        "instance": row(task),
    } | more


def trial(**more: Any) -> Data:
    """Harbor's result of a trial."""
    agent = {"name": "codex", "version": "1", "model_info": {"name": "m-1", "provider": "p"}}
    used = {"n_input_tokens": 100, "n_output_tokens": 10, "cost_usd": 0.5}
    return {
        "task_name": T,
        "trial_name": f"{T}__abc",
        "agent_info": agent,
        "agent_result": used,
        "verifier_result": {"rewards": {"reward": 1.0}},
        "exception_info": None,
        "started_at": "2025-01-01T10:00:00Z",
        "finished_at": "2025-01-01T10:05:00Z",
    } | more


ATIF = {
    "schema_version": "ATIF-v1.2",
    "agent": {"name": "codex", "version": "1", "model_name": "m-1"},
    "steps": [
        {"step_id": 1, "source": "system", "message": "sys"},
        {"step_id": 2, "source": "user", "message": "Fix it"},
        {"step_id": 3, "source": "agent", "message": "ok"},
    ],
    "final_metrics": {
        "total_prompt_tokens": 100,
        "total_completion_tokens": 10,
        "total_cost_usd": 0.5,
        "total_steps": 3,
    },
}
JOB = f"jobs/j/{T}__abc"


def job(**more: Any) -> Data:
    """The folder of a job with one trial; paths below the trial can be replaced or left out."""
    files: Data = {
        "result.json": trial(),
        "agent/trajectory.json": ATIF,
        "artifacts/model.patch": DIFF,
        "verifier/reward.txt": "1",
    } | more
    below = {f"{JOB}/{path}": held for path, held in files.items() if held is not None}
    return {"jobs/j/result.json": {"stats": {}}} | below


def sample(task: str | int = T, epoch: int = 1, **more: Any) -> Data:
    """A sample of Inspect's."""
    metadata = {"patch": GOLD, "base_commit": BASE, "problem_statement": "Fix it"}
    return {
        "id": task,
        "epoch": epoch,
        "input": "Fix it",
        "metadata": metadata,
        "messages": SAID[1:],
        "scores": {"swe": {"value": 1.0, "metadata": {"model_patch": DIFF}}},
        "model_usage": {"openai/m-1": {"input_tokens": 100, "output_tokens": 10}},
        "error": None,
    } | more


def log(*samples: Data, task: str = "inspect_evals/swe_bench") -> Data:
    """A log of Inspect's as one object."""
    head = {"task": task, "model": "openai/m-1", "created": "2026-01-02T03:04:05+00:00"}
    return {"version": 2, "status": "success", "eval": head, "samples": list(samples)}


def eval_zip(*samples: Data, header: str = "header.json") -> bytes:
    """A `.eval` file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(header, json.dumps(log()))
        for one in samples:
            name = f"samples/{one['id']}_epoch_{one['epoch']}.json"
            archive.writestr(name, json.dumps(one))
    return held.getvalue()


@dataclass(frozen=True)
class Variant:
    """A folder, and what is right of it: see `facts`; `said` stands in a load problem."""

    name: str
    files: Mapping[str, object]
    right: Data = field(default_factory=dict)
    said: str = ""


def make(folder: Path, files: Mapping[str, object]) -> Path:
    """Write a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, held in files.items():
        write(folder / name, held)
    return folder


def check(variant: Variant, folder: Path) -> RunSet:
    """Read a folder and compare it with what is right."""
    runs = read_runs(make(folder / variant.name, variant.files))
    known = facts(runs)
    assert {name: known[name] for name in variant.right} == variant.right, known["problems"]
    assert variant.said in known["problems"]
    for attempt in runs.attempts:
        for text in (*attempt.prompts, *attempt.logs):
            assert isinstance(text.read(), str)
    return runs


def facts(runs: RunSet) -> Data:
    """What was read, of the first attempt where there are several."""
    first = runs.attempts[0]
    run, source = first.execution, first.patch.source
    return {
        "attempts": len(runs.attempts),
        "marked": sum(a.marked_success is True for a in runs.attempts),
        "unclaimed": sum(a.marked_success is None for a in runs.attempts),
        "found": sum(c.diff is not None for c in runs.commits.values()),
        "agent": first.agent,
        "model": first.model,
        "item": first.item,
        "status": first.status,
        "human": first.reference_sha,
        "base": first.base,
        "steps": run.steps,
        "tokens": (run.tokens_in, run.tokens_out),
        "cost": run.cost_usd,
        "state": first.patch.state.value,
        "patch": source.read() if source else None,
        "prompt": first.prompts[0].read() if first.prompts else None,
        "logs": [text.name for text in first.logs],
        "logs_of_last": [text.name for text in runs.attempts[-1].logs],
        "problems": "\n".join(f"{p.path} {p.reason}" for p in runs.problems),
    }


def keys(attempts: tuple[Attempt, ...]) -> list[str]:
    return [attempt.key for attempt in attempts]
