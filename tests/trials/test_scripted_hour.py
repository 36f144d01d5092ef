"""An hour at the keyboard, typed on a real terminal: three reviewers, 300 attempts, two kills.

What each reviewer was told was recorded, and saw there for half a second, is in the store and in
the export: nothing more, nothing less, on no other attempt.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from benchmarks.made_runs import write_run_set
from benchmarks.terminal import Terminal
from tests.trials.conftest import Report

ATTEMPTS = 300
PACE_S = 0.35
"""Seconds between two verdict keys: a person who is in a great hurry."""

SAID = re.compile(
    r"[0-9a-f]{8} trae [0-9: -]+/(\d{5}): . (true success|partial success|false positive)"
)
TAKEN_BACK = re.compile(r"trae [0-9: -]+/(\d{5}): taken back")


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "tui.cli", *words]


class Reviewer:
    """Types verdicts, and remembers what the last line said of each attempt."""

    def __init__(self, name: str, runs: Path, keys: Iterator[str]) -> None:
        self.name = name
        self.said: dict[str, str] = {}
        self._runs = runs
        self._keys = keys

    def work(self, presses: int, *, kill: bool) -> None:
        """Open the runs, type so many keys, and quit, or be killed."""
        reviewer = {**os.environ, "PATCHJURY_REVIEWER": self.name}
        with Terminal(
            command("open", str(self._runs), "--no-checks"), (160, 48), reviewer
        ) as terminal:
            terminal.wait_for("attempt ")
            terminal.drain(1.0)
            for number in range(presses):
                key = "u" if number % 23 == 22 else next(self._keys)
                terminal.press(key)
                time.sleep(PACE_S)
                self._hear(terminal.drain(0.05, at_most=1.0))
            self._hear(terminal.drain(0.5))
            if not kill:
                terminal.press("q")
                with suppress(OSError):  # the terminal is gone once the app has left
                    self._hear(terminal.drain(1.0, at_most=5.0))

    def _hear(self, text: str) -> None:
        for item, outcome in SAID.findall(text):
            self.said[item] = outcome.replace(" ", "_")
        for item in TAKEN_BACK.findall(text):
            self.said.pop(item, None)


def keys(order: str) -> Iterator[str]:
    while True:
        yield from order


def exported(runs: Path, reviewer: str) -> dict[str, str]:
    """What an export says that a reviewer decided, by item."""
    path = runs.parent / "export.json"
    words = ("export", str(runs), "--to", str(path), "--force")
    done = subprocess.run(command(*words), capture_output=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = {}
    for attempt in json.loads(path.read_text("utf-8"))["attempts"]:
        for verdict in attempt["verdicts"]:
            if verdict["reviewer"] == reviewer and verdict["outcome"] != "undecided":
                found[attempt["key"].rsplit("-", 1)[-1]] = verdict["outcome"]
    return found


def test_what_three_reviewers_typed_is_what_is_exported(tmp_path: Path, report: Report) -> None:
    runs = write_run_set(tmp_path / "runs", ATTEMPTS)
    ann = Reviewer("ann", runs, keys("1123"))
    bob = Reviewer("bob", runs, keys("31"))
    cy = Reviewer("cy", runs, keys("2"))
    ann.work(120, kill=True)
    bob.work(60, kill=False)
    ann.work(100, kill=True)
    cy.work(60, kill=False)
    ann.work(100, kill=False)
    for reviewer in (ann, bob, cy):
        assert reviewer.said and exported(runs, reviewer.name) == reviewer.said, reviewer.name
    counts = ", ".join(f"{one.name} {len(one.said)}" for one in (ann, bob, cy))
    report(f"{counts} decided; two kills; exports equal what was typed")
