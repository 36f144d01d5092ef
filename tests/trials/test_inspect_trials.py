"""Verdicts go back to Inspect: proved with the real `inspect_ai`, in a separate environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.models import Outcome
from core.session import open_session
from tests.conftest import ROOT
from tests.trials.conftest import Report

PACKAGE = "inspect_ai==0.3.285"
OWN_PYTHON = "PATCHJURY_INSPECT_PYTHON"
"""Names a Python that has the package already, which saves a minute."""

EVALUATE = """
import sys
from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import Score, accuracy, scorer
from inspect_ai.solver import solver

DIFF = "diff --git a/x.py b/x.py\\n--- a/x.py\\n+++ b/x.py\\n@@ -1 +1 @@\\n-a = 1\\n+a = %s\\n"

@solver
def no_agent():
    async def solve(state, generate):
        return state
    return solve

@scorer(metrics=[accuracy()])
def tests_pass():
    async def score(state, target):
        patch = {"model_patch": DIFF % state.sample_id}
        return Score(value=1.0, explanation="all tests passed", metadata=patch)
    return score

row = {"patch": DIFF % 9, "base_commit": "1" * 40, "problem_statement": "p"}
samples = [Sample(id=i, input="Fix it", metadata=row) for i in ("w-1", "w-2", "w-3")]
task = Task(MemoryDataset(samples), solver=no_agent(), scorer=tests_pass(), name="swe")
eval(task, model="mockllm/model", epochs=2, log_dir=sys.argv[1], display="none")
"""

READ = """
import json, sys
from inspect_ai.log import list_eval_logs, read_eval_log
(path,) = list_eval_logs(sys.argv[1])
log = read_eval_log(path)
found = {}
for sample in log.samples:
    score = sample.scores["tests_pass"]
    history = [
        [e.value, e.provenance and [e.provenance.author, e.provenance.reason]]
        for e in score.history
    ]
    found[f"{sample.id}/{sample.epoch}"] = [str(score.value), score.explanation, history]
accuracy = log.results.scores[0].metrics["accuracy"].value
print(json.dumps([found, accuracy]))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python with the real package; skips when there is none to be had."""
    if os.environ.get(OWN_PYTHON):
        return os.environ[OWN_PYTHON]
    folder = tmp_path_factory.mktemp("inspect")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    own = str(folder / "bin/python")
    install = [own, "-m", "pip", "install", "-q", PACKAGE]
    done = subprocess.run(install, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
        pytest.skip(
            f"needs {PACKAGE}, which could not be installed ({reason}); or name a Python "
            f"that has it in {OWN_PYTHON}"
        )
    return own


def run(python: str, code: str, *arguments: str, cwd: Path) -> str:
    done = subprocess.run([python, "-c", code, *arguments], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def documented() -> str:
    """The program of docs/export.md that applies a file of edits."""
    text = (ROOT / "docs/export.md").read_text("utf-8")
    found = re.search(r"```python\n(import json\n.*?edit_score.*?)```", text, re.DOTALL)
    assert found
    return found[1]


def scores(python: str, folder: Path) -> tuple[dict[str, Any], float]:
    found, accuracy = json.loads(run(python, READ, "logs", cwd=folder).splitlines()[-1])
    return found, accuracy


def test_verdicts_become_score_edits(python: str, tmp_path: Path, report: Report) -> None:
    run(python, EVALUATE, "logs", cwd=tmp_path)
    session = open_session(tmp_path, reviewer="ann")
    before, accuracy = scores(python, tmp_path)
    assert (len(before), accuracy) == (6, 1.0)
    keys = {
        f"{a.item}/{2 if 'epoch_2' in a.key else 1}": a.key for a in session.triage.run_set.attempts
    }
    assert keys.keys() == before.keys()
    said: dict[str, dict[str, Any]] = {
        "w-1/1": {"outcome": Outcome.FALSE_POSITIVE, "note": "Wrong place."},
        "w-2/1": {"outcome": Outcome.PARTIAL_SUCCESS},
        "w-2/2": {"outcome": Outcome.TRUE_SUCCESS},
        "w-3/1": {"cannot_tell": "it is cut"},
    }
    for name, changes in said.items():
        session.triage.decide(keys[name], **changes)
    assert session.export(tmp_path / "score_edits.jsonl") == 4  # attempts; six scores
    run(python, documented(), cwd=tmp_path)
    after, accuracy = scores(python, tmp_path)
    assert {name: value for name, (value, *_) in after.items()} == {
        "w-1/1": "0.0",
        "w-1/2": "1.0",
        "w-2/1": "0.5",
        "w-2/2": "1.0",
        "w-3/1": "nan",
        "w-3/2": "1.0",
    }
    assert after["w-1/1"][1] == "not a success (ann)\nWrong place."
    assert after["w-1/1"][2] == [[1.0, None], [0.0, ["ann", "patchjury verdict: not a success"]]]
    assert after["w-1/2"] == before["w-1/2"]
    assert accuracy < 1.0
    again = open_session(tmp_path, reviewer="ann").triage.run_set.attempts
    assert [a.marked_success for a in again] == [True] * 6
    assert [a.key for a in again] == [a.key for a in session.triage.run_set.attempts]
    report(f"{len(said)} verdicts became edits of 6 scores; accuracy 1 -> {accuracy:.3f}")
