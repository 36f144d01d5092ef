"""An index fits or is none: of these runs, by these readers, whole."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from core.files import UnusableError
from core.places import cache_folder
from core.readers import read_runs
from core.run_index import index_file
from core.run_index.asked import Asked
from core.run_index.index_file import Index, find_index, write_index
from core.run_index.messages import pack
from core.run_index.set_rows import RowWriter
from core.run_index.stamps import read_stamps
from tests.support.runs import build_runs


def _indexed(root: Path) -> tuple[Asked, Index]:
    asked = Asked(str(root))
    rows = map(pack, RowWriter().whole(read_runs(root)))
    own = write_index(asked, rows, read_stamps(asked.places, time.time_ns()))
    index = find_index(asked)
    assert index is not None
    assert index.id == own
    return asked, index


def test_an_index_is_found_again_and_holds_no_text(tmp_path: Path) -> None:
    asked, index = _indexed(build_runs(tmp_path / "runs"))
    assert len(list(index.messages())) == 3
    assert str(tmp_path / "runs") in index.stamps()
    data = index.path.read_bytes()
    assert b"value_10" not in data  # of a patch
    assert b"faster" in data  # a subject
    assert index.path.stat().st_mode & 0o077 == 0
    assert find_index(Asked(str(tmp_path / "other"))) is None
    assert find_index(Asked(asked.root, commits=("/commits",))) is None


def test_one_of_other_runs_or_other_readers_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, index = _indexed(build_runs(tmp_path / "runs"))
    other = Asked(str(tmp_path / "other"))
    index.path.rename(index.path.with_name(f"{other.id}.index"))
    assert find_index(other) is None
    _indexed(tmp_path / "runs")
    monkeypatch.setattr(index_file, "FORMAT", 2)
    assert find_index(asked) is None


def test_a_damaged_one_is_none(tmp_path: Path) -> None:
    asked, index = _indexed(build_runs(tmp_path / "runs"))
    whole = index.path.read_bytes()
    for cut in (0, 5, 40, len(whole) // 2, len(whole) - 1):
        index.path.write_bytes(whole[:cut])
        assert find_index(asked) is None, cut
    index.path.write_bytes(whole[:20] + b"\xff" * 200 + whole[220:])
    assert find_index(asked) is None
    at = len(whole) // 2
    index.path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    found = find_index(asked)  # its head is sound
    assert found is not None
    with pytest.raises(UnusableError, match="damaged"):
        list(found.messages())
        found.stamps()


def test_where_none_can_be_kept_there_is_none(tmp_path: Path) -> None:
    root = build_runs(tmp_path / "runs")
    cache_folder().parent.mkdir(parents=True)
    cache_folder().write_text("a file where the folder should be")
    assert write_index(Asked(str(root)), [], {}) == ""
    assert find_index(Asked(str(root))) is None


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    for number in range(25):
        asked = Asked(str(tmp_path / str(number)))
        write_index(asked, [], {})
        index = find_index(asked)
        assert index is not None
        os.utime(index.path, ns=(number, number))
    assert len(list((cache_folder() / "runs").iterdir())) == 20
    assert find_index(Asked(str(tmp_path / "24"))) is not None
    assert find_index(Asked(str(tmp_path / "0"))) is None


def test_what_a_killed_process_left_is_taken_away_later(tmp_path: Path) -> None:
    _, index = _indexed(build_runs(tmp_path / "runs"))
    old, new = (index.path.with_name(f".{name}.tmp") for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(index.path.read_bytes()[:100])
    os.utime(old, (10**9, 10**9))
    _indexed(tmp_path / "runs")
    assert not old.exists()
    assert new.exists()  # somebody may be writing it
