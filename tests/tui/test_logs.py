"""Logs on the screen: steps and errors by keys, folding, large ones, matches far to the right."""

from __future__ import annotations

import json
from pathlib import Path

from core.sources import FileText
from tests.support.runs import build_runs
from tests.support.screen import press, running, screen_after, screen_text, triage_screen, until
from tui.documents.log_document import LogDocument
from tui.documents.outline_document import json_outline
from tui.documents.read_logs import PAGED_FROM, read_logs, readable

ITEM = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"


def write_trajectory(runs: Path) -> None:
    long = "\n".join(f"line {number}" for number in range(40))
    steps = [
        {"thought": "First I look", "action": "ls", "observation": long},
        {"thought": "Then", "action": "make", "observation": "Traceback (most recent call last):"},
        {"thought": "At last", "action": "submit", "observation": " " * 1500 + "needle"},
    ]
    (runs / ITEM / "trajectory.json").write_text(json.dumps({"trajectory": steps}), "utf-8")


async def test_steps_errors_folds_and_a_match_far_to_the_right(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    write_trajectory(runs)
    async with running(runs, (160, 60)) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        text = await screen_after(pilot, "O", "tab")
        for wanted in ("SWE-agent: 3 steps", "First I look", "▸ make", "⋯ 40 more lines"):
            assert wanted in text, wanted
        assert "line 39" not in text
        await press(pilot, "g", "i")
        assert "2 · agent · error" in view.document.text_of(view.row)
        await press(pilot, "right_square_bracket")
        assert "3 · agent" in view.document.text_of(view.row)
        await press(pilot, "left_square_bracket", "left_square_bracket", "j", "j", "j", "enter")
        assert "line 3" in screen_text(app) and "more lines" not in screen_text(app)
        await press(pilot, "enter", "g")
        await press(pilot, "slash", *"needle", "enter")
        await until(pilot, lambda: "1 of 1" in screen_text(app), "nothing was found")
        assert "needle" in screen_text(app).split("╭─ Evidence")[0].replace("/needle", "")
        await press(pilot, "w")
        await press(pilot, "g", "full_stop")
        shown = [line for line in screen_text(app).split("\n") if "needle" in line]
        assert any("/needle" not in line for line in shown)


async def test_a_folded_match_is_opened(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    write_trajectory(runs)
    async with running(runs, (160, 60)) as (app, pilot):
        await press(pilot, "O", "tab", "slash", *"line 39", "enter")
        await until(pilot, lambda: "1 of 1" in screen_text(app), "nothing was found")
        view = triage_screen(app).attempt_pane.document_view
        assert view.document.text_of(view.row).strip() == "line 39"


def test_unknown_json_is_pretty_and_folds() -> None:
    document = json_outline({"a": {"b": list(range(40))}, "c": 1})
    assert [document.text_of(row).strip() for row in range(len(document))] == (
        ["{", '"a": {', '"b": [', "]", "},", '"c": 1', "}"]
    )
    assert "40 more lines" in document.draw(2, 60, 0).plain
    opened = document.folded(2)
    assert opened is not None and len(opened) == 47 and opened.folded(5) is None
    folded = document.folded(1)
    assert folded is not None and len(folded) == 5


def test_a_text_that_only_looks_like_json_is_a_text() -> None:
    for text in ("{ not json", "plain\nlines", "[" * 50_000):
        assert readable(text).text_of(0) == text.split("\n")[0]


def test_a_very_large_log_comes_at_once_and_then_whole(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    with path.open("wb") as file:
        file.truncate(PAGED_FROM)
        file.seek(0, 2)
        file.write(b"\nneedle\n")
    documents = list(read_logs([FileText(str(path))], "none", lambda: False))
    first, whole = documents
    assert isinstance(whole, LogDocument) and len(first) < len(whole)
    assert list(whole.find("needle", lambda: False)) == [2]
