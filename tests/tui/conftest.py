"""The screens of these tests have no terminal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.textual_private import no_terminal


@pytest.fixture(autouse=True)
def _no_terminal() -> Iterator[None]:
    with no_terminal():
        yield
