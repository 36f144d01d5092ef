"""`patchjury settings`: what holds, where it came from, and what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.settings import settings_file
from tests.support.runs import build_runs
from tests.support.screen import running
from tests.support.textual_private import notices
from tui.cli import main


def test_it_prints_what_holds_and_where_from(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHJURY_VOTES", "3")
    assert main(["settings"]) == 0
    out = capsys.readouterr().out
    assert f"{settings_file()} (does not exist yet)" in out
    (votes,) = (line for line in out.splitlines() if line.startswith("  votes "))
    assert votes.split()[:3] == ["votes", "3", "PATCHJURY_VOTES"]
    (facts,) = (line for line in out.splitlines() if line.startswith("  facts "))
    assert facts.split()[:3] == ["facts", "false", "default"]


def test_as_json_it_says_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = build_runs(tmp_path / "runs")
    (runs / "patchjury.toml").write_text("[judge]\nvotes=3\n[measurements]\nspeed_threshold=1\n")
    assert main(["settings", str(runs), "--json"]) == 1
    out, err = capsys.readouterr()
    data = json.loads(out)
    rows = {row["name"]: row for row in data["settings"]}
    assert rows["measurements.speed_threshold"]["value"] == 1.0
    assert rows["measurements.speed_threshold"]["origin"] == str(runs / "patchjury.toml")
    assert rows["judge.votes"]["value"] == 1
    assert "judge.votes is ignored: a runs folder may not set it" in err
    assert len(data["problems"]) == 1


def test_a_wrong_setting_stops_every_command_with_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = build_runs(tmp_path / "runs")
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text("[checks]\njobs = 'all'\n")
    for words in (["settings"], ["stats", str(runs)], ["check", str(runs)]):
        assert main(words) == 2
        assert "jobs must be a whole number from 1 to 1024, not 'all'" in capsys.readouterr().err


def test_the_reviewer_is_the_one_that_is_set(tmp_path: Path) -> None:
    from core.session import open_session

    runs = build_runs(tmp_path / "runs")
    assert open_session(runs).triage.reviewer == "tester"
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text("[review]\nreviewer = 'Ada'\n")
    assert open_session(runs).triage.reviewer == "Ada"
    assert open_session(runs, reviewer="Bo").triage.reviewer == "Bo"


def test_a_folder_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "nowhere"]) == 2
    assert "nowhere does not exist" in capsys.readouterr().err


async def test_a_theme_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHJURY_THEME", "patchjury-pink")
    async with running(build_runs(tmp_path / "runs")) as (app, _pilot):
        assert app.theme in app.available_themes
        assert notices(app) == ["There is no theme 'patchjury-pink'; ^p lists all themes."]
