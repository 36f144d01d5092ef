"""Predictions go back out as a harness takes them, of the attempts that a filter lets through."""

from __future__ import annotations

import json
from pathlib import Path

from core.assess.filters import parse_filter
from core.readers import read_runs
from core.session import open_session
from tests.core.runs_on_disk import DIFF, write, write_attempt


def read_lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_predictions_come_back_as_they_were(tmp_path: Path) -> None:
    records = [
        {"instance_id": "acme__w-1", "model_name_or_path": "m", "model_patch": DIFF},
        {"instance_id": "acme__w-2", "model_name_or_path": "m", "model_patch": ""},
        {"instance_id": "acme__w-3", "model_name_or_path": "m", "model_patch": ["no", "text"]},
    ]
    write(tmp_path / "runs/all.jsonl", "".join(json.dumps(r) + "\n" for r in records))
    write(tmp_path / "runs/results.json", {"resolved": ["acme__w-1"]})
    session = open_session(tmp_path / "runs", reviewer="ann")
    assert session.export(tmp_path / "preds.jsonl") == 2
    assert read_lines(tmp_path / "preds.jsonl") == records[:2]
    session.export(tmp_path / "good.preds.jsonl", parse_filter("marked:yes"))
    assert read_lines(tmp_path / "good.preds.jsonl") == records[:1]
    assert len(read_runs(tmp_path / "preds.jsonl").attempts) == 2


def test_tasks_of_iso_bench_are_named_by_their_commit(tmp_path: Path) -> None:
    write_attempt(tmp_path / "runs/item")
    session = open_session(tmp_path / "runs", reviewer="ann")
    session.export(tmp_path / "preds.jsonl")
    (line,) = read_lines(tmp_path / "preds.jsonl")
    assert line["instance_id"] == session.triage.run_set.attempts[0].reference_sha
