"""The screens of these tests have no terminal; with `ON_TIMERS` set they paint as if they had."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from tests.support.textual_private import no_terminal

ON_TIMERS = "PAINT_ON_TIMERS"
"""The variable that half the rounds of `tests/trials/test_suite_under_load.py` set."""


@pytest.fixture(autouse=True)
def _no_terminal() -> Iterator[None]:
    with nullcontext() if ON_TIMERS in os.environ else no_terminal():
        yield
