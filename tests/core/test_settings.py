"""Settings: which source wins, what a runs folder may not set, and what is said about mistakes."""

from __future__ import annotations

import copy
import os
import pickle
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import Price, Secret, load_settings

KEY = "sk-secret-0123456789"


def write(folder: Path, text: str) -> Path:
    """A settings file in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "patchjury.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_files_the_defaults_hold(tmp_path: Path) -> None:
    chosen = load_settings(tmp_path, environment={}, config_folder=tmp_path / "config")
    assert (chosen.model, chosen.votes, chosen.max_output_tokens >= 16_000) == ("gpt-5", 1, True)
    assert chosen.problems == ()
    assert not chosen.api_key


def test_the_later_source_wins(tmp_path: Path) -> None:
    runs, config = tmp_path / "runs", tmp_path / "config"
    write(runs, '[judge]\nmodel = "a"\neffort = "low"\nvotes = 3\nconcurrency = 2\n')
    path = write(config, '[judge]\nmodel = "b"\neffort = "high"\nvotes = 5\n')
    environment = {"PATCHJURY_MODEL": "c", "PATCHJURY_EFFORT": "minimal", "PATCHJURY_FACTS": "yes"}
    overrides = {"model": "d", "votes": None}
    chosen = load_settings(runs, overrides=overrides, environment=environment, config_folder=config)
    assert (chosen.model, chosen.effort, chosen.votes) == ("d", "minimal", 5)
    assert (chosen.concurrency, chosen.facts) == (2, True)
    assert chosen.origins["model"] == "command line"
    assert chosen.origins["effort"] == "PATCHJURY_EFFORT"
    assert chosen.origins["votes"] == str(path)


@pytest.mark.parametrize(
    "line",
    [
        'base_url = "https://evil.example"',
        f'api_key = "{KEY}"',
        "max_cost = 1000000.0",
        'service_tier = "priority"',
        'db = "/etc"',
    ],
)
@pytest.mark.parametrize("table", ["[judge]\n", ""])
def test_a_runs_folder_may_not_set_server_key_money_or_path(
    tmp_path: Path, line: str, table: str
) -> None:
    path = write(tmp_path, f'{table}{line}\nmodel = "mine"\n')
    chosen = load_settings(tmp_path, environment={}, config_folder=tmp_path / "config")
    plain = load_settings(None, environment={}, config_folder=tmp_path / "config")
    assert chosen.model == "mine"
    for name in ("base_url", "max_cost", "service_tier", "prices"):
        assert getattr(chosen, name) == getattr(plain, name)
    assert not chosen.api_key
    (problem,) = chosen.problems
    assert problem.path == str(path)
    assert line.split(" ")[0] in problem.reason
    assert "may not" in problem.reason
    assert KEY not in problem.reason


def test_prices_of_a_runs_folder_are_spending(tmp_path: Path) -> None:
    write(tmp_path, '[prices."gpt-5"]\ninput = 0\noutput = 0\n')
    chosen = load_settings(tmp_path, environment={}, config_folder=tmp_path / "config")
    assert chosen.prices == {}
    assert len(chosen.problems) == 1


def test_the_user_sets_key_server_and_prices(tmp_path: Path) -> None:
    text = f'[judge]\napi_key = "{KEY}"\nbase_url = "http://localhost:1/v1/"\n'
    write(tmp_path, text + '[prices."my-model"]\ninput = 1\noutput = 2.5\n')
    chosen = load_settings(None, environment={}, config_folder=tmp_path)
    assert chosen.api_key.reveal() == KEY
    assert chosen.base_url == "http://localhost:1/v1"
    assert chosen.prices == {"my-model": Price(1.0, 2.5)}
    environment = {"OPENAI_API_KEY": "other"}
    again = load_settings(None, environment=environment, config_folder=tmp_path)
    assert again.api_key.reveal() == "other"


def test_an_unknown_key_is_named_with_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, "[judge]\nmodle = 1\n[colours]\nred = 1\n")
    chosen = load_settings(tmp_path, environment={}, config_folder=tmp_path / "config")
    assert [(p.path, p.reason) for p in chosen.problems] == [
        (str(path), "unknown setting 'modle'"),
        (str(path), "unknown setting 'colours'"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("model = 5", "a text"),
        ('votes = "3"', "a whole number"),
        ("votes = 2", "odd"),
        ("votes = true", "a whole number"),
        ("concurrency = 0", "from 1 to"),
        ("max_output_tokens = 500", "from 16000"),
        ('effort = "huge"', "'medium'"),
        ("facts = 1", "true or false"),
        ("timeout_s = nan", "from"),
    ],
)
def test_a_wrong_value_names_file_key_and_what_was_expected(
    tmp_path: Path, line: str, expected: str
) -> None:
    path = write(tmp_path, f"[judge]\n{line}\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, environment={}, config_folder=tmp_path / "config")
    for part in (str(path), line.split(" ")[0], expected):
        assert part in str(caught.value)


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PATCHJURY_VOTES: votes must be a whole number"):
        load_settings(None, environment={"PATCHJURY_VOTES": "many"}, config_folder=tmp_path)


@pytest.mark.parametrize("content", [b"model = ", b"\xff\xfe", b"x" * (2 << 20)])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "patchjury.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"patchjury\.toml"):
        load_settings(tmp_path, environment={}, config_folder=tmp_path / "config")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "patchjury.toml")
    with pytest.raises(SettingsError, match="is not a file"):
        load_settings(tmp_path, environment={}, config_folder=tmp_path / "config")


@pytest.mark.parametrize("key", ["sk-\u00e9", "two words", "line\nbreak", "   "])
def test_a_key_that_no_header_can_hold_is_refused_without_repeating_it(
    tmp_path: Path, key: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(None, environment={"OPENAI_API_KEY": key}, config_folder=tmp_path)
    assert "OPENAI_API_KEY" in str(caught.value)
    assert key.strip() == "" or key not in str(caught.value)


def test_a_secret_shows_nowhere(tmp_path: Path) -> None:
    environment = {"OPENAI_API_KEY": KEY}
    chosen = load_settings(None, environment=environment, config_folder=tmp_path)
    assert KEY not in f"{chosen} {chosen!r} {chosen.api_key} {chosen.api_key!r}"
    with pytest.raises(TypeError):
        pickle.dumps(chosen)
    with pytest.raises(TypeError):
        copy.deepcopy(chosen.api_key)
    assert Secret(KEY).redact(f"x {KEY} y") == "x [key] y"
    assert Secret("").redact("x") == "x"


def test_a_wrong_key_is_not_repeated_in_the_error(tmp_path: Path) -> None:
    write(tmp_path, "[judge]\napi_key = 123456789\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(None, environment={}, config_folder=tmp_path)
    assert "123456789" not in str(caught.value)
