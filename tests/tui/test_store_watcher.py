"""Two sessions on one folder: what one stores the other shows, and a moved folder is reported."""

from __future__ import annotations

import subprocess
from pathlib import Path

from core.models import Outcome
from core.session import open_session
from tests.support.runs import build_runs
from tests.support.screen import press, running, screen_text, until
from tests.support.textual_private import notices


async def test_a_colleagues_verdict_is_shown_without_a_key(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    async with running(runs) as (app, pilot):
        hers = open_session(runs, reviewer="grace").triage
        key = hers.run_set.attempts[0].key
        assert "reviewed 0/" in screen_text(app)
        hers.decide(key, outcome=Outcome.FAILURE)
        hers.save()
        await until(pilot, lambda: "reviewed 1/" in screen_text(app), "her verdict is not shown")


async def test_a_repository_that_was_named_before_is_offered_again(tmp_path: Path) -> None:
    runs, engine = build_runs(tmp_path / "runs"), tmp_path / "engine"
    async with running(runs) as (app, _):
        assert notices(app) == []
    subprocess.run(["git", "init", "-q", engine], check=True)
    open_session(runs, repository=engine)
    async with running(runs) as (app, _):
        assert f"--repo {engine}" in "".join(notices(app))


async def test_a_store_that_moved_is_told_and_the_verdict_stays_to_be_saved(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    open_session(runs, reviewer="grace").triage.store.make_id()
    async with running(runs) as (app, pilot):
        (runs / ".patchjury").rename(tmp_path / "elsewhere")
        await until(pilot, lambda: "Put it back" in "".join(notices(app)), "it is not told")
        await press(pilot, "4")
        assert not (runs / ".patchjury").exists()
        screen = app.screen_stack[0]
        triage = screen.triage  # type: ignore[attr-defined]
        assert triage.progress().unsaved == 1
        (tmp_path / "elsewhere").rename(runs / ".patchjury")
        assert triage.save() == 1
    verdicts = open_session(runs, reviewer="ann").triage.store.load().verdicts
    assert sum(map(len, verdicts.values())) == 1
