"""The suite passes ten times in a row while every core is busy: two or three tests share each.

In every other round the screens paint sixty times a second, as in a terminal.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT
from tests.trials.conftest import Report
from tests.tui.conftest import ON_TIMERS

ROUNDS = int(os.environ.get("PATCHJURY_TRIAL_ROUNDS", "10"))
WORKERS = 2 * (os.cpu_count() or 1) + 1
"""Processes that run tests: more than any core can serve at once."""


@pytest.mark.timeout(4 * 3600)
def test_the_suite_passes_again_and_again(report: Report) -> None:
    seconds = []
    for number in range(1, ROUNDS + 1):
        painting = {ON_TIMERS: "1"} if number % 2 == 0 else {}
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-n", str(WORKERS)],
            cwd=ROOT,
            env=os.environ | painting,
            capture_output=True,
            text=True,
        )
        seconds.append(time.monotonic() - started)
        assert done.returncode == 0, f"round {number} of {ROUNDS}:\n{done.stdout[-4000:]}"
    report(f"{ROUNDS} rounds, {min(seconds):.0f} to {max(seconds):.0f} s each")
