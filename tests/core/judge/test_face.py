"""The face of the judge: every name is there, and none loads the client before it is used."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import core.judge
from core.judge import _MODULES


def test_every_name_is_found_in_its_room() -> None:
    assert set(core.judge.__all__) == _MODULES.keys()
    for name, module in _MODULES.items():
        assert getattr(core.judge, name) is getattr(import_module(f"core.judge.{module}"), name)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        core.judge.nothing  # noqa: B018


def test_reading_what_a_run_tells_loads_no_client() -> None:
    code = (
        "import sys; from core.judge import Finished, current_rubric, find_totals, propose;"
        "assert not {'openai', 'httpx2', 'core.judge.wire.client'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
