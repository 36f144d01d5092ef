"""A session sees what others store, and that the store moved away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.models import Judgement, JudgementState
from core.store import Store, StoreMovedError
from core.store.watch import INTERVAL_S
from tests.conftest import ROOT
from tests.support.store_writer import verdict

SHA = "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"
OTHER = "0ec82edda59aaf5cf3b07aadf4ecce1aa1131add"


def test_nothing_new_is_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    store.load()
    assert store.watch().changes() is None
    store.add_verdicts(SHA, [verdict("a")])
    store.load()
    assert store.watch().changes() is None


def test_what_a_colleague_stores_is_seen_once(tmp_path: Path) -> None:
    mine, hers = Store(tmp_path / "db"), Store(tmp_path / "db")
    mine.add_verdicts(SHA, [verdict("mine")])
    mine.load()
    watch = mine.watch()
    hers.add_verdicts(SHA, [verdict("hers")])
    hers.add_judgements(OTHER, [Judgement("j", "run/1", JudgementState.REFUSED)])
    changes = watch.changes()
    assert changes is not None
    assert {v.id for v in changes.verdicts["run/0"]} == {"vmine", "vhers"}
    assert list(changes.judgements) == ["run/1"]
    assert watch.changes() is None
    hers.add_verdicts(SHA, [verdict("more")])
    assert watch.changes() is not None


def test_what_was_stored_between_loading_and_watching_is_seen(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    store.load()
    Store(tmp_path / "db").add_verdicts(SHA, [verdict("a")])
    assert store.watch().changes() is not None


def test_another_processs_verdict_is_seen_within_two_seconds(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    store.load()
    watch = store.watch()
    command = [sys.executable, "-m", "tests.support.store_writer", "write", tmp_path / "db"]
    subprocess.run([*map(str, command), "0", "1", "1"], cwd=ROOT, check=True)
    assert watch.changes() is not None, "the next look finds it"
    assert INTERVAL_S < 2


def test_a_torn_line_of_a_colleague_is_told(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    store.add_verdicts(SHA, [verdict("a")])
    store.load()
    watch = store.watch()
    with (tmp_path / "db" / "commits" / f"{SHA}.jsonl").open("ab") as file:
        file.write(b"<<<<<<< HEAD\n")
    changes = watch.changes()
    assert changes is not None
    assert len(changes.problems) == 1
    assert "run/0" in changes.verdicts


def test_a_store_that_moved_is_told(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    store.add_verdicts(SHA, [verdict("a")])
    store.load()
    watch = store.watch()
    (tmp_path / "db").rename(tmp_path / "elsewhere")
    with pytest.raises(StoreMovedError):
        watch.changes()
