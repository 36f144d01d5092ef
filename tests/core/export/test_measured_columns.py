"""The hard outcome and the quadrant: a column, a filter and a figure, and everywhere the same."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from core.assess.filters import COLUMNS, parse_filter
from core.checks.pipeline import check_runs
from core.models import Criteria
from core.session import open_session
from tests.core.runs_on_disk import DIFF, write

HEAD = "instance_id,pred_speedup_ratio,gold_speedup_ratio,correctness\n"


@pytest.mark.usefixtures("quick_checks")
def test_the_quadrant_is_a_column_a_filter_and_a_figure(tmp_path: Path) -> None:
    tasks = [f"acme__w-{number}" for number in range(1, 6)]
    records = ({"instance_id": t, "model_name_or_path": "m", "model_patch": DIFF} for t in tasks)
    write(tmp_path / "runs/preds.jsonl", "".join(json.dumps(r) + "\n" for r in records))
    rows = ["1.97,2,1", "1.8,2,1", "2.5,2,1", "2,2,0.5"]
    lines = (f"{task},{row}\n" for task, row in zip(tasks, rows, strict=False))
    write(tmp_path / "runs/speed.csv", HEAD + "".join(lines))
    session = open_session(tmp_path / "runs", reviewer="ann")
    triage = session.triage
    for checked in check_runs(triage.run_set, jobs=1, families=("speed",)):
        triage.add_report(checked.report)
    logic = dict(zip(tasks, (True, True, False, True, True), strict=True))
    for attempt in triage.run_set.attempts:
        criteria = Criteria(optimization_logic_match=logic[attempt.item])
        triage.decide(attempt.key, criteria=criteria)
    hard = ["faster_or_equal", "slower", "faster_or_equal", "failed", None]
    quadrants = ["true_success", "good_intent", "lucky_win", "failure", None]
    assessments = triage.assessments()
    assert [COLUMNS["hard"].read(known, None) for known in assessments] == hard
    assert [COLUMNS["quadrant"].read(known, None) for known in assessments] == quadrants
    found = parse_filter("quadrant:lucky_win hard:faster_or_equal").select(assessments, {})
    assert [known.attempt.item for known in found] == ["acme__w-3"]
    session.export(tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [(row["hard_outcome"], row["quadrant"]) for row in csv.DictReader(file)]
    expected = [(h or "", q or "") for h, q in zip(hard, quadrants, strict=True)]
    assert cells == expected
    session.export(tmp_path / "all.json")
    data = json.loads((tmp_path / "all.json").read_text("utf-8"))
    assert [attempt["quadrant"] for attempt in data["attempts"]] == quadrants
    rates = {rate.label: rate for rate in session.statistics().measured.quadrants}
    lucky = rates["quadrant lucky win"]
    assert (lucky.count, lucky.of, lucky.total) == (1, 4, 5)
    assert lucky.like_these is not None
