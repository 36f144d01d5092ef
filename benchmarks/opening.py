"""How fast large outputs of evaluation pipelines open, in processor time, and in what room."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from core.readers import read_runs
from core.readers.problems import Problems
from core.readers.tables.measurements import read_table
from core.readers.walk import File

ROLLOUTS = 2_000
EVENTS = 1_000  # of a rollout, of 1 kB each
ROWS = 5_000
Figure = tuple[str, str, str]

_DIFF = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a = 1\n+a = {}\n"


def run() -> list[Figure]:
    """Made files below the working folder (2 GB for a moment), opened in a process of their own."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        rollouts = write_rollouts(Path(folder) / "runs/output.jsonl")
        size = f"{rollouts.stat().st_size / ROLLOUTS / 1e6:.1f} MB"
        seconds, megabytes = _in_a_process(rollouts.parent)
        table = write_table(Path(folder) / "speed.csv")
        of_table = _table_seconds(rollouts.parent, table)
    what = f"open {ROLLOUTS:,} OpenHands rollouts of {size}"
    return [
        (f"{what}: time of the processor", f"{seconds:.1f} s", "3 s"),
        (f"{what}: most memory", f"{megabytes:.0f} MB", "200 MB"),
        (f"take in a table of {ROWS:,} measurements", f"{of_table:.2f} s", "1 s"),
    ]


def write_rollouts(path: Path) -> Path:
    """Rollouts as OpenHands writes them, each with its whole history."""
    path.parent.mkdir(parents=True)
    event = {"action": "run", "args": {"command": "ls " * 70}, "observation": "y" * 700}
    history = [{"id": number, **event} for number in range(EVENTS)]
    tokens = {"prompt_tokens": 90_000, "completion_tokens": 4_000}
    with path.open("w", encoding="utf-8") as file:
        for number in range(ROLLOUTS):
            task = f"acme__widget-{number}"
            row = {"instance_id": task, "base_commit": "1" * 40, "problem_statement": "Fix it"}
            rollout = {
                "instance_id": task,
                "test_result": {"git_patch": _DIFF.format(number)},
                "instruction": "Fix it. " * 200,
                "metadata": {"agent_class": "CodeActAgent", "llm_config": {"model": "m"}},
                "history": history,
                "metrics": {"accumulated_cost": 0.4, "accumulated_token_usage": tokens},
                "instance": {**row, "repo": "acme/widget", "patch": _DIFF.format(-1)},
            }
            file.write(json.dumps(rollout) + "\n")
    return path


def write_table(path: Path) -> Path:
    """A row a task, with ten measurements of each side."""
    names = [f"{side}_latency_{n}" for n in range(10) for side in ("baseline", "human", "agent")]
    lines = (
        f"acme__widget-{number % ROLLOUTS},m,{','.join(str(number + place) for place in range(30))}"
        for number in range(ROWS)
    )
    path.write_text(f"instance_id,model,{','.join(names)}\n" + "\n".join(lines), "utf-8")
    return path


def _in_a_process(folder: Path) -> tuple[float, float]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        return executor.submit(_opened, folder).result()


def _opened(folder: Path) -> tuple[float, float]:
    """Seconds of the processor and megabytes at most."""
    start = time.process_time()
    runs = read_runs(folder)
    seconds = time.process_time() - start
    if len(runs.attempts) != ROLLOUTS or runs.attempts[0].execution.steps != EVENTS:
        sys.exit("the rollouts were not read rightly")
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _table_seconds(folder: Path, table: Path) -> float:
    attempts = read_runs(folder).attempts
    start = time.process_time()
    facts = read_table(File(str(table)), attempts, Problems(table.parent), is_named=True)
    seconds = time.process_time() - start
    if len(facts.measurements) != 30 * ROWS:
        sys.exit("the table was not read rightly")
    return seconds
