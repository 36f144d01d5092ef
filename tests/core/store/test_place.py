"""A store's folder that moves while it is open, and links planted in it: nothing goes elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import StoreError
from core.models import Criteria, FamilyReport
from core.store import Store, StoreMovedError, locate_store
from tests.support.store_writer import verdict

SHA = "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A runs folder."""
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its content, but for locks."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


@pytest.mark.parametrize("moved", ["runs", "runs/.patchjury"])
@pytest.mark.parametrize("after", ["renamed", "deleted", "replaced"])
def test_a_store_that_moved_while_open_is_noticed_and_nothing_is_written(
    runs: Path, tmp_path: Path, moved: str, after: str
) -> None:
    store = Store(runs / ".patchjury")
    store.add_verdicts(SHA, [verdict("a")])
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / moved).rename(elsewhere)
    if after == "deleted":
        shutil.rmtree(elsewhere)
    if after == "replaced":
        shutil.copytree(elsewhere, tmp_path / moved)
    before = snapshot(tmp_path)
    with pytest.raises(StoreMovedError, match="is no longer the same folder") as raised:
        store.add_verdicts(SHA, [verdict("b")])
    assert "save again" in raised.value.hint
    assert snapshot(tmp_path) == before
    assert "is no longer the same folder" in store.load().problems[0].reason


@pytest.mark.parametrize("made", [Path.mkdir, Path.touch])
def test_what_is_made_in_the_place_of_a_deleted_store_never_passes_for_it(
    runs: Path, made: Callable[[Path], None]
) -> None:
    """Most file systems give a deleted folder's number to whatever is made next."""
    store = Store(runs / ".patchjury")
    store.add_verdicts(SHA, [verdict("a")])
    shutil.rmtree(runs / ".patchjury")
    made(runs / ".patchjury")
    before = snapshot(runs)
    with pytest.raises(StoreMovedError):
        store.add_verdicts(SHA, [verdict("b")])
    assert snapshot(runs) == before


@pytest.mark.parametrize("after", ["renamed", "replaced"])
def test_runs_that_moved_before_anything_was_stored_are_noticed(
    runs: Path, tmp_path: Path, after: str
) -> None:
    store = Store(runs / ".patchjury")
    runs.rename(tmp_path / "elsewhere")
    if after == "replaced":
        runs.mkdir()
    with pytest.raises(StoreMovedError):
        store.add_verdicts(SHA, [verdict("a")])
    assert snapshot(tmp_path) == {}


def test_a_verdict_that_found_no_store_is_saved_when_the_store_is_back(
    runs: Path, tmp_path: Path
) -> None:
    store = Store(runs / ".patchjury")
    store.add_verdicts(SHA, [verdict("a")])
    runs.rename(tmp_path / "elsewhere")
    with pytest.raises(StoreMovedError):
        store.add_verdicts(SHA, [verdict("b")])
    (tmp_path / "elsewhere").rename(runs)
    assert store.add_verdicts(SHA, [verdict("b")]) == 1
    assert len(store.load().verdicts["run/0"]) == 2


def write_everything(store: Store) -> list[str]:
    """Use every way to write; returns what was refused."""
    refused = []
    for write in (
        lambda: store.add_verdicts(SHA, [verdict("new")]),
        lambda: store.add_facts(SHA, [FamilyReport("run/0", "patch", {}, Criteria())]),
        lambda: store.append_lines("ledger.jsonl", ["x"]),
        lambda: store.note_line("ledger.jsonl", "x"),
        lambda: store.put_text("batches/a.json", "x"),
    ):
        try:
            write()
        except StoreError as error:
            refused.append(str(error))
    return refused


@pytest.mark.parametrize(
    "part",
    [
        ".patchjury",
        ".patchjury/commits",
        ".patchjury/checks",
        ".patchjury/batches",
        f".patchjury/commits/{SHA}.jsonl",
        f".patchjury/checks/{SHA}.jsonl",
        ".patchjury/commits/.lock",
        ".patchjury/ledger.jsonl",
        ".patchjury/store.jsonl",
        ".patchjury/.gitignore",
        ".patchjury/batches/a.json",
        ".patchjury/batches/.write.tmp",
    ],
)
def test_no_part_of_the_store_may_be_a_link_that_leads_elsewhere(
    runs: Path, tmp_path: Path, part: str
) -> None:
    treasure = tmp_path / "treasure"
    is_folder = part.endswith(("patchjury", "commits", "checks", "batches"))
    if is_folder:
        treasure.mkdir()
    else:
        treasure.write_text("mine", encoding="utf-8")
    link = runs / part
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(treasure)
    refused = write_everything(Store(runs / ".patchjury"))
    harmless = link.name in (".gitignore", ".write.tmp", "a.json")  # never opened, or recreated
    assert harmless or any("leads elsewhere" in error for error in refused)
    assert list(treasure.iterdir()) == [] if is_folder else treasure.read_text() == "mine"


def test_a_link_in_place_of_the_store_is_not_read_and_not_used(runs: Path, tmp_path: Path) -> None:
    Store(tmp_path / "other" / ".patchjury").add_verdicts(SHA, [verdict("a")])
    (runs / ".patchjury").symlink_to(tmp_path / "other" / ".patchjury")
    contents = Store(runs / ".patchjury").load()
    assert contents.verdicts == {}
    assert "link" in contents.problems[0].reason
    location = locate_store(runs)
    assert not location.path.is_relative_to(tmp_path)
    assert "link" in location.note


def test_a_database_that_is_named_may_be_a_link_of_ones_own(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "big disk").mkdir()
    (tmp_path / "db").symlink_to(tmp_path / "big disk")
    store = Store(locate_store(runs, tmp_path / "db").path)
    assert store.add_verdicts(SHA, [verdict("a")]) == 1
    assert (tmp_path / "big disk" / "commits").is_dir()


def test_what_a_crash_left_is_gone_after_the_next_write(runs: Path) -> None:
    store = Store(runs / ".patchjury")
    store.put_text("batches/a.json", "x")
    (store.folder / "batches" / ".write.tmp").write_text("half", encoding="utf-8")
    store.put_text("batches/a.json", "y")
    assert os.listdir(store.folder / "batches") == ["a.json"]
