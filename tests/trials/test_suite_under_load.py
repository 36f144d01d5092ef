"""The suite passes ten times in a row while both cores are busy."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.trials.conftest import Report

ROUNDS = int(os.environ.get("PATCHJURY_TRIAL_ROUNDS", "10"))


@pytest.fixture
def busy_cores() -> Iterator[None]:
    """A process for each core that does nothing but keep it busy."""
    code = "while True: pass"
    others = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(os.cpu_count() or 1)]
    yield
    for other in others:
        other.kill()
        other.wait()


@pytest.mark.timeout(4 * 3600)
def test_the_suite_passes_again_and_again(busy_cores: None, report: Report) -> None:
    seconds = []
    for number in range(1, ROUNDS + 1):
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-n", "auto"], cwd=ROOT, capture_output=True, text=True
        )
        seconds.append(time.monotonic() - started)
        assert done.returncode == 0, f"round {number} of {ROUNDS}:\n{done.stdout[-4000:]}"
    report(f"{ROUNDS} rounds, {min(seconds):.0f} to {max(seconds):.0f} s each")
