"""The face of the judge: modules that are there when they are asked for, and load no client."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import core.judge


def test_the_face_is_a_few_modules() -> None:
    assert set(core.judge.__all__) == core.judge._PLACES.keys()
    assert len(core.judge.__all__) < 10
    for name in core.judge.__all__:
        module = getattr(core.judge, name)
        assert isinstance(module, ModuleType) and module.__name__.startswith("core.judge.")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        core.judge.nothing  # noqa: B018


def test_nothing_of_it_loads_the_client_before_something_is_sent() -> None:
    code = (
        "import sys, core.judge; assert not any('core.judge.' in name for name in sys.modules);"
        "[getattr(core.judge, name) for name in core.judge.__all__];"
        "assert not {'openai', 'httpx2', 'core.judge.wire.client'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
