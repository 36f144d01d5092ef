"""What changes on disk while runs are open: what comes, goes and is written is named."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from core.readers import read_runs
from core.run_index import disk_changes
from core.run_index.disk_changes import DiskChanges, places
from tests.support.runs import SHAS, build_runs, write_attempt

RUN = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05"


def _later() -> int:
    return time.time_ns() + 10**9


def _settle(root: Path) -> None:
    """Long ago: what changes within one tick of a clock has the same time."""
    for path in root.rglob("*"):
        os.utime(path, (10**9, 10**9))


def test_attempts_that_come_and_go_and_files_that_are_written_are_named(tmp_path: Path) -> None:
    root = build_runs(tmp_path / "runs")
    records = root / "preds.jsonl"
    one = {"instance_id": "a__b-1", "model_name_or_path": "m", "model_patch": "+a"}
    records.write_text(json.dumps(one) + "\n")
    _settle(root)
    changes = DiskChanges(read_runs(root), _later())
    assert changes.look() == ()
    (root / ".patchjury").mkdir()  # the store, and what no reader looks at
    (root / "picture.png").write_bytes(b"")
    (root / f"{RUN}/item-0000/journal.json").write_text("{}")  # is read when it is shown
    assert changes.look() == ()
    (patch := root / f"{RUN}/item-0000/model_patch.diff").write_text("-a")
    rewritten = (f"{RUN}/item-0000/model_patch.diff",)
    assert changes.look() == rewritten
    patch.unlink()
    assert changes.look() == rewritten  # told once

    write_attempt(root, RUN.removeprefix("state/runs/") + "/new", SHAS[0], "+a")
    assert changes.look() == (*rewritten, RUN)
    records.write_text(json.dumps(one) * 2)
    (root / "more.json").write_text("[]")
    shutil.rmtree(root / "state/runs/repo")
    found = changes.look()
    assert {*rewritten, RUN, "preds.jsonl", "more.json", "state/runs"} <= set(found)
    assert not any(place.endswith(".diff") for place in found[1:])  # folders tell of their content
    assert changes.look() == found  # each is reported once, in order


def test_what_was_written_while_the_runs_were_read_counts(tmp_path: Path) -> None:
    root = build_runs(tmp_path / "runs")
    began = time.time_ns() - 10**12
    assert RUN in DiskChanges(read_runs(root), began).look()


def test_no_more_places_are_looked_at_than_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = build_runs(tmp_path / "runs")
    found = places(run_set := read_runs(root))
    assert str(root / RUN) in found
    assert str(root) not in found
    monkeypatch.setattr(disk_changes, "MOST", 2)
    _settle(root)
    changes = DiskChanges(run_set, _later())
    (root / f"{RUN}/new").mkdir()
    assert changes.look() == ()  # below what is looked at
    (root / "state/new").mkdir()
    assert changes.look() == ("state",)
