"""What every trial has: a place to say what it did, printed at the end of the run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Report = Callable[[str], None]

_SAID = "said"


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Say in a line what the trial did, with its figures; it travels with the test's report."""
    name, said = request.node.name, request.node.user_properties

    def say(line: str) -> None:
        said.append((_SAID, f"{name}: {line}"))

    return say


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the trials said, those of other processes too."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
    ]
    lines = [line for report in reports for key, line in report.user_properties if key == _SAID]
    if lines:
        terminalreporter.section("what the trials did")
        for line in lines:
            terminalreporter.write_line(line)
