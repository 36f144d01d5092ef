"""The store: what is kept, what is skipped, and what happens to files that cannot be understood."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.assess.decisions import newest, not_taken_back
from core.errors import StoreError
from core.models import (
    CheckReport,
    Criteria,
    Finding,
    Issue,
    Judgement,
    JudgementState,
    LineComment,
    Outcome,
    Severity,
    Side,
    Verdict,
)
from core.store import Store, StoreContents

SHA = "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"
OTHER = "0ec82edda59aaf5cf3b07aadf4ecce1aa1131add"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def verdict(name: str, attempt: str = "run/0", hour: int = 0, **fields: Any) -> Verdict:
    """A verdict, `hour` hours after noon."""
    return Verdict(name, attempt, "ada", NOON + timedelta(hours=hour), **fields)


def full_verdict() -> Verdict:
    """A verdict with every field set, some of them hostile."""
    return verdict(
        "full",
        outcome=Outcome.PARTIAL_SUCCESS,
        criteria=Criteria(True, False, True, None, False, 0.25),
        tags=("wrong location", "\u202e[/bold]"),
        note="line 1\nline 2\0\x1b[31m \udc80 é",
        comments=(LineComment("a.py", 7, "here", Side.HUMAN), LineComment("b.py", 1, "there")),
        in_view=(),
        undoes="earlier",
    )


def ids(contents: StoreContents, attempt: str = "run/0") -> list[str]:
    """The ids of an attempt's verdicts in their order."""
    return [v.id for v in contents.verdicts.get(attempt, ())]


def commit_file(store: Store, name: str = SHA) -> Path:
    """The file of a commit."""
    return store.folder / "commits" / f"{name}.json"


def edit(path: Path, change: Any) -> None:
    """Change a store file as a person or another tool would."""
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store in a folder that does not exist yet."""
    return Store(tmp_path / "runs" / ".patchjury")


def test_nothing_is_created_before_the_first_write(store: Store) -> None:
    assert store.load() == StoreContents({}, {}, ())
    assert store.checks(SHA) == {}
    assert store.add_verdicts(SHA, []) == 0
    store.put_checks(SHA, [])
    assert not store.folder.exists()


def test_every_field_of_a_verdict_comes_back(store: Store) -> None:
    assert store.add_verdicts(SHA, [full_verdict()]) == 1
    contents = Store(store.folder).load()
    assert contents.verdicts == {"run/0": (full_verdict(),)}
    assert contents.problems == ()


def test_every_field_of_a_judgement_and_a_check_report_comes_back(store: Store) -> None:
    judgement = Judgement(
        "j1",
        "run/0",
        JudgementState.VERDICT,
        Criteria(True),
        (Issue("slow", Severity.ERROR, "a.py", 3),),
        "because",
        "gpt-5",
        "patchjury",
        "",
        NOON,
    )
    error = Judgement("j2", "run/0", JudgementState.ERROR, error="time-out")
    finding = Finding("syntax.parse-error", Severity.ERROR, "bad", True, "a.py", 3, Side.BASE)
    measures: dict[str, float | str | None] = {
        "share": 0.5,
        "files": 3,
        "same": False,
        "name": "x",
        "unknown": None,
    }
    report = CheckReport("run/0", Criteria(False), (finding,), measures, "abc", NOON)
    assert store.add_judgements(SHA, [judgement, error]) == 2
    store.put_checks(SHA, [report])
    assert set(store.load().judgements["run/0"]) == {judgement, error}
    assert store.checks(SHA) == {"run/0": report}


def test_verdicts_are_appended_in_order_and_an_id_is_stored_once(store: Store) -> None:
    # The clock went back between the two: the order is that of appending all the same.
    assert store.add_verdicts(SHA, [verdict("a", hour=2), verdict("b", hour=1)]) == 2
    assert store.add_verdicts(SHA, [verdict("b", note="changed"), verdict("c", "run/1")]) == 1
    assert store.add_verdicts(SHA, [verdict("a")]) == 0
    contents = store.load()
    assert ids(contents) == ["a", "b"]
    assert ids(contents, "run/1") == ["c"]
    assert contents.verdicts["run/0"][1].note == ""


def test_an_undo_is_one_more_record(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    store.add_verdicts(SHA, [verdict("b", hour=1)])
    store.add_verdicts(SHA, [verdict("c", hour=2, undoes="b")])
    history = store.load().verdicts["run/0"]
    assert [v.id for v in history] == ["a", "b", "c"]
    assert newest(not_taken_back(history)) == verdict("a")


def test_a_newer_check_report_takes_the_place_of_the_older(store: Store) -> None:
    old, other = CheckReport("run/0", Criteria(True)), CheckReport("run/1", Criteria())
    store.put_checks(SHA, [old, other])
    new = CheckReport("run/0", Criteria(False), inputs="new")
    store.put_checks(SHA, [new])
    assert store.checks(SHA) == {"run/0": new, "run/1": other}
    assert store.checks(OTHER) == {}


def test_checks_and_verdicts_of_a_commit_do_not_disturb_each_other(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    store.put_checks(SHA, [CheckReport("run/0", Criteria())])
    store.add_judgements(SHA, [Judgement("j", "run/0", JudgementState.REFUSED)])
    store.add_verdicts(SHA, [verdict("b")])
    assert ids(store.load()) == ["a", "b"]
    assert list(store.checks(SHA)) == ["run/0"]
    assert list(store.load().judgements) == ["run/0"]


def test_the_file_states_its_schema_and_an_appended_record_is_only_added_lines(
    store: Store,
) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    before = commit_file(store).read_text(encoding="utf-8").splitlines()
    store.add_verdicts(SHA, [verdict("b")])
    after = commit_file(store).read_text(encoding="utf-8").splitlines()
    data = json.loads("\n".join(after))
    assert data["meta"]["store"] == {"schema_version": 1, "human": SHA}
    assert [record["schema_version"] for record in data["verdicts"].values()] == [1, 1]
    gone = [line for line in before if line not in after]
    assert gone in ([], ["  }"])  # the comma behind the last record
    assert len(after) > len(before) + 10


ODD_IDS = [
    "",
    ".",
    "..",
    "../../escape",
    "8aa1485f",
    "8AA1485F",
    "8Aa1485f",
    "con",
    "astropy__astropy-12907",
    "django/django#123",
    "django_django-123",
    "-rf",
    "x\0y",
    "\udc80",
    "é",
    "a" * 300,
    "b" * 300,
    "b" * 301,
    SHA.upper(),
    SHA,
    ".hidden",
]


def test_odd_commit_ids_get_safe_files_of_their_own(store: Store, tmp_path: Path) -> None:
    for number, human in enumerate(ODD_IDS):
        assert store.add_verdicts(human, [verdict(f"v{number}", f"run/{number}")]) == 1
        store.put_checks(human, [CheckReport(f"run/{number}", Criteria())])
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"]
    assert {path.parent for path in files} == {store.folder / "commits"}
    assert len({path.name.casefold() for path in files}) == len(ODD_IDS)
    assert all(len(path.name) <= 80 and path.name.isascii() for path in files)
    contents = store.load()
    assert contents.problems == ()
    assert len(contents.verdicts) == len(ODD_IDS)
    for number, human in enumerate(ODD_IDS):
        assert list(store.checks(human)) == [f"run/{number}"]


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
def test_an_unusable_file_is_named_and_left_alone_while_the_rest_works(
    store: Store, content: bytes
) -> None:
    store.add_verdicts(OTHER, [verdict("good", "run/1")])
    commit_file(store).write_bytes(content)
    contents = store.load()
    assert [problem.path for problem in contents.problems] == [str(commit_file(store))]
    assert contents.problems[0].reason
    assert ids(contents, "run/1") == ["good"]
    assert store.checks(SHA) == {}
    with pytest.raises(StoreError, match=SHA) as raised:
        store.add_verdicts(SHA, [verdict("a")])
    assert raised.value.hint
    with pytest.raises(StoreError):
        store.add_judgements(SHA, [Judgement("j", "run/0", JudgementState.ERROR)])
    with pytest.raises(StoreError):
        store.put_checks(SHA, [CheckReport("run/0", Criteria())])
    assert commit_file(store).read_bytes() == content
    assert store.add_verdicts(OTHER, [verdict("more", "run/1")]) == 1
    assert sorted(os.listdir(store.folder / "commits")) == sorted(
        [".lock", f"{SHA}.json", f"{OTHER}.json"]
    )


def test_a_newer_file_says_that_patchjury_must_be_upgraded(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    edit(commit_file(store), lambda data: data["meta"]["store"].update(schema_version=7))
    assert "schema 7" in store.load().problems[0].reason
    with pytest.raises(StoreError) as raised:
        store.add_verdicts(SHA, [verdict("b")])
    assert "Upgrade" in raised.value.hint


def test_a_folder_or_a_pipe_in_place_of_a_file_is_a_problem(store: Store) -> None:
    store.add_verdicts("abcd", [verdict("good")])
    commit_file(store).mkdir()
    os.mkfifo(commit_file(store, OTHER))
    assert len(store.load().problems) == 2
    for human in (SHA, OTHER):
        with pytest.raises(StoreError, match="not a file"):
            store.add_verdicts(human, [verdict("a")])
    assert ids(store.load()) == ["good"]


def test_a_file_in_place_of_the_folder_is_a_problem(store: Store) -> None:
    store.folder.mkdir(parents=True)
    (store.folder / "commits").write_text("in the way", encoding="utf-8")
    assert [problem.path for problem in store.load().problems] == [str(store.folder / "commits")]
    with pytest.raises(StoreError, match="cannot be written"):
        store.add_verdicts(SHA, [verdict("a")])


BAD_RECORDS: dict[str, Any] = {
    "not an object": "a string",
    "a field is missing": {"schema_version": 1, "id": "x", "attempt": "run/0"},
    "a newer record": {"schema_version": 2, "id": "x", "verdict": "in a new way"},
    "an unknown outcome": {"outcome": "splendid"},
    "a time without a zone": {"created": "2026-05-01T12:00:00"},
    "a wrong type": {"note": ["a"]},
}


@pytest.mark.parametrize("damage", BAD_RECORDS.values(), ids=BAD_RECORDS)
def test_a_bad_record_is_a_problem_and_survives_the_next_write(store: Store, damage: Any) -> None:
    store.add_verdicts(SHA, [verdict("a"), verdict("bad"), verdict("c")])
    whole = isinstance(damage, dict) and "schema_version" not in damage

    def spoil(data: Any) -> None:
        table = data["verdicts"]
        table["bad"] = {**table["bad"], **damage} if whole else damage

    edit(commit_file(store), spoil)
    bad = json.loads(commit_file(store).read_text(encoding="utf-8"))["verdicts"]["bad"]
    contents = store.load()
    assert ids(contents) == ["a", "c"]
    [problem] = contents.problems
    assert problem.path == str(commit_file(store))
    assert problem.reason.startswith("verdicts, record bad: ")
    assert store.add_verdicts(SHA, [verdict("d")]) == 1
    store.put_checks(SHA, [CheckReport("run/0", Criteria())])
    assert ids(store.load()) == ["a", "c", "d"]
    assert json.loads(commit_file(store).read_text(encoding="utf-8"))["verdicts"]["bad"] == bad


def test_a_bad_check_report_is_replaced(store: Store) -> None:
    report = CheckReport("run/0", Criteria())
    store.put_checks(SHA, [report, CheckReport("run/1", Criteria())])
    edit(commit_file(store), lambda data: data["checks"].update({"run/0": 3, "run/1": "x"}))
    assert store.checks(SHA) == {}
    store.put_checks(SHA, [report])
    assert store.checks(SHA) == {"run/0": report}


def test_tables_and_fields_of_other_tools_survive_a_write(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a")])

    def add(data: Any) -> None:
        data["rubrics"] = {"r1": {"text": "kept"}}
        data["notes"] = {"n": {"text": "kept too"}}
        data["verdicts"]["a"]["colour"] = "blue"

    edit(commit_file(store), add)
    store.add_verdicts(SHA, [verdict("b")])
    data = json.loads(commit_file(store).read_text(encoding="utf-8"))
    assert data["rubrics"] == {"r1": {"text": "kept"}}
    assert data["notes"] == {"n": {"text": "kept too"}}
    assert data["verdicts"]["a"]["colour"] == "blue"
    assert ids(store.load()) == ["a", "b"]


def test_what_could_not_be_read_back_is_refused(store: Store) -> None:
    good, bad = verdict("a"), replace(verdict("b"), created=datetime(2026, 5, 1))  # noqa: DTZ001
    with pytest.raises(StoreError, match="zone"):
        store.add_verdicts(SHA, [good, bad])
    assert not store.folder.exists()


def test_a_moved_store_works_at_its_new_place(store: Store, tmp_path: Path) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    store.folder.parent.rename(tmp_path / "moved")
    moved = Store(tmp_path / "moved" / ".patchjury")
    assert moved.add_verdicts(SHA, [verdict("b")]) == 1
    assert ids(moved.load()) == ["a", "b"]


def test_a_colleagues_file_is_merged_by_copying_it_in(store: Store, tmp_path: Path) -> None:
    colleague = Store(tmp_path / "colleague")
    shared = verdict("shared", hour=1)
    store.add_verdicts(SHA, [shared, verdict("mine", hour=5)])
    colleague.add_verdicts(SHA, [shared, verdict("early", hour=0), verdict("late", hour=9)])
    shutil.copy(commit_file(colleague), commit_file(store, "from Grace"))
    contents = store.load()
    assert contents.problems == ()
    assert sorted(ids(contents)) == ["early", "late", "mine", "shared"]
    assert ids(contents)[-1] == "late"
    assert newest(not_taken_back(contents.verdicts["run/0"])) == verdict("late", hour=9)


def test_files_beside_the_commits_are_ignored(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    for name in ("README.md", "._x.json", ".write.tmp", "x.json.bak"):
        (store.folder / "commits" / name).write_text("{", encoding="utf-8")
    assert store.load().problems == ()


def test_a_crashs_leftover_is_gone_after_the_next_write(store: Store, tmp_path: Path) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    leftover = store.folder / "commits" / ".write.tmp"
    treasure = tmp_path / "treasure"
    treasure.write_text("not to be overwritten", encoding="utf-8")
    leftover.symlink_to(treasure)  # what a hostile runs folder could hold
    store.add_verdicts(SHA, [verdict("b")])
    assert not os.path.lexists(leftover)
    assert treasure.read_text(encoding="utf-8") == "not to be overwritten"
    assert ids(store.load()) == ["a", "b"]
