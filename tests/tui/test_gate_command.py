"""`patchjury gate`: exit codes that tell the truth."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tui.cli import main


@pytest.fixture
def sample(tmp_path: Path) -> str:
    ignored = shutil.ignore_patterns(".patchjury", "recipe")
    shutil.copytree(ROOT / "sample_runs", tmp_path / "runs", ignore=ignored)
    return str(tmp_path / "runs")


def test_a_gate_is_met_on_the_bounds_of_this_set(
    sample: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trust", sample]) == 0  # the opinions that lie beside the runs
    capsys.readouterr()
    assert main(["gate", sample, "--min-true-success", "0.02"]) == 0
    assert capsys.readouterr().out.startswith("met: true success 8 to 69 % of 39 (24 unknown)")
    assert main(["gate", sample, "--min-true-success", "0.5"]) == 1
    assert capsys.readouterr().out.startswith("unknown: true success")
    assert main(["gate", sample, "--min-true-success", "0.99"]) == 1
    assert capsys.readouterr().out.startswith("not met: true success")


def test_a_baseline_may_have_been_better(
    sample: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.json"
    attempts = [{"outcome": "true_success", "marked_success": True}, {"outcome": "failure"}]
    old.write_text(json.dumps({"attempts": attempts}), "utf-8")
    assert main(["gate", sample, "--baseline", str(old), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    true, false = data["conditions"]
    assert (true["bound"], true["at_least"], true["source"]) == (0.5, True, "old.json")
    assert (false["bound"], false["met"], data["met"]) == (0, "not met", False)
    old.write_text(json.dumps({"attempts": [{"outcome": "failure"}]}), "utf-8")
    assert main(["gate", sample, "--baseline", str(old)]) == 0


def test_a_comment_is_written_once(
    sample: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["gate", sample, "--min-decided", "0.1", "--comment", str(tmp_path / "c.md")]
    assert main(words) == 0
    text = (tmp_path / "c.md").read_text("utf-8")
    assert text.startswith("### patchjury gate: met\n") and "- met: decided" in text
    assert main(words) == 2, "it is there already"
    assert "c.md" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [[], ["--min-true-success", "2"], ["--baseline", "nowhere.json"], ["--min-decided", "many"]],
)
def test_wrong_usage_is_told(
    sample: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gate", sample, *words]) == 2
    assert "patchjury: " in capsys.readouterr().err


@pytest.mark.parametrize("text", ["[]", "{", '{"attempts": [3]}', '{"attempts": [{}]}'])
def test_a_baseline_that_is_no_export_is_told(sample: str, tmp_path: Path, text: str) -> None:
    (tmp_path / "old.json").write_text(text, "utf-8")
    assert main(["gate", sample, "--baseline", str(tmp_path / "old.json")]) == 2
