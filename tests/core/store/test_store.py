"""The store: what is kept, what is skipped, and what happens to files that cannot be understood."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.assess.decisions import newest, not_taken_back
from core.errors import StoreError
from core.models import (
    Analysis,
    AnalysisScope,
    Assignment,
    Criteria,
    FamilyReport,
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
from core.records import replace
from core.store import Store, StoreContents

SHA = "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"
OTHER = "0ec82edda59aaf5cf3b07aadf4ecce1aa1131add"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def verdict(name: str, attempt: str = "run/0", hour: int = 0, **fields: Any) -> Verdict:
    """A verdict, `hour` hours after noon."""
    return Verdict(name, attempt, "ada", NOON + timedelta(hours=hour), **fields)


def facts(attempt: str, patch: str = "p", base: str = "", note: str = "") -> FamilyReport:
    """What one family says of an attempt, found with or without the base files."""
    rests_on = {"patch": patch, "base": base}
    return FamilyReport(attempt, "syntax", rests_on, Criteria(), measures={"note": note})


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
    return store.folder / "commits" / f"{name}.jsonl"


def read_lines(path: Path) -> list[Any]:
    """The lines of a store file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def edit(path: Path, name: str, change: Any) -> None:
    """Change the line of the record `name` as a person or another tool would."""
    lines = read_lines(path)
    for line in lines:
        if line["id"] == name:
            change(line)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store in a folder that does not exist yet."""
    return Store(tmp_path / "runs" / ".patchjury")


def test_nothing_is_created_before_the_first_write(store: Store) -> None:
    assert store.load() == StoreContents({}, {}, ())
    assert store.facts(SHA) == []
    assert store.add_verdicts(SHA, []) == 0
    assert store.add_facts(SHA, []) == 0
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
    found = (finding,)
    report = FamilyReport(
        "run/0", "syntax", {"patch": "abc", "base": ""}, Criteria(False), found, measures, NOON
    )
    assert store.add_judgements(SHA, [judgement, error]) == 2
    store.add_facts(SHA, [report])
    assert set(store.load().judgements["run/0"]) == {judgement, error}
    assert store.facts(SHA) == [report]


def test_analyses_and_assignments_come_back(store: Store) -> None:
    about = AnalysisScope.WHOLE
    analysis = Analysis("n", about, "", "ada", NOON, {"key_finding": "none is real"})
    assignment = Assignment("g", "run/0", "ada", NOON, "plan", seed=7)
    assert store.add("", [analysis]) == 1
    assert store.add(SHA, [assignment, verdict("a"), assignment]) == 2
    contents = store.load()
    assert (contents.analyses, contents.assignments) == ((analysis,), (assignment,))
    assert (ids(contents), contents.problems) == (["a"], ())


def test_verdicts_come_in_order_of_time_and_an_id_is_stored_once(store: Store) -> None:
    # A merge leaves lines in any order, so nothing rests on it.
    assert store.add_verdicts(SHA, [verdict("b", hour=2), verdict("a", hour=1)]) == 2
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


def test_facts_with_the_same_ground_are_stored_once_and_others_beside_them(store: Store) -> None:
    old, other = facts("run/0"), facts("run/1")
    assert store.add_facts(SHA, [old, other]) == 2
    found_again = replace(old, created=NOON + timedelta(1))  # on another machine, say
    assert store.add_facts(SHA, [found_again, facts("run/0", patch="new")]) == 1
    assert store.facts(SHA) == [old, other, facts("run/0", patch="new")]
    assert store.facts(OTHER) == []


def test_facts_are_found_under_more_and_fewer_digits_of_a_commit(store: Store) -> None:
    store.add_facts(SHA, [facts("run/0")])
    store.add_facts(OTHER[:8], [facts("run/1")])
    assert store.facts(SHA[:8]) == [facts("run/0")]
    assert store.facts(OTHER) == [facts("run/1")]
    assert store.facts(SHA[:3]) == []


def test_superseded_facts_are_swept_and_no_others(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    big = "x" * 300_000
    for number in range(8):
        store.add_facts(SHA, [facts("run/0", patch=f"{number}", note=big)])
    store.add_facts(SHA, [facts("run/0", patch="7", base="b")])
    path = store.folder / "checks" / f"{SHA}.jsonl"
    with path.open("ab") as file:
        file.write(b"somebody's own line\n")
    size = path.stat().st_size
    store.sweep_facts(SHA)
    assert path.stat().st_size < size / 4
    assert path.read_bytes().endswith(b"somebody's own line\n")
    rests_on = [report.rests_on for report in store.facts(SHA)]
    assert rests_on == [{"patch": "7", "base": ""}, {"patch": "7", "base": "b"}]
    assert ids(store.load()) == ["a"]


def test_checks_and_verdicts_of_a_commit_do_not_disturb_each_other(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    store.add_facts(SHA, [facts("run/0")])
    store.add_judgements(SHA, [Judgement("j", "run/0", JudgementState.REFUSED)])
    store.add_verdicts(SHA, [verdict("b")])
    assert ids(store.load()) == ["a", "b"]
    assert store.facts(SHA) == [facts("run/0")]
    assert list(store.load().judgements) == ["run/0"]


def test_a_file_says_whose_it_is_and_a_record_is_one_line_appended(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    before = commit_file(store).read_bytes()
    store.add_verdicts(SHA, [full_verdict(), verdict("b")])
    after = commit_file(store).read_bytes()
    assert after.startswith(before)
    header, *records = read_lines(commit_file(store))
    assert (header["table"], header["record"]["human"]) == ("file", SHA)
    assert [(line["table"], line["id"]) for line in records] == [
        ("verdicts", "a"),
        ("verdicts", "full"),
        ("verdicts", "b"),
    ]
    assert {line["schema_version"] for line in [header, *records]} == {2}
    (own,) = store.load().ids
    assert {line["store"] for line in [header, *records]} == {own}


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
        store.add_facts(human, [facts(f"run/{number}")])
    files = [path for path in store.folder.glob("commits/*") if path.name != ".lock"]
    outside = [path for path in tmp_path.rglob("*") if not path.is_relative_to(store.folder)]
    assert outside == [store.folder.parent]
    assert len({path.name.casefold() for path in files}) == len(ODD_IDS)
    assert all(len(path.name) <= 80 and path.name.isascii() for path in files)
    contents = store.load()
    assert contents.problems == ()
    assert len(contents.verdicts) == len(ODD_IDS)
    for number, human in enumerate(ODD_IDS):
        assert facts(f"run/{number}") in store.facts(human)


HEADER = b'{"table": "file", "id": "x", "schema_version": %d, "record": {"human": "x"}}\n'
FOREIGN: dict[str, bytes] = {
    "torn": b'{"table": "verdicts", "id": "x", "schema_ver',
    "not UTF-8": b'{"table": "verdicts", "id": "\xff"}',
    "a conflict that nobody resolved": b"<<<<<<< HEAD\n",
    "JSON of somebody else": b"[]",
    "no record": b'{"table": "verdicts", "id": "x", "schema_version": 2}',
    "nested too deeply": b"[" * 100_000,
    "newer": b'{"table": "verdicts", "id": "x", "schema_version": 3, "record": {}}',
}


@pytest.mark.parametrize("line", FOREIGN.values(), ids=FOREIGN)
def test_a_torn_or_foreign_line_costs_that_line_and_is_kept_and_named(
    store: Store, line: bytes
) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    with commit_file(store).open("ab") as file:
        file.write(line)
    assert store.add_verdicts(SHA, [verdict("b")]) == 1
    contents = store.load()
    assert ids(contents) == ["a", "b"]
    (problem,) = contents.problems
    assert problem.path == str(commit_file(store))
    assert problem.reason.startswith("line 3: ")
    assert commit_file(store).read_bytes().splitlines()[2] == line.rstrip()


def test_an_empty_file_is_begun_anew(store: Store) -> None:
    store.add_verdicts(OTHER, [verdict("x")])
    commit_file(store).touch()
    store.add_verdicts(SHA, [verdict("a")])
    assert read_lines(commit_file(store))[0]["record"] == {"human": SHA}
    assert store.load().problems == ()


def test_a_file_of_rubbish_is_named_in_a_few_lines(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    with commit_file(store).open("ab") as file:
        file.write(b"rubbish\n" * 5000)
    problems = store.load().problems
    assert len(problems) < 30
    assert "and 4980 more lines" in problems[-1].reason


def test_a_newer_file_is_left_alone_and_says_that_patchjury_must_be_upgraded(store: Store) -> None:
    store.add_verdicts(OTHER, [verdict("good", "run/1")])
    commit_file(store).write_bytes(HEADER % 7)
    assert "schema 7" in store.load().problems[0].reason
    for add in (
        lambda: store.add_verdicts(SHA, [verdict("a")]),
        lambda: store.add_judgements(SHA, [Judgement("j", "run/0", JudgementState.ERROR)]),
        lambda: store.verify(SHA),
    ):
        with pytest.raises(StoreError, match=SHA) as raised:
            add()
        assert "Upgrade" in raised.value.hint
    assert commit_file(store).read_bytes() == HEADER % 7
    assert store.add_verdicts(OTHER, [verdict("more", "run/1")]) == 1


def test_a_folder_or_a_pipe_in_place_of_a_file_is_a_problem(store: Store) -> None:
    store.add_verdicts("abcd", [verdict("good")])
    commit_file(store).mkdir()
    os.mkfifo(commit_file(store, OTHER))
    assert len(store.load().problems) == 2
    for human in (SHA, OTHER):
        with pytest.raises(StoreError, match="not a file"):
            store.add_verdicts(human, [verdict("a")])
    assert ids(store.load()) == ["good"]


def test_a_ledger_that_is_no_file_is_a_problem_and_one_that_is_missing_is_none(
    store: Store,
) -> None:
    store.make_id()
    assert store.load().problems == ()
    (store.folder / "ledger.jsonl").mkdir()
    (problem,) = store.load().problems
    assert problem.path.endswith("ledger.jsonl")
    assert problem.reason == "what the judge cost cannot be read: it is not a file"


def test_a_file_in_place_of_the_folder_is_a_problem(store: Store) -> None:
    store.folder.mkdir(parents=True)
    (store.folder / "commits").write_text("in the way", encoding="utf-8")
    assert [problem.path for problem in store.load().problems] == [str(store.folder / "commits")]
    with pytest.raises(StoreError, match="cannot be written"):
        store.add_verdicts(SHA, [verdict("a")])


BAD_RECORDS: dict[str, Any] = {
    "not an object": "a string",
    "a field is missing": {"id": "bad", "attempt": "run/0"},
    "an unknown outcome": {"outcome": "splendid"},
    "a time without a zone": {"created": "2026-05-01T12:00:00"},
    "a wrong type": {"note": ["a"]},
    "another id": {"id": "elsewhere"},
}


@pytest.mark.parametrize("damage", BAD_RECORDS.values(), ids=BAD_RECORDS)
def test_a_bad_record_is_a_problem_and_survives_the_next_write(store: Store, damage: Any) -> None:
    store.add_verdicts(SHA, [verdict("a"), verdict("bad"), verdict("c")])
    whole = isinstance(damage, str) or "attempt" in damage
    edit(
        commit_file(store),
        "bad",
        lambda line: line.update(record=damage if whole else {**line["record"], **damage}),
    )
    bad = commit_file(store).read_text(encoding="utf-8").splitlines()[2]
    contents = store.load()
    assert ids(contents) == ["a", "c"]
    [problem] = contents.problems
    assert problem.path == str(commit_file(store))
    assert problem.reason.startswith("verdicts, record bad: ")
    assert store.add_verdicts(SHA, [verdict("d")]) == 1
    assert ids(store.load()) == ["a", "c", "d"]
    assert commit_file(store).read_text(encoding="utf-8").splitlines()[2] == bad


def test_a_bad_check_report_is_computed_again(store: Store) -> None:
    store.add_facts(SHA, [facts("run/0")])
    path = store.folder / "checks" / f"{SHA}.jsonl"
    edit(path, read_lines(path)[1]["id"], lambda line: line.update(record=3))
    assert store.facts(SHA) == []
    store.add_facts(SHA, [facts("run/0", patch="other")])
    assert store.facts(SHA) == [facts("run/0", patch="other")]


def test_tables_and_fields_of_other_tools_survive_a_write(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    edit(commit_file(store), "a", lambda line: line["record"].update(colour="blue"))
    foreign = {"table": "notes", "id": "n", "schema_version": 2, "record": {"text": "kept"}}
    with commit_file(store).open("a", encoding="utf-8") as file:
        file.write(json.dumps(foreign))  # and no line feed
    store.add_verdicts(SHA, [verdict("b")])
    _, first, second, _ = read_lines(commit_file(store))
    assert (first["record"]["colour"], second) == ("blue", foreign)
    assert store.load().problems == ()
    assert ids(store.load()) == ["a", "b"]


# What merges leave


def test_a_repeated_line_is_one_record(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a"), verdict("b", hour=1)])
    content = commit_file(store).read_bytes()
    commit_file(store).write_bytes(content + content)
    assert (ids(store.load()), store.load().problems) == (["a", "b"], ())


def test_two_records_with_one_id_are_both_kept_and_named(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a", note="mine")])
    line = read_lines(commit_file(store))[1]
    line["record"]["note"] = "edited by hand"
    with commit_file(store).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    contents = store.load()
    assert {v.note for v in contents.verdicts["run/0"]} == {"mine", "edited by hand"}
    assert len({v.id for v in contents.verdicts["run/0"]}) == 2
    (problem,) = contents.problems
    assert "another record of verdicts has the id a; both are kept" in problem.reason
    assert contents == store.load()


def test_two_files_with_different_records_of_one_id_keep_both(store: Store, tmp_path: Path) -> None:
    colleague = Store(tmp_path / "colleague")
    store.add_verdicts(SHA, [verdict("a", note="mine")])
    colleague.add_verdicts(SHA, [verdict("a", note="hers")])
    shutil.copy(commit_file(colleague), commit_file(store, "from Grace"))
    contents = store.load()
    assert {v.note for v in contents.verdicts["run/0"]} == {"mine", "hers"}
    assert "both are kept" in contents.problems[0].reason


def test_what_was_deleted_stays_so_wherever_its_lines_stand(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a"), verdict("b", hour=1)])
    assert store.delete(SHA, "verdicts", ["a", "never there"]) == 1
    assert ids(store.load()) == ["b"]
    assert store.add_verdicts(SHA, [verdict("a")]) == 0
    lines = commit_file(store).read_bytes().splitlines(keepends=True)
    commit_file(store).write_bytes(b"".join(reversed(lines)))
    assert (ids(store.load()), store.load().problems) == (["b"], ())
    assert b'"a"' in commit_file(store).read_bytes()  # its line is kept


def test_a_record_is_never_changed(store: Store) -> None:
    store.add_verdicts(SHA, [verdict("a")])
    with store._place.changing() as opened:
        table = store._database(opened, SHA).table("verdicts")
        with pytest.raises(StoreError, match="append-only"):
            table.update({"note": "changed"})
        assert table.all()[0]["note"] == ""


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
    for name in ("README.md", "._x.jsonl", ".write.tmp", "x.jsonl.bak", "x.json.schema1"):
        (store.folder / "commits" / name).write_text("{", encoding="utf-8")
    assert store.load().problems == ()
