"""Replay: an export agrees with itself, and what was changed in it is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.assess.outcome import assess
from core.errors import ExportError
from core.export import write_export
from core.export.export_replay import replay
from core.models import Basis, Origin, Outcome
from core.records import replace
from tests.core.patch.results import make_result, verdict
from tui.cli import main


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export with a sample, an outdated verdict and every voice."""
    result = make_result(tmp_path / "runs")
    path = tmp_path / "out.json"
    write_export(path, result.document())
    return path


def test_an_export_agrees_with_itself(export: Path) -> None:
    found = replay(export)
    assert found.disagreements == ()
    assert (found.attempts, found.texts) == (6, 1)
    assert found.figures > 500 and found.not_proven


def _outcome(data: dict[str, Any]) -> None:
    data["attempts"][0]["outcome"] = "failure"


def _verdict(data: dict[str, Any]) -> None:
    data["attempts"][0]["history"][2]["outcome"] = "failure"


def _figure(data: dict[str, Any]) -> None:
    data["statistics"]["levels"][1]["attempts"]["yes"] += 1


def _rate(data: dict[str, Any]) -> None:
    data["statistics"]["design"]["corrected"][0]["this_set"][0] = 0.9


def _claim(data: dict[str, Any]) -> None:
    data["attempts"][2]["marked_success"] = True


def _left_out(data: dict[str, Any]) -> None:
    del data["attempts"][1]


def _diff(data: dict[str, Any]) -> None:
    data["commits"][0]["diff"] += " "


def _opinion(data: dict[str, Any]) -> None:
    data["attempts"][1]["judgements"][0]["criteria"]["optimization_logic_match"] = True


def _money(data: dict[str, Any]) -> None:
    data["attempts"][0]["execution"]["tokens_in"] = 5


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_outcome, "r1/a0: outcome"),
        (_verdict, "r1/a0: outcome"),
        (_figure, "statistics.levels[1].attempts.yes"),
        (_rate, "statistics.design.corrected[0].this_set[0]"),
        (_claim, "statistics.marked_success"),
        (_left_out, "statistics.attempts"),
        (_diff, "diff_sha256"),
        (_opinion, "r1/a1: criteria.optimization_logic_match"),
        (_money, "statistics.money.attempts.tokens_in.total"),
    ],
)
def test_what_was_changed_is_caught(
    export: Path, change: Callable[[dict[str, Any]], None], named: str
) -> None:
    data = json.loads(export.read_text("utf-8"))
    change(data)
    export.write_text(json.dumps(data), "utf-8")
    found = replay(export)
    assert not found.agrees
    assert any(named in one.where for one in found.disagreements), found.disagreements[:5]


def test_an_earlier_version_had_fewer_figures_and_no_fewer_counts(export: Path) -> None:
    data = json.loads(export.read_text("utf-8"))
    del data["statistics"]["patterns"]["issues_by_kind"]
    del data["statistics"]["levels"][0]["reached"]
    export.write_text(json.dumps(data), "utf-8")
    assert replay(export).agrees
    del data["statistics"]["outcomes"]["failure"]
    export.write_text(json.dumps(data), "utf-8")
    assert {one.where for one in replay(export).disagreements} == {"statistics.outcomes.failure"}


def test_a_sample_and_an_outdated_verdict_come_out_again(tmp_path: Path) -> None:
    old, now = Basis(patch="a" * 64), Basis(patch="b" * 64)
    drawn = Origin("random", seed=0, sample=3, population=3, inclusion=1.0)
    histories = {
        "r1/a0": (verdict("v", "r1/a0", outcome=Outcome.TRUE_SUCCESS, basis=old),),
        "r1/a1": (verdict("w", "r1/a1", outcome=Outcome.FAILURE, origin=drawn),),
        "gone": (verdict("x", "gone", outcome=Outcome.FAILURE),),
    }
    result = make_result(tmp_path / "runs", histories)
    assessments = [
        assess(k.attempt, histories.get(k.attempt.key, ()), k.judgements, k.report, now)
        for k in result.assessments
    ]
    result = replace(result, assessments=assessments)
    path = tmp_path / "out.json"
    write_export(path, result.document(bases={"r1/a0": now}))
    data = json.loads(path.read_text("utf-8"))
    assert data["statistics"]["decisions"]["outdated"] == 1
    assert data["statistics"]["design"]["samples"][0]["source"] == "random"
    assert replay(path).disagreements == ()


def test_the_command_tells_and_ends_as_it_should(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(export)]) == 0
    told = capsys.readouterr().out
    assert told.endswith("all agree\n") and "not proven by the file" in told
    data = json.loads(export.read_text("utf-8"))
    _figure(data)
    export.write_text(json.dumps(data), "utf-8")
    assert main(["replay", str(export), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["agrees"] is False
    assert said["disagreements"][0]["where"] == "statistics.levels[1].attempts.yes"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not complete JSON"),
        ("[]", "no statistics"),
        ('{"schema_version": 1, "statistics": {}, "attempts": []}', "schema 1"),
        ('{"schema_version": 2, "statistics": {}, "attempts": []}', "missing required"),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ExportError) as error:
        replay(path)
    assert reason in error.value.hint
