"""`patchjury map`: one proposal for measurements, label tables and other judges, to be edited."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.readers import read_runs
from tests.core.runs_on_disk import DIFF, write
from tui.cli import main

ROWS = [
    {
        "wen": f"acme__w-{number}",
        "repo": "a",
        "scores": {"logic": word},
        "gold_time": 2,
        "patch_time": 3,
    }
    for number, word in enumerate(("good", "bad", "good", "bad"), 1)
]


def test_a_proposal_is_written_edited_and_obeyed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [{"instance_id": row["wen"], "model_patch": DIFF} for row in ROWS]
    write(tmp_path / "runs/m.json", records)
    table = write(tmp_path / "judge.json", {"rows": ROWS})
    assert main(["map", str(table)]) == 0
    said = (
        "1 measurements, 0 claims, 1 opinions, no column was found that names attempts: fill it in"
    )
    assert said in capsys.readouterr().out
    assert main(["map", str(table), "--force", "--runs", str(tmp_path / "runs")]) == 0
    assert "names attempts" in capsys.readouterr().out
    mapping = tmp_path / "judge.json.map.toml"
    mapping.write_text(mapping.read_text("utf-8").replace('"opinion"', '"logic"'), "utf-8")
    runs = read_runs(tmp_path / "runs", measurements=[table])
    assert [(claim.name, claim.value) for claim in runs.claims][:2] == [
        ("logic", "good"),
        ("logic", "bad"),
    ]
    assert [m.value for m in runs.measurements][:2] == [2.0, 3.0]
    assert main(["audit", str(tmp_path / "runs"), str(table), "--json", "--fail-on", "never"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["key"] == "wen"
    assert found["table"]["opinions"] == {"scores.logic": {"good": 2, "bad": 2}}
