"""The background checks: they start by themselves, and what they find is shown at its line."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.checks.pipeline import Checked, check_runs
from core.session import open_session
from core.store import Store
from tests.support.runs import (
    BASE,
    HUMAN,
    SHAS,
    build_runs,
    unified,
    write_attempt,
    write_commit,
)
from tests.support.screen import (
    checks_over,
    press,
    running,
    screen_after,
    screen_text,
    settled,
    triage_screen,
    until,
)
from tui.app import PatchjuryApp
from tui.screens.redrawing import Redrawing
from tui.widgets.seen import Seen
from tui.work.check_runner import CheckRunner

pytestmark = pytest.mark.usefixtures("quick_checks")

PATH = "repo/codex/m/2025-01-02_03-04-05/item-0"


def build(root: Path) -> Path:
    hidden = BASE.replace("value_30 = 30\n", "value_30 = '\u202e'\n")
    write_commit(root / "commits", SHAS[0], "One", unified(BASE, HUMAN), ["engine/core.py"])
    write_attempt(root, PATH, SHAS[0], unified(BASE, hidden), returncode=1)
    return root


async def test_findings_are_listed_marked_at_their_line_and_jumped_to(tmp_path: Path) -> None:
    runs = build(tmp_path / "runs")
    app = PatchjuryApp(open_session(runs, reviewer="ann"))
    async with app.run_test(size=(160, 48)) as pilot:
        screen = triage_screen(app)
        await checks_over(app, pilot)
        await settled(pilot)
        assert "patch.hidden-unicode" in screen_text(app)  # below its line
        assert "run.nonzero-return" in await screen_after(pilot, "tab", "tab", "G")
        await press(pilot, "g")
        while screen.query_one("#evidence").place is None:  # type: ignore[attr-defined]
            await press(pilot, "j")
        await press(pilot, "enter")
        place = screen.attempt_pane.document_view.place
        assert place is not None and (place.file, place.line) == ("engine/core.py", 30)
        assert app.focused is screen.attempt_pane.document_view
    facts = Store(runs / ".patchjury").facts(SHAS[0])
    stored = [r for r in facts if r.attempt == f"state/runs/{PATH}" and r.family == "patch"]
    assert any(f.rule == "patch.hidden-unicode" for r in stored for f in r.findings)


async def test_the_checks_run_once_and_then_the_screen_is_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = build(tmp_path / "runs")
    counted: Counter[str] = Counter()
    for owner, name in ((CheckRunner, "start"), (Redrawing, "now")):
        usual = getattr(owner, name)

        def counting(*given: object, of: str = name, usual: Any = usual) -> None:
            counted[of] += 1
            usual(*given)

        monkeypatch.setattr(owner, name, counting)
    app = PatchjuryApp(open_session(runs, reviewer="ann"))
    async with app.run_test(size=(160, 48)) as pilot:
        await checks_over(app, pilot)
        await until(pilot, lambda: counted["now"], "the report was not drawn")
        before = dict(counted)
        await settled(pilot)
        assert counted == before
    assert counted["start"] == 1
    monkeypatch.undo()
    without = PatchjuryApp(open_session(runs, reviewer="ann"), checks=False)
    async with without.run_test(size=(160, 48)) as pilot:
        await checks_over(without, pilot)
        assert "check reports" not in screen_text(without), "all that is stored holds"
        shutil.rmtree(runs / ".patchjury" / "checks")
    without = PatchjuryApp(open_session(runs, reviewer="ann"), checks=False)
    async with without.run_test(size=(160, 48)) as pilot:
        none = lambda: "check reports: 0 hold, 0 stale, 1 none" in screen_text(without)  # noqa: E731
        await until(pilot, none, "that there are no facts is not said")


async def test_checks_yield_to_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    priorities: set[int] = set()

    def watched(*given: Any, **options: Any) -> Iterator[Checked]:
        for one in check_runs(*given, **options):
            ids = [child.pid for child in multiprocessing.active_children() if child.pid]
            priorities.update(os.getpriority(os.PRIO_PROCESS, number) for number in ids)
            yield one

    monkeypatch.setattr("core.checks.pipeline.check_runs", watched)
    app = PatchjuryApp(open_session(build(tmp_path / "runs"), reviewer="ann"))
    async with app.run_test(size=(160, 48)) as pilot:
        await checks_over(app, pilot)
    assert priorities
    assert min(priorities) > os.getpriority(os.PRIO_PROCESS, 0)


async def test_leaving_while_checks_run_is_quick_and_loses_no_verdict(tmp_path: Path) -> None:
    runs = build(tmp_path / "runs")
    app = PatchjuryApp(open_session(runs, reviewer="ann"), seen=Seen(dwell_s=0))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "3")
        await pilot.press("q")
    verdicts = Store(runs / ".patchjury").load().verdicts[f"state/runs/{PATH}"]
    assert [verdict.outcome.value for verdict in verdicts] == ["false_positive"]


async def test_a_found_bundle_that_cannot_be_read_leaves_the_other_checks(tmp_path: Path) -> None:
    runs = build(tmp_path / "runs")
    (runs / "engine.bundle").write_bytes(b"no bundle at all")
    app = PatchjuryApp(open_session(runs, reviewer="ann"))
    async with app.run_test(size=(160, 48)) as pilot:
        known = triage_screen(app).triage
        await checks_over(app, pilot)
        report = known.assessment(f"state/runs/{PATH}").report
    assert report is not None and report.measures.get("applies") is None
    assert any(finding.rule == "patch.hidden-unicode" for finding in report.findings)


async def test_without_checks_the_header_says_that_facts_are_missing(tmp_path: Path) -> None:
    root = build_runs(tmp_path / "runs")
    async with running(root, size=(240, 48)) as (app, pilot):
        counts = "check reports: 0 hold, 0 stale, 5 none"
        await until(pilot, lambda: counts in screen_text(app), "the header says nothing")
