"""Stores that become one: nothing lost, nothing doubled, also the second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import StoreError
from core.models import Criteria, FamilyReport, Judgement, JudgementState
from core.store import Store
from core.store.location import find_store
from tests.core.store.test_upgrade import old_store
from tests.support.store_writer import verdict

SHA = "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"
OTHER = "0ec82edda59aaf5cf3b07aadf4ecce1aa1131add"


def ids(store: Store) -> set[str]:
    """The ids of every verdict and judgement."""
    contents = store.load()
    verdicts = {v.id for history in contents.verdicts.values() for v in history}
    return verdicts | {j.id for history in contents.judgements.values() for j in history}


def two(tmp_path: Path) -> tuple[Store, Store]:
    """Two stores that share one verdict."""
    mine, hers = Store(tmp_path / "mine"), Store(tmp_path / "hers")
    for store, name in ((mine, "mine"), (hers, "hers")):
        store.add_verdicts(SHA, [verdict("shared"), verdict(name)])
        store.add_facts(SHA, [FamilyReport("run/0", "patch", {"patch": "p"}, Criteria())])
    hers.add_judgements("an odd id", [Judgement("j", "run/1", JudgementState.REFUSED)])
    return mine, hers


def test_everything_is_there_once_and_a_second_merge_adds_nothing(tmp_path: Path) -> None:
    mine, hers = two(tmp_path)
    merged = mine.merge(hers.folder)
    assert (merged.added, merged.problems) == ({"verdicts": 1, "judgements": 1}, ())
    assert merged.known == 2  # the verdict that both have, and the facts
    assert ids(mine) == {"vshared", "vmine", "vhers", "j"}
    assert mine.load().problems == ()
    assert len(mine.facts(SHA)) == 1
    files = {path: path.read_bytes() for path in tmp_path.rglob("*.jsonl")}
    again = mine.merge(hers.folder)
    assert (again.added, again.known) == ({}, 4)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.jsonl")} == files


def test_merging_each_into_the_other_makes_them_equal(tmp_path: Path) -> None:
    mine, hers = two(tmp_path)
    mine.merge(hers.folder)
    hers.merge(mine.folder)
    assert ids(mine) == ids(hers)


def test_the_store_that_wrote_a_record_stays_with_it(tmp_path: Path) -> None:
    mine, hers = two(tmp_path)
    (her_id,) = hers.load().ids
    mine.merge(hers.folder)
    contents = mine.load()
    assert contents.written_by["vhers"] == contents.written_by["j"] == her_id
    assert her_id not in contents.ids


def test_different_records_with_one_id_are_both_kept(tmp_path: Path) -> None:
    mine, hers = Store(tmp_path / "mine"), Store(tmp_path / "hers")
    mine.add_verdicts(SHA, [verdict("a", note="mine")])
    hers.add_verdicts(SHA, [verdict("a", note="hers")])
    for _ in range(2):
        mine.merge(hers.folder)
        assert {v.note for v in mine.load().verdicts["run/0"]} == {"mine", "hers"}
    assert len(mine.load().verdicts["run/0"]) == 2


def test_what_either_deleted_stays_deleted(tmp_path: Path) -> None:
    mine, hers = two(tmp_path)
    mine.delete(SHA, "verdicts", ["vshared"])
    hers.delete(SHA, "verdicts", ["vhers"])
    mine.merge(hers.folder)
    assert ids(mine) == {"vmine", "j"}


def test_stores_of_schema_1_are_merged_too(tmp_path: Path) -> None:
    mine = Store(tmp_path / "mine")
    old_store(mine.folder, a={})
    path = old_store(tmp_path / "hers", a={}, b={})
    before = path.read_bytes()
    mine.merge(tmp_path / "hers")
    assert ids(mine) == {"a", "b", "j"}
    assert mine.load().problems == ()
    assert path.read_bytes() == before


def test_a_torn_line_of_the_other_is_told_and_the_rest_merged(tmp_path: Path) -> None:
    mine, hers = two(tmp_path)
    with (hers.folder / "commits" / f"{SHA}.jsonl").open("ab") as file:
        file.write(b'{"table": "verd')
    merged = mine.merge(hers.folder)
    assert ["line 4" in problem.reason for problem in merged.problems] == [True]
    assert "vhers" in ids(mine)
    assert mine.load().problems == ()


def test_what_is_no_other_store_is_refused(tmp_path: Path) -> None:
    mine, _ = two(tmp_path)
    with pytest.raises(StoreError, match="itself"):
        mine.merge(tmp_path / "hers" / ".." / "mine")
    with pytest.raises(StoreError, match="not a store"):
        mine.merge(tmp_path / "nowhere")


def test_a_store_is_found_by_itself_or_by_its_runs(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    (runs / "commits").mkdir(parents=True)  # of human commits, as runs may have it
    assert find_store(runs) is None
    Store(runs / ".patchjury").add_verdicts(SHA, [verdict("a")])
    assert find_store(runs) == find_store(runs / ".patchjury") == runs / ".patchjury"
