"""What every trial has: a place to say what it did, printed at the end of the run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Report = Callable[[str], None]

_LINES = pytest.StashKey[list[str]]()


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Say in a line what the trial did, with its figures."""
    lines = request.config.stash.setdefault(_LINES, [])
    name = request.node.name

    def say(line: str) -> None:
        lines.append(f"{name}: {line}")

    return say


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print what the trials said."""
    lines = config.stash.get(_LINES, [])
    if lines:
        terminalreporter.section("what the trials did")
        for line in lines:
            terminalreporter.write_line(line)
