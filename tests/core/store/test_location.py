"""Where the store is: beside the runs, where --db says, or in the user's data folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.store import Store, StoreLocation, locate_store
from tests.support.store_writer import verdict


def test_the_store_is_beside_the_runs_and_nothing_is_created(tmp_path: Path) -> None:
    assert locate_store(tmp_path) == StoreLocation(tmp_path / ".patchjury", "")
    assert os.listdir(tmp_path) == []


def test_an_existing_store_is_used_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    store = Store(tmp_path / ".patchjury")
    store.add_verdicts("abcd", [verdict("a")])
    before = sorted(tmp_path.rglob("*"))
    assert locate_store(tmp_path) == StoreLocation(tmp_path / ".patchjury", "")
    assert sorted(tmp_path.rglob("*")) == before


def test_an_attempts_file_has_its_store_beside_it(tmp_path: Path) -> None:
    attempts = tmp_path / "all_attempts.json"
    attempts.write_text("[]", encoding="utf-8")
    assert locate_store(attempts) == StoreLocation(tmp_path / ".patchjury", "")


def test_a_named_database_wins_and_the_note_says_so(tmp_path: Path) -> None:
    location = locate_store(tmp_path, tmp_path / "elsewhere")
    assert location.path == tmp_path / "elsewhere"
    assert str(tmp_path / "elsewhere") in location.note
    assert "--db" in location.note
    assert os.listdir(tmp_path) == []


def test_where_no_store_can_be_it_is_in_the_users_data_folder(tmp_path: Path) -> None:
    for runs in (tmp_path / "a" / "my runs \x1b[31m", tmp_path / "b" / "my runs \x1b[31m"):
        runs.mkdir(parents=True)
        (runs / ".patchjury").write_text("a file in the way", encoding="utf-8")
    first, second = (locate_store(path) for path in sorted(tmp_path.glob("*/*")))
    data = Path(os.environ["XDG_DATA_HOME"]) / "patchjury"
    assert first.path.parent == second.path.parent == data
    assert first.path != second.path
    assert first.path.name.startswith("my-runs-31m-")
    assert str(first.path) in first.note
    assert "cannot be written" in first.note
    assert not data.exists()
    Store(first.path).add_verdicts("abcd", [verdict("a")])
    assert list(Store(first.path).load().verdicts) == ["run/0"]


def test_the_place_in_the_data_folder_does_not_depend_on_how_the_runs_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / ".patchjury").write_text("a file in the way", encoding="utf-8")
    (tmp_path / "link").symlink_to(runs)
    monkeypatch.chdir(tmp_path)
    places = [locate_store(path).path for path in (runs, tmp_path / "link", Path("runs"))]
    assert len(set(places)) == 1
