"""A stop from outside at any moment of a picture: the screen goes on when it is continued."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.support.command import OnTerminal
from tests.support.runs import build_runs
from tests.trials.conftest import Report

STOPS = 150
"""Where a signal met the lock of the writer's queue, one in about 50 stops was the last."""


@pytest.mark.parametrize("how", ["SIGTSTP", "SIGSTOP"])
def test_it_goes_on_after_every_stop(how: str, tmp_path: Path, report: Report) -> None:
    runs = build_runs(tmp_path / "runs")
    with OnTerminal("open", runs, "--no-checks", fresh=True) as terminal:
        terminal.wait_for("Attempts")
        for number in range(STOPS):
            terminal.press("><" * 3)
            time.sleep(number % 17 * 0.003)
            terminal.signal(getattr(signal, how))
            terminal.wait_until_stopped()
            terminal.signal(signal.SIGCONT)
            terminal.wait_for("Attempts")
        terminal.press("q")
        assert terminal.exit_code() == 0
    report(f"continued after {STOPS} stops")
