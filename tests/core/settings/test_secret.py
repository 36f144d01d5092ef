"""A key is given away by nothing."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import Secret, load_settings, remember

KEY = "sk-secret-0123456789"


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
    assert KEY not in f"{chosen} {chosen!r} {chosen.judge.api_key} {chosen.judge.api_key!r}"
    with pytest.raises(TypeError):
        pickle.dumps(chosen)
    with pytest.raises(TypeError):
        copy.deepcopy(chosen.judge.api_key)
    assert Secret(KEY).redact(f"x {KEY} y") == "x [key] y"
    assert Secret("").redact("x") == "x"


def test_a_key_is_never_remembered() -> None:
    with pytest.raises(SettingsError, match="api_key is not remembered"):
        remember(api_key=KEY)
