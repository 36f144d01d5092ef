"""What was chosen before is offered again, and forgotten where it no longer fits."""

from __future__ import annotations

import json

import pytest

from core.errors import SettingsError
from core.places import state_folder
from core.settings import load_settings, remember
from core.settings.remembered import FILE_NAME


def test_choices_are_kept_one_beside_the_other() -> None:
    remember(theme="blue", model="gpt-6")
    remember(theme="red")
    chosen = load_settings()
    assert (chosen.screen.theme, chosen.judge.model) == ("red", "gpt-6")


def test_a_choice_that_does_not_fit_is_refused() -> None:
    with pytest.raises(SettingsError, match="layout must be one of"):
        remember(layout="upside down")


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "{", json.dumps({"screen.layout": 5, "judge.api_key": "k", "gone.name": 1})],
)
def test_what_no_longer_fits_is_forgotten(text: str) -> None:
    state_folder().mkdir(parents=True)
    (state_folder() / FILE_NAME).write_text(text)
    assert load_settings().origins == {}
    remember(theme="red")
    assert load_settings().origins == {"screen.theme": "chosen before"}


def test_a_state_folder_that_cannot_be_written_disturbs_nobody() -> None:
    state_folder().parent.mkdir(parents=True, exist_ok=True)
    state_folder().write_text("in the way")
    remember(theme="red")
    assert load_settings().screen.theme == ""
