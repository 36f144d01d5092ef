"""What the screen can no longer read in the background is reported where it would be shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.runs import build_runs
from tests.support.screen import running, screen_after


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (("C",), "cannot read"),
        (("A",), "cannot read"),
        (("ampersand", "G", "enter"), "cannot read"),
    ],
)
async def test_what_cannot_be_read_any_more_is_told(
    keys: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    runs = build_runs(tmp_path / ("a long name of a folder " * 8).strip() / "runs")
    async with running(runs, (100, 30)) as (_, pilot):
        for patch in runs.rglob("model_patch.diff"):
            patch.unlink()
        text = await screen_after(pilot, *keys)
        assert told in text
        shown = "".join(line.strip(" │╭╰") for line in text.split("\n"))
        assert "model_patch.diff" in shown, "a long path is broken, not cut off"


async def test_a_log_that_is_gone_is_told_in_its_place(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    async with running(runs) as (_, pilot):
        for journal in runs.rglob("journal.json"):
            journal.unlink()
        assert "cannot read" in await screen_after(pilot, "O")
