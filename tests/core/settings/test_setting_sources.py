"""Settings: which source wins, what a runs folder may not set, and the messages about mistakes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import Price, Settings, load_settings, remember, settings_file
from core.settings.setting_values import all_settings

KEY = "sk-secret-0123456789"


def write(folder: Path, text: str) -> Path:
    """A settings file in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "patchjury.toml"
    path.write_text(text, encoding="utf-8")
    return path


def load(config: Path | None = None, runs: Path | None = None, **environment: str) -> Settings:
    """The settings with a config folder, a runs folder and variables."""
    config = config or Path("/nonexistent")
    return load_settings(runs, environment=environment, config_folder=config)


def test_without_files_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path, tmp_path) == Settings()
    assert load(tmp_path, tmp_path).origins == {}
    assert not Settings().judge.api_key


def test_the_later_source_wins(tmp_path: Path) -> None:
    runs, config = tmp_path / "runs", tmp_path / "config"
    write(runs, "[measurements]\nspeed_threshold = 0.1\ncorrelation_limit = 0.5\n")
    remember(theme="remembered", layout="stacked", wrapped=True)
    text = '[screen]\ntheme = "file"\n[judge]\nmodel = "b"\neffort = "high"\nvotes = 5\n'
    path = write(config, text + "[measurements]\nspeed_threshold = 0.2\n")
    environment = {"PATCHJURY_MODEL": "c", "PATCHJURY_EFFORT": "minimal", "PATCHJURY_FACTS": "yes"}
    overrides = {"model": "d", "votes": None}
    chosen = load_settings(runs, overrides=overrides, environment=environment, config_folder=config)
    judge = chosen.judge
    assert (judge.model, judge.effort, judge.votes, judge.facts) == ("d", "minimal", 5, True)
    assert (chosen.screen.theme, chosen.screen.layout) == ("file", "stacked")
    measurements = chosen.measurements
    assert (measurements.speed_threshold, measurements.correlation_limit) == (0.2, 0.5)
    assert chosen.origins == {
        "judge.model": "command line",
        "judge.effort": "PATCHJURY_EFFORT",
        "judge.facts": "PATCHJURY_FACTS",
        "judge.votes": str(path),
        "screen.theme": str(path),
        "screen.layout": "chosen before",
        "screen.wrapped": "chosen before",
        "measurements.speed_threshold": str(path),
        "measurements.correlation_limit": str(runs / "patchjury.toml"),
    }


FROM_RUNS = {"review.blind", "measurements.speed_threshold", "measurements.correlation_limit"}


def test_a_runs_folder_may_set_these_and_nothing_else(tmp_path: Path) -> None:
    """A new setting is closed to strangers until somebody says otherwise, here as well."""
    allowed = {one.path for one in all_settings() if one.declaration.from_runs}
    assert allowed == {*FROM_RUNS, "views"}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('[judge]\nbase_url = "https://evil.example"', "judge.base_url"),
        (f'[judge]\napi_key = "{KEY}"', "judge.api_key"),
        ("[judge]\nmax_cost = 1000000.0", "judge.max_cost"),
        ('[judge]\nmodel = "dear"', "judge.model"),
        ("[judge]\nvotes = 99", "judge.votes"),
        ('[judge.prices."gpt-5"]\ninput = 0\noutput = 0', "judge.prices"),
        ('[review]\nreviewer = "you"', "review.reviewer"),
        ('[keys]\nquit = "1"', "keys"),
        ("[checks]\njobs = 1000", "checks.jobs"),
        ('db = "/etc"', "db"),
        ("judge = 5", "judge"),
    ],
)
def test_a_runs_folder_sets_nothing_else_and_is_told(tmp_path: Path, line: str, name: str) -> None:
    path = write(tmp_path, f"{line}\n")
    chosen = load(tmp_path / "config", tmp_path)
    assert chosen == Settings()
    assert not chosen.judge.api_key
    (problem,) = chosen.problems
    assert problem.path == str(path)
    assert problem.reason == f"{name} is ignored: a runs folder may not set it"
    assert KEY not in problem.reason


@pytest.mark.parametrize(
    "content",
    [b"model = ", b"\xff\xfe", b"x" * (2 << 20), b"[review]\nblind = 7", b"a=" + 999 * b"["],
)
def test_a_broken_file_in_a_runs_folder_stops_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "patchjury.toml").write_bytes(content)
    chosen = load(tmp_path / "config", tmp_path)
    assert chosen == Settings()
    assert [problem.path for problem in chosen.problems] == [str(tmp_path / "patchjury.toml")]


def test_the_user_sets_key_server_and_prices(tmp_path: Path) -> None:
    text = f'[judge]\napi_key = "{KEY}"\nbase_url = "http://localhost:1/v1/"\n'
    write(tmp_path, text + '[judge.prices."my-model"]\ninput = 1\noutput = 2.5\n')
    judge = load(tmp_path).judge
    assert judge.api_key.reveal() == KEY
    assert judge.base_url == "http://localhost:1/v1"
    assert judge.prices == {"my-model": Price(1.0, 2.5)}
    assert load(tmp_path, OPENAI_API_KEY="other").judge.api_key.reveal() == "other"
    assert load(tmp_path, OPENAI_API_KEY="", OPENAI_BASE_URL="").judge == judge


@pytest.mark.parametrize(
    ("text", "name", "hint"),
    [
        ("[judge]\nmodle = 1", "judge.modle", "judge.model?"),
        ('model = "gpt-5"', "model", "model below [judge]?"),
        ("[colours]\nred = 1", "colours", "patchjury settings"),
        ('[prices."x"]\ninput = 1', "prices", "prices below [judge]?"),
    ],
)
def test_an_unknown_name_is_an_error_with_a_suggestion(
    tmp_path: Path, text: str, name: str, hint: str
) -> None:
    path = write(tmp_path, f"{text}\n")
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert caught.value.title == f"{path}: there is no setting {name}"
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("model = 5", "model must be a text, not 5"),
        ('model = " "', "model must be a name"),
        ('votes = "3"', "votes must be a whole number from 1 to 99, not '3'"),
        ("votes = 2", "votes must be odd"),
        ("votes = true", "a whole number"),
        ("concurrency = 0", "concurrency must be a whole number from 1 to 1024, not 0"),
        ("max_output_tokens = 500", "from 16000 to 1000000"),
        ('effort = "huge"', "one of '', 'none', 'minimal'"),
        ("facts = 1", "facts must be true or false, not 1"),
        ("timeout_s = nan", "from 0.001"),
        ("max_cost = -1", "from 0 to"),
        ('base_url = "ftp://x"', "an address that starts with http://"),
        ("prices = 5", "prices must be tables that give input"),
        ("prices.x.input = 1", "prices[...] must be tables that give input"),
        ('prices.x = {input = 1, output = "2"}', "prices[...].output must be"),
        ("api_key = 123456789", "api_key must be a text of plain characters"),
    ],
)
def test_a_wrong_value_names_file_setting_and_what_was_expected(
    tmp_path: Path, line: str, expected: str
) -> None:
    path = write(tmp_path, f"[judge]\n{line}\n")
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert str(path) in str(caught.value)
    assert expected in str(caught.value)
    assert "123456789" not in str(caught.value)


def test_variables_are_read_as_what_they_set(tmp_path: Path) -> None:
    chosen = load(
        PATCHJURY_VOTES="3",
        PATCHJURY_MAX_COST="2.5",
        PATCHJURY_BLIND="No",
        PATCHJURY_COLUMNS="agent, model",
        PATCHJURY_REVIEWER=" Ada ",
    )
    assert (chosen.judge.votes, chosen.judge.max_cost) == (3, 2.5)
    assert (chosen.review.blind, chosen.review.reviewer) == (False, "Ada")
    assert chosen.screen.columns == ("agent", "model")


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PATCHJURY_VOTES: votes must be a whole number"):
        load(PATCHJURY_VOTES="many")


def test_a_variable_that_sets_nothing_is_told() -> None:
    (problem,) = load(PATCHJURY_MODLE="x", PATCHJURY_BENCH_REPO="y", MODEL="z").problems
    assert problem.path == "PATCHJURY_MODLE"
    assert "PATCHJURY_MODEL?" in problem.reason


@pytest.mark.parametrize("content", [b"model = ", b"\xff\xfe", b"x" * (2 << 20)])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "patchjury.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"patchjury\.toml"):
        load(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "patchjury.toml")
    with pytest.raises(SettingsError, match="is not a regular file"):
        load(tmp_path)
    assert "is not a regular file" in load(tmp_path / "config", tmp_path).problems[0].reason


def test_the_users_file_is_in_the_config_folder() -> None:
    assert settings_file().parts[-2:] == ("patchjury", "patchjury.toml")
    write(settings_file().parent, '[review]\nreviewer = "Ada"\n')
    assert load_settings().review.reviewer == "Ada"


def test_the_users_file_may_be_a_link_and_a_strangers_may_not(tmp_path: Path) -> None:
    path = write(tmp_path / "dotfiles", "[review]\nblind = true\n")
    (tmp_path / "patchjury.toml").symlink_to(path)
    assert load(tmp_path).review.blind
    assert not load(tmp_path / "config", tmp_path).review.blind
