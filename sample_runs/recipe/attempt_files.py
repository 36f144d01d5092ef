"""The files that a pipeline leaves beside each attempt, in the formats of the real ones.

Their quirks are kept: `run_summary.json` may name another model than the one that ran, durations
are null there, predictions name the base and not the task.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from recipe.engine_history import Human
from recipe.patches import count_lines, touched_files
from recipe.records import Attempt, Run

TASK = "minnow_core"
FIRST_EDIT = 0.4  # the share of the run after which the first edit is recorded
BROKEN_JOURNAL_CHARACTERS = 180


def attempt_folder(attempt: Attempt, human: Human) -> str:
    """Where an attempt lies below `sample_runs`."""
    return f"{attempt.run.folder}/{attempt.item.format(sha8=human.sha[:8])}"


def attempt_files(attempt: Attempt, human: Human, patch: str | None) -> dict[str, str]:
    """Every file of one attempt, by name."""
    folder, run = attempt_folder(attempt, human), attempt.run
    files = {"prompt.json": _json(prompt_data(attempt, human)), **attempt.logs}
    if patch is not None:
        files["model_patch.diff"] = patch
        files["diff_targets.json"] = _json(diff_targets(attempt, human, patch))
    if run.prediction:
        files["prediction.jsonl"] = json.dumps(prediction(run, human, patch)) + "\n"
    if run.task_text:
        files["task.txt"] = task_text(human)
    if attempt.steps is not None:
        files["trajectory.json"] = _json(trajectory(attempt))
    if attempt.journal != "none":
        text = _json(journal(attempt, human, patch))
        broken = attempt.journal == "broken"
        files["journal.json"] = text[:BROKEN_JOURNAL_CHARACTERS] if broken else text
    if run.summary:
        files["run_summary.json"] = _json(run_summary(attempt, human, patch, folder, set(files)))
    return files


def journal(attempt: Attempt, human: Human, patch: str | None) -> dict[str, Any]:
    """What the pipeline wrote down while the agent ran."""
    run = attempt.run
    data: dict[str, Any] = {
        "task_id": TASK,
        "commits": None if attempt.null_facts else _commits(attempt, human),
        "agent_branch": f"agent/{TASK}/{human.sha[:8]}",
        "status": attempt.status,
    }
    if run.metadata:
        data["run_metadata"] = {
            "repo": "minnow",
            "agent": run.agent,
            "model": run.model,
            "run_timestamp": run.folder.rsplit("/", 1)[-1],
            "run_path": run.folder.removeprefix("state/runs/"),
        }
    if attempt.error:
        data["error"], data["error_type"] = attempt.error
    else:
        data |= _course(attempt, human, patch)
    started = datetime.fromisoformat(run.started)
    written = started + timedelta(seconds=round(attempt.duration or 1.0, 3))
    data["timestamps"] = {"written": written.timestamp()}
    return data


def _course(attempt: Attempt, human: Human, patch: str | None) -> dict[str, Any]:
    """The part of a journal that is only there when the agent was started."""
    data: dict[str, Any] = {}
    if not attempt.run.minimal:
        data["experiment"] = {"hints_enabled": False, "preflight_enabled": False}
        data["preflight"] = {"attempted": False}
        data["metrics"] = _metrics(attempt, human, patch)
    elif attempt.null_facts:
        data["metrics"] = None
    if attempt.error_is_null:
        data["error"] = data["error_type"] = None
    section: dict[str, Any] = {
        "cli": attempt.run.cli,
        "time_budget_minutes": 60 if attempt.run.minimal else 120,
        "returncode": attempt.returncode,
        "duration_s": attempt.duration,
    }
    if attempt.steps is not None:
        usage = [_usage(i) for i in range(attempt.steps)]
        section["steps"] = attempt.steps
        for name in ("input_tokens", "output_tokens"):
            section[name] = sum(one[name] for one in usage)
    data[attempt.run.section] = section
    return data


def _usage(step: int) -> dict[str, int]:
    """The tokens of one step: what is read grows with every step."""
    return {"input_tokens": 4000 + 850 * step, "output_tokens": 310 + step}


def _metrics(attempt: Attempt, human: Human, patch: str | None) -> dict[str, Any]:
    touched = touched_files(patch or "")
    return {
        "time_to_first_edit_s": _first_edit(attempt, patch),
        "commit_count": 1 if patch else 0,
        "patch_size_loc": sum(count_lines(patch)) if patch else None,
        "changed_files_count": len(touched),
        "violations_count": sum(path not in human.files for path in touched),
    }


def _first_edit(attempt: Attempt, patch: str | None) -> float | None:
    return round(attempt.duration * FIRST_EDIT, 3) if patch and attempt.duration else None


def run_summary(
    attempt: Attempt, human: Human, patch: str | None, folder: str, files: set[str]
) -> dict[str, Any]:
    """The summary that a later script made of the other files."""
    run = attempt.run
    agent: dict[str, Any] = {"status": attempt.status, "patch_generated": bool(patch)}
    if patch:
        added, removed = count_lines(patch)
        changed = len(touched_files(patch))
        agent["patch_stats"] = {
            "lines_added": added,
            "lines_removed": removed,
            "files_changed": changed,
        }
    agent["duration_s"] = attempt.duration if run.minimal else None
    agent["time_to_first_edit_s"] = None if run.minimal else _first_edit(attempt, patch)
    written = files if patch else files - {"model_patch.diff"}
    sources = {
        "journal": "journal.json",
        "trajectory": "trajectory.json",
        "prediction": "prediction.jsonl",
        "patch": "model_patch.diff",
    }
    return {
        "schema_version": "1.0",
        "meta": {
            "repo": "minnow",
            "agent": run.agent,
            "model": run.summary_model or run.model,
            "model_full": run.model_full,
            "timestamp": datetime.fromisoformat(run.started).strftime("%Y-%m-%d_%H-%M-%S"),
            "task_id": TASK,
            "item_id": folder.rsplit("/", 1)[-1],
        },
        "commits": _commits(attempt, human),
        "agent": agent,
        "_sources": {
            kind: f"minnow-bench/{folder}/{name}" if name in written else None
            for kind, name in sources.items()
        },
    }


def prompt_data(attempt: Attempt, human: Human) -> dict[str, Any]:
    """What the agent was asked; the targets give the human's files away, as in real prompts."""
    return {
        "task": "Minnow core performance",
        "description": "Make the engine faster and check it with the benchmark harness",
        "constraints": ["Keep the public interface", "All checks of the test pack pass"],
        "target_files": human.files,
        "success": {
            "primary_metric": "same_output",
            "rules": ["Leave tests and benchmarks alone", "Change how it works, not what it does"],
        },
        "commits": _commits(attempt, human),
    }


def diff_targets(attempt: Attempt, human: Human, patch: str) -> dict[str, Any]:
    """The changed files against those that were allowed."""
    allowed = human.files
    changed = sorted(touched_files(patch))
    disallowed = [path for path in changed if path not in allowed]
    return {
        "changed": changed,
        "allowed": allowed,
        "disallowed": disallowed,
        "ok": not disallowed,
    }


def prediction(run: Run, human: Human, patch: str | None) -> dict[str, Any]:
    """A SWE-bench prediction; the model it names is the pipeline's default."""
    return {
        "instance_id": f"minnow-dev__minnow-{human.parent[:7]}",
        "model_patch": patch,
        "model_name_or_path": "quartz-5-2025-08-07",
    }


def trajectory(attempt: Attempt) -> dict[str, Any]:
    """The agent's steps, without what was said in them."""
    count = attempt.steps or 0
    start = datetime.fromisoformat(attempt.run.started)
    pause = (attempt.duration or 0.0) / max(count, 1)
    moments = [(start + timedelta(seconds=round(pause * i, 3))).isoformat() for i in range(count)]
    return {
        "task": "Make the engine faster",
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(seconds=attempt.duration or 0.0)).isoformat(),
        "provider": "acme",
        "model": attempt.run.model,
        "max_steps": 120,
        "llm_interactions": [
            {
                "timestamp": moment,
                "provider": "acme",
                "model": attempt.run.model,
                "response": {"usage": _usage(i)},
            }
            for i, moment in enumerate(moments)
        ],
        "agent_steps": [
            {"step_number": i, "timestamp": moment, "state": "completed"}
            for i, moment in enumerate(moments, 1)
        ],
        "success": bool(count),
        "final_result": "The change is committed." if count else None,
        "execution_time": attempt.duration,
    }


def task_text(human: Human) -> str:
    """The prompt as one text: no problem is named, the script is a placeholder, hints leak."""
    targets = "\n".join(f"- `{path}`" for path in human.files)
    return f"""\
The repository of a Python package is in the folder `work/minnow`. Make the script below faster.

<test_script>
# A performance task
# What to make faster stands in the files listed below
</test_script>

Rules
1. Leave tests and benchmarks alone.
2. The results must stay the same.
3. You must change at least one file, or the task counts as failed.

What the developers of the package did here:
{human.commit.subject}

Files to change (no others):
{targets}

When you are done, commit, and write your diff to `model_patch.diff`.
"""


def _commits(attempt: Attempt, human: Human) -> dict[str, str]:
    return {"pre": human.parent, "human": human.sha[:8] if attempt.short_human else human.sha}


def _json(data: object) -> str:
    return json.dumps(data, indent=2)
