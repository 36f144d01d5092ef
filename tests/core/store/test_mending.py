"""`doctor --repair`: what can be repaired is, and every original file is kept beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.store import Store
from tests.core.store.test_upgrade import old_store
from tests.support.store_writer import verdict

SHA = "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with three verdicts on one commit."""
    store = Store(tmp_path / "db")
    store.add_verdicts(SHA, [verdict(name) for name in ("a", "bb", "ccc")])
    return store


def path_of(store: Store) -> Path:
    """The file of the commit."""
    return store.folder / "commits" / f"{SHA}.jsonl"


def ids(store: Store) -> list[str]:
    """The verdicts of a store that has no problems."""
    contents = store.load()
    assert contents.problems == ()
    return [v.id for v in contents.verdicts["run/0"]]


def test_a_sound_store_is_left_alone(store: Store) -> None:
    before = path_of(store).read_bytes()
    assert store.repair() == []
    assert path_of(store).read_bytes() == before
    assert not (store.folder / "repaired").exists()


def damage(header: bytes, a: bytes, b: bytes, c: bytes) -> dict[str, bytes]:
    """What merges, editors and crashes make of a file."""
    return {
        "conflict marks": b"\n".join([header, b"<<<<<<< HEAD", a, b"=======", b, b">>>>>>> x", c]),
        "two lines ran together": b"\n".join([header, a + b, c]) + b"\n",
        "a torn line before a whole one": b"\n".join([header, a, b[:40] + b, c]),
        "repeated lines": b"\n".join([header, a, b, c, a, header, b]) + b"\n",
        "rubbish": b"\n".join([header, a, b"\xff\xfe rubbish", b, b"{}", c[:-9], c]),
        "Windows line ends": b"\r\n".join([header, a, b, a, c]),
        "no header": b"\n".join([a, b"torn", b, c]),
    }


@pytest.mark.parametrize("kind", damage(b"", b"", b"", b""))
def test_what_is_damaged_is_mended_and_kept_as_it_was(store: Store, kind: str) -> None:
    header, *records = path_of(store).read_bytes().splitlines()
    broken = damage(header, *records)[kind]
    path_of(store).write_bytes(broken)
    (repair,) = store.repair()
    assert repair.path == path_of(store)
    assert ids(store) == ["va", "vbb", "vccc"]
    (original,) = (store.folder / "repaired").iterdir()
    assert original.read_bytes() == broken
    assert original.name in repair.what
    assert store.repair() == []
    assert store.add_verdicts(SHA, [verdict("dddd")]) == 1


def test_a_newer_patchjurys_line_is_not_taken_out(store: Store) -> None:
    newer = b'{"table": "verdicts", "id": "x", "schema_version": 3, "record": {}}\n'
    with path_of(store).open("ab") as file:
        file.write(newer + b"rubbish\n")
    store.repair()
    assert newer in path_of(store).read_bytes()
    assert b"rubbish" not in path_of(store).read_bytes()


def test_stores_of_schema_1_are_upgraded_whatever_they_are_called(tmp_path: Path) -> None:
    store = Store(tmp_path)
    own, colleagues = old_store(tmp_path, a={}), old_store(tmp_path, "from Grace", b={})
    repairs = store.repair()
    assert {repair.path for repair in repairs} == {own, colleagues}
    assert sorted(ids(store)) == ["a", "b"]
    files = sorted(path.name for path in (tmp_path / "commits").iterdir())
    expected = [f"{SHA}.json.schema1", f"{SHA}.jsonl", "from Grace.json.schema1", ".lock"]
    assert files == sorted(expected)
    assert store.repair() == []


@pytest.mark.parametrize("cut", ["conflict", "torn"])
def test_a_broken_file_of_schema_1_gives_what_stands_whole_in_it(tmp_path: Path, cut: str) -> None:
    path = old_store(tmp_path, a={"note": 'say "x": {'}, b={}, c={})
    text = path.read_text("utf-8")
    before, after = text.split('  "b": {')
    if cut == "conflict":
        broken = f'{before}<<<<<<< HEAD\n  "b": {{{after}'.replace("\n  }", "\n=======\n  }", 1)
    else:
        broken = text[: text.index('"c"') + 60]
    path.write_text(broken, "utf-8")
    store = Store(tmp_path)
    assert store.load().verdicts == {}
    (repair,) = store.repair()
    assert "as far as readable" in repair.what
    assert ids(store)[:2] == ["a", "b"]
    assert path.with_name(f"{SHA}.json.schema1").read_text("utf-8") == broken


def test_what_cannot_be_mended_is_said_and_left(tmp_path: Path) -> None:
    path = tmp_path / "commits" / f"{SHA}.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"meta": {"store": {"schema_version": 9}}}), "utf-8")
    (tmp_path / "commits" / "abcd.json").write_text("rubbish", "utf-8")
    store = Store(tmp_path)
    what = sorted(repair.what for repair in store.repair())
    assert "newer patchjury" in what[0]
    assert what[1] == "cannot be repaired: none of its records can be read"
    assert path.exists()
