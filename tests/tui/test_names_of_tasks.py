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
from tui.render.columns import AttemptTable
from tui.render.commit_rows import table_row
from tui.render.lists import attempt_row, commit_row
from tui.render.said import attempt_name
from tui.screens.attempt_finder import holds_words

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


def test_wide_lists_and_the_table_of_a_task_tell_its_attempts_apart(tmp_path: Path) -> None:
    predictions(tmp_path / "a/preds.jsonl", "m", TASK, TASK)
    predictions(tmp_path / "b/preds.jsonl", "m", TASK)
    triage = open_session(tmp_path, reviewer="ann").triage
    known = {one.attempt.key: one for one in triage.assessments()}
    table = AttemptTable(known.__getitem__, triage.run_set.commits)
    table.show(list(known), flat=True)
    shown = [table.row(one, 120, unsaved=False).plain for one in known.values()]
    names = [f"{TASK} a", f"{TASK} #2 a", f"{TASK} b"]
    assert all(name in row for name, row in zip(names, shown, strict=True))
    rows = [table_row(one, None, 140).plain for one in known.values()]
    assert [row.split("m ", 1)[1].split("…")[0].strip() for row in rows] == ["a", "a #2", "b"]


@pytest.mark.parametrize(("typed", "found"), [("11099 preds", True), ("acme/w:pr-7", False)])
def test_the_palette_finds_a_task_by_its_id(typed: str, found: bool, tmp_path: Path) -> None:
    predictions(tmp_path / "preds.jsonl", "m", TASK, "acme/w:pr-7")
    one, other = sorted(read_runs(tmp_path).attempts, key=lambda a: a.item != TASK)
    assert holds_words(one, typed.split()) is found
    assert holds_words(other, typed.split()) is not found
