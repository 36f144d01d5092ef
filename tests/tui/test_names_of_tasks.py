"""Attempts and commits of datasets are named by their task's id, and found by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.assess.filters import parse_filter
from core.readers import read_runs
from core.session import open_session
from tests.conftest import ROOT
from tests.core.runs_on_disk import DIFF, write
from tui.render.lists import attempt_row, commit_row
from tui.render.said import attempt_name

TASK = "django__django-11099"


def predictions(path: Path, model: str, *tasks: str) -> None:
    records = ({"instance_id": t, "model_name_or_path": model, "model_patch": DIFF} for t in tasks)
    write(path, "".join(json.dumps(record) + "\n" for record in records))


def rows(folder: Path, width: int) -> list[str]:
    known = open_session(folder, reviewer="ann").triage.assessments()
    return [" ".join(attempt_row(one, width).plain.split()) for one in known]


def test_rows_of_one_task_say_who_and_which_run(tmp_path: Path) -> None:
    predictions(tmp_path / "a/preds.jsonl", "x/gpt-5", TASK)
    predictions(tmp_path / "b/preds.jsonl", "x/gpt-5", TASK)
    predictions(tmp_path / "b/other.jsonl", "glm", TASK, TASK)
    assert rows(tmp_path, 60) == [
        f"· gpt-5 {TASK} a ? 73 B",
        f"· glm {TASK} other ? 73 B",
        f"· glm {TASK} #2 other ? 73 B",
        f"· gpt-5 {TASK} b ? 73 B",
    ]
    assert rows(tmp_path, 30)[0] == "· gpt-5 …ngo-11099 a ? 73 B"


@pytest.mark.parametrize(
    "query", [TASK, "11099", f"item:{TASK}", "commit:django__", "item:django*"]
)
def test_a_task_is_found_by_its_id_in_every_way(tmp_path: Path, query: str) -> None:
    predictions(tmp_path / "preds.jsonl", "m", TASK, "astropy__astropy-1")
    row = {"instance_id": TASK, "gt_diff": DIFF, "opt_commit": "2" * 40, "base_commit": "1" * 40}
    write(tmp_path / "dataset.json", [row])
    session = open_session(tmp_path, reviewer="ann")
    known = session.triage.assessments()
    found = parse_filter(query).select(known, session.triage.run_set.commits)
    assert [(one.attempt.item, one.attempt.reference_sha) for one in found] == [(TASK, "2" * 40)]
    progress = session.triage.commit_progress("2" * 40)
    assert commit_row(progress, 60).plain.startswith(f"{TASK} ")
    assert attempt_name(found[0].attempt) == f"m {TASK}"


def test_tasks_that_are_commits_keep_their_commit() -> None:
    (attempt,) = read_runs(ROOT / "sample_runs").attempts[:1]
    assert attempt.instance == ""
    assert attempt_name(attempt).startswith(attempt.reference_sha[:8])
