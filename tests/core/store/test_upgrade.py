"""Stores of schema 1: read as they are, upgraded on the first write, the original kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import StoreError
from core.models import Judgement, JudgementState
from core.store import Store
from core.store.identity import read_known
from tests.support.store_writer import verdict

SHA = "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"
RECORD = {
    "schema_version": 1,
    "attempt": "run/0",
    "reviewer": "ada",
    "outcome": "failure",
    "criteria": {"syntax_correct": False},
    "note": "as it was \udc80",
    "comments": [{"file": "a.py", "line": 3, "text": "here", "side": "attempt"}],
    "blind": False,
    "undoes": None,
}


def old_store(folder: Path, name: str = SHA, **verdicts: Any) -> Path:
    """Write a file as schema 1 had it; returns it."""
    made = {
        key: {**RECORD, "id": key, "created": f"2026-05-01T1{number}:00:00Z", **changes}
        for number, (key, changes) in enumerate(verdicts.items())
    }
    judgement = {"schema_version": 1, "id": "j", "attempt": "run/0", "state": "refused"}
    rubric = {"id": "r", "human": SHA, "hash": "h", "created": "2026-05-01T10:00:00Z"}
    data = {
        "meta": {"store": {"schema_version": 1, "human": SHA}},
        "checks": {"run/0": {"schema_version": 1, "attempt": "run/0", "criteria": {}}},
        "rubrics": {"r": rubric},
        "judgements": {"j": judgement},
        "verdicts": made,
        "notes": {"n": {"text": "another tool's"}},
    }
    path = folder / "commits" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return path


def ids(store: Store) -> list[str]:
    """The ids of the verdicts on the one attempt."""
    return [v.id for v in store.load().verdicts["run/0"]]


def test_an_old_store_is_read_and_not_touched(tmp_path: Path) -> None:
    path = old_store(tmp_path, a={}, b={})
    before = path.read_bytes()
    store = Store(tmp_path)
    contents = store.load()
    assert contents.problems == ()
    assert ids(store) == ["a", "b"]
    assert contents.verdicts["run/0"][0].note == "as it was \udc80"
    assert [j.id for j in store.judgements(SHA)] == ["j"]
    assert [r.id for r in store.rubrics(SHA)] == ["r"]
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (before, [tmp_path / "commits"])


def test_the_first_write_upgrades_and_keeps_the_original(tmp_path: Path) -> None:
    path = old_store(tmp_path, a={}, b={})
    before, contents = path.read_bytes(), Store(tmp_path).load()
    store = Store(tmp_path)
    assert store.add_verdicts(SHA, [verdict("c")]) == 1
    assert not path.exists()
    assert path.with_name(f"{SHA}.json.schema1").read_bytes() == before
    after = store.load()
    assert after.problems == ()
    assert {v.id for v in after.verdicts["run/0"]} == {"a", "b", "vc"}
    assert {*contents.verdicts["run/0"]} < {*after.verdicts["run/0"]}
    assert {k: [j.id for j in held] for k, held in after.judgements.items()} == {"run/0": ["j"]}
    assert [r.id for r in store.rubrics(SHA)] == ["r"]
    lines = map(json.loads, (tmp_path / "commits" / f"{SHA}.jsonl").read_text().splitlines())
    assert ("notes", "n", {"text": "another tool's"}) in [
        (line["table"], line["id"], line["record"]) for line in lines
    ]


def test_one_change_of_several_tables_upgrades_once(tmp_path: Path) -> None:
    old_store(tmp_path, a={})
    store = Store(tmp_path)
    assert store.add(SHA, [verdict("c"), Judgement("k", "run/0", JudgementState.ERROR)]) == 2
    assert store.load().problems == ()
    assert [j.id for j in store.load().judgements["run/0"]] == ["j", "k"]
    names = [path.name for path in (tmp_path / "commits").glob(f"{SHA}*")]
    assert sorted(names) == [f"{SHA}.json.schema1", f"{SHA}.jsonl"]


def test_an_id_that_the_old_file_has_is_not_added_again(tmp_path: Path) -> None:
    old_store(tmp_path, va={})
    store = Store(tmp_path)
    assert store.add_verdicts(SHA, [verdict("a")]) == 0
    assert store.add_verdicts(SHA, [verdict("a"), verdict("b")]) == 1
    assert store.load().problems == ()
    assert len(store.load().verdicts["run/0"]) == 2


def test_an_old_file_that_comes_later_is_taken_in_too(tmp_path: Path) -> None:
    old_store(tmp_path, a={})
    store = Store(tmp_path)
    store.add_verdicts(SHA, [verdict("c")])
    old_store(tmp_path, a={}, late={})  # a colleague's, copied in
    assert {v.id for v in store.load().verdicts["run/0"]} == {"a", "vc", "late"}
    store.add_verdicts(SHA, [verdict("d")])
    contents = store.load()
    assert {v.id for v in contents.verdicts["run/0"]} == {"a", "vc", "vd", "late"}
    assert contents.problems == ()
    kept = sorted(p.name for p in (tmp_path / "commits").glob("*schema1*"))
    assert kept == [f"{SHA}.json.schema1", f"{SHA}.json.schema1-1"]


def test_a_kill_between_upgrade_and_setting_aside_loses_and_doubles_nothing(tmp_path: Path) -> None:
    path = old_store(tmp_path, a={})
    before = path.read_bytes()
    store = Store(tmp_path)
    store.add_verdicts(SHA, [verdict("c")])
    path.write_bytes(before)  # as if the process had ended before it was renamed
    assert store.load().problems == ()
    assert {v.id for v in store.load().verdicts["run/0"]} == {"a", "vc"}


UNUSABLE = {
    "empty": b"",
    "truncated": b'{"meta": {"store": {"schema_version": 1}}, "verdi',
    "not UTF-8": b'{"meta": {"store": {"schema_version": 1}}, "verdicts": {"\xff": {}}}',
    "not JSON": b"<<<<<<< HEAD\n{}",
    "a list": b"[]",
    "no schema version": b'{"verdicts": {}}',
    "a table that is none": b'{"meta": {"store": {"schema_version": 1}}, "verdicts": []}',
    "nested too deeply": b"[" * 100_000,
    "newer": b'{"meta": {"store": {"schema_version": 2}}, "verdicts": {}}',
}


@pytest.mark.parametrize("content", UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_old_file_is_named_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "commits" / f"{SHA}.json"
    path.parent.mkdir()
    path.write_bytes(content)
    store = Store(tmp_path)
    assert [problem.path for problem in store.load().problems] == [str(path)]
    assert store.add_verdicts(SHA, [verdict("a")]) == 1
    assert ids(store) == ["va"]
    assert [problem.path for problem in store.load().problems] == [str(path)]
    assert path.read_bytes() == content
    with pytest.raises(StoreError, match=SHA):
        store.verify(SHA)  # it may contain what was paid for


def test_an_upgraded_store_was_not_made_here(tmp_path: Path) -> None:
    old_store(tmp_path / "old", a={})
    old, new = Store(tmp_path / "old"), Store(tmp_path / "new")
    for store in (old, new):
        store.add_verdicts(SHA, [verdict("c")])
    assert read_known().made == new.load().ids
    assert old.load().ids != ()
    assert old.load().ids[0] not in read_known().made
