"""Fixtures of the tests of the core."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.checks.inputs import rules_here
from tests.core.checks.check_samples import Bench, build_repository, opened


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A repository with the base files of `check_samples`, and a human commit on it."""
    with pytest.MonkeyPatch.context() as patch:
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "A Tester")
            patch.setenv(f"GIT_{role}_EMAIL", "tester@example.org")
        folder = tmp_path_factory.mktemp("engine")
        made = Bench(folder, build_repository(folder))
    yield made
    opened(folder).close()


@pytest.fixture(autouse=True)
def _nothing_of_other_rules() -> Iterator[None]:
    """A test that changes the rules leaves no cached answer that depends on them."""
    yield
    rules_here.cache_clear()
