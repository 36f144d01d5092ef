"""Marks of what was seen: each reviewer's own, there again, and no trouble where they cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import StoreError
from core.places import state_folder
from core.triage.seen_changes import FOLDER, SeenChanges


def test_marks_are_each_reviewers_own_and_kept(tmp_path: Path) -> None:
    changes = SeenChanges(tmp_path)
    assert changes.turn("ada", "d1") and changes.turn("ada", "d2") and not changes.turn("ada", "d2")
    again = SeenChanges(tmp_path)
    assert (again.of("ada"), again.of("bo")) == (frozenset({"d1"}), frozenset())
    assert SeenChanges(tmp_path / "other").of("ada") == frozenset()


@pytest.mark.parametrize("text", ["", "{", '{"a": 1}', "[1, null]"])
def test_a_damaged_file_is_no_marks(tmp_path: Path, text: str) -> None:
    SeenChanges(tmp_path).turn("ada", "d1")
    (path,) = (state_folder() / FOLDER).iterdir()
    path.write_text(text)
    assert SeenChanges(tmp_path).of("ada") == frozenset()


def test_where_nothing_can_be_kept_marks_hold_while_it_runs(tmp_path: Path) -> None:
    state_folder().parent.mkdir(parents=True, exist_ok=True)
    state_folder().write_text("no folder")
    changes = SeenChanges(tmp_path)
    with pytest.raises(StoreError, match="cannot be saved"):
        changes.turn("ada", "d1")
    assert changes.of("ada") == {"d1"}
