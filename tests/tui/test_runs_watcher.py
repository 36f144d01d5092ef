"""The screen says that runs changed on disk since they were read, and what is an index's."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.run_index.asked import Asked
from tests.support.runs import SHAS, build_runs, write_attempt
from tests.support.screen import press, running, screen_after, screen_text, triage_screen, until
from tests.support.textual_private import notices


async def test_runs_that_change_while_they_are_open_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.work.runs_watcher.INTERVAL_S", 0.01)
    root = build_runs(tmp_path / "runs")
    async with running(root) as (app, pilot):
        session = triage_screen(app).session
        assert "index" not in await screen_after(pilot, "dollar_sign")
        await press(pilot, "escape")
        session.remembered = Asked(str(root))
        assert "everything else is from the index" in await screen_after(pilot, "dollar_sign")
        await press(pilot, "escape")
        write_attempt(root, "repo/another/gpt-5/2025-02-02_00-00-00/new", SHAS[0], "+a")
        await until(pilot, lambda: "runs changed on disk" in screen_text(app), "not told")
        named = lambda: any("state/runs/repo" in notice for notice in notices(app))  # noqa: E731
        await until(pilot, named, "not named")
