"""Imports: what one person exports another has, once, and a bad file harms nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import codec
from core.assess.decisions import newest, not_taken_back
from core.assess.outcome import assess
from core.errors import ExportError, PatchjuryError
from core.export import FORMATS, write_export
from core.export.importing import apply_import, read_import
from core.export.stats_page import format_statistics
from core.judge.books.ledger import Totals
from core.models import (
    Analysis,
    AnalysisScope,
    Assignment,
    Attempt,
    Basis,
    CommentKind,
    Criteria,
    Flag,
    InView,
    LineComment,
    Origin,
    Outcome,
    RunSet,
    Side,
    Verdict,
)
from core.readers import read_runs
from core.records import replace
from core.stats.figures import summarise
from core.stats.reported_figures import count_reported
from core.store import Store
from tests.core.patch.results import NOON, SHA, Result, make_result


@pytest.fixture
def result(tmp_path: Path) -> Result:
    return make_result(tmp_path / "runs")


def exported(result: Result, path: Path) -> Path:
    write_export(path, result.document(), overwrite=True)
    return path


def changed(path: Path, change: Mapping[str, Any], attempt: int | None = None) -> Path:
    """The JSON export with some fields of the whole, or of one attempt, replaced."""
    data = json.loads(path.read_bytes())
    (data if attempt is None else data["attempts"][attempt]).update(change)
    path.write_text(json.dumps(data))
    return path


@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_an_export_brings_the_whole_history_and_a_second_time_nothing(
    result: Result, tmp_path: Path, ending: str
) -> None:
    path = exported(result, tmp_path / f"out{ending}")
    imported = read_import(path, result.run_set)
    assert imported.problems == ()
    assert dict(imported.verdicts) == dict(result.histories)
    judgements = {a.attempt.key: a.judgements for a in result.assessments if a.judgements}
    assert dict(imported.judgements) == judgements
    store = Store(tmp_path / "store")
    counts = apply_import(imported, result.run_set, store)
    assert (counts.verdicts, counts.verdicts_added) == (3, 3)
    assert (counts.judgements, counts.judgements_added) == (3, 3)
    contents = store.load()
    assert dict(contents.verdicts) == dict(result.histories)
    standing = newest(not_taken_back(contents.verdicts["r1/a0"]))
    assert standing == result.assessments[0].verdict
    again = apply_import(read_import(path, result.run_set), result.run_set, store)
    assert (again.verdicts, again.verdicts_added, again.judgements_added) == (3, 0, 0)
    assert dict(store.load().verdicts) == dict(result.histories)


DAY = timedelta(days=1)
TEXT = st.text(st.characters(), max_size=20)
FLAG = st.sampled_from([None, True, False])
VERDICTS = st.builds(
    Verdict,
    id=st.text(st.characters(), min_size=1, max_size=8),
    attempt=st.just("r1/a0"),
    reviewer=TEXT,
    created=st.timedeltas(-10_000 * DAY, 100_000 * DAY).map(NOON.__add__),
    outcome=st.sampled_from(Outcome),
    criteria=st.builds(
        Criteria, FLAG, FLAG, FLAG, FLAG, FLAG, st.none() | st.floats(0, 1, allow_nan=False)
    ),
    tags=st.lists(TEXT, max_size=2).map(tuple),
    note=TEXT,
    comments=st.lists(
        st.builds(
            LineComment,
            TEXT,
            st.integers(1, 10**6),
            TEXT,
            st.sampled_from(Side),
            st.sampled_from(CommentKind),
            st.none() | st.integers(1, 10**6),
            TEXT,
            TEXT,
            st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    undoes=st.none() | TEXT,
    cannot_tell=st.none() | TEXT,
    basis=st.none() | st.builds(Basis, TEXT, TEXT, TEXT, TEXT),
    in_view=st.none() | st.lists(st.sampled_from(InView), max_size=3).map(tuple),
    origin=st.none() | st.builds(Origin, TEXT, TEXT, TEXT, st.none() | st.integers(0, 10**6)),
    seconds=st.none() | st.floats(0, 10**6),
    adjudicates=st.lists(TEXT, max_size=2).map(tuple),
    derived_from=TEXT,
    flags=st.lists(st.sampled_from(Flag), max_size=2).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(history=st.lists(VERDICTS, max_size=3))
@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_verdicts_of_any_text_come_back_from_an_export(
    tmp_path: Path, ending: str, history: list[Verdict]
) -> None:
    bare = RunSet(tmp_path, (Attempt("r1/a0", SHA),), {})
    document = Result(bare, [assess(bare.attempts[0], history)], {"r1/a0": history}).document()
    path = tmp_path / "out"
    path.write_text("".join(FORMATS[ending.removeprefix(".")].render(document)), encoding="utf-8")
    imported = read_import(path, bare)
    assert imported.problems == ()
    assert list(imported.verdicts.get("r1/a0", ())) == history


def test_a_verdict_of_schema_1_says_what_was_in_view_only_where_it_can(
    result: Result, tmp_path: Path
) -> None:
    old = json.loads(exported(result, tmp_path / "out.json").read_text(encoding="utf-8"))
    old["schema_version"] = 1
    history = next(a["history"] for a in old["attempts"] if a["key"] == "r1/a0")
    for record, blind in zip(history, (False, False, True), strict=True):
        for name in ("basis", "in_view", "origin", "flags", "cannot_tell"):
            del record[name]
        record["blind"] = blind
    (tmp_path / "old.json").write_text(json.dumps(old), encoding="utf-8")
    imported = read_import(tmp_path / "old.json", result.run_set)
    assert imported.problems == ()
    verdicts = imported.verdicts["r1/a0"]
    assert [v.blind for v in verdicts] == [None, None, True]
    assert [v.basis for v in verdicts] == [None] * 3


def test_attempts_that_are_not_here_are_counted(result: Result, tmp_path: Path) -> None:
    path = exported(result, tmp_path / "out.json")
    fewer = replace(result.run_set, attempts=result.run_set.attempts[2:])
    imported = read_import(path, fewer)
    assert set(imported.verdicts) == set()
    (problem,) = imported.problems
    assert problem.path == "out.json"
    assert "not in this run set: 2 attempts" in problem.reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"outcome": "splendid"}, "splendid"),
        ({"id": ""}, "no id"),
        ({"id": 7}, "$.id"),
        ({"attempt": "r1/a1"}, "another attempt"),
        ({"created": "2025-11-10T12:00:00"}, "time zone"),
        ({"created": "yesterday"}, "$.created"),
        ({"comments": "none"}, "$.comments"),
    ],
)
def test_a_malformed_verdict_is_a_problem_and_the_rest_is_taken(
    result: Result, tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    path = exported(result, tmp_path / "out.json")
    history = json.loads(path.read_bytes())["attempts"][0]["history"]
    changed(path, {"history": [*history, {**history[0], **change}]}, attempt=0)
    imported = read_import(path, result.run_set)
    assert dict(imported.verdicts) == dict(result.histories)
    (problem,) = imported.problems
    assert "attempts[0].history[3]" in problem.reason
    assert reason in problem.reason


def test_a_failed_call_cannot_smuggle_in_an_opinion(result: Result, tmp_path: Path) -> None:
    path = exported(result, tmp_path / "out.json")
    calls = json.loads(path.read_bytes())["attempts"][3]["judgements"]
    forged = {**calls[0], "criteria": {"syntax_correct": False}}
    changed(path, {"judgements": [forged]}, attempt=3)
    imported = read_import(path, result.run_set)
    assert "r2/a0" not in imported.judgements
    assert "gave no verdict" in imported.problems[0].reason


@pytest.mark.parametrize("odd", [None, 7, [], {}, {"key": 3}, {"history": []}])
def test_an_attempt_of_the_wrong_shape_is_a_problem(
    result: Result, tmp_path: Path, odd: object
) -> None:
    path = exported(result, tmp_path / "out.json")
    attempts = json.loads(path.read_bytes())["attempts"]
    changed(path, {"attempts": [odd, *attempts]})
    imported = read_import(path, result.run_set)
    assert dict(imported.verdicts) == dict(result.histories)
    assert [p.reason for p in imported.problems] == ["attempts[0]: no attempt key"]


def test_a_malformed_line_of_jsonl_is_a_problem_and_the_rest_is_taken(
    result: Result, tmp_path: Path
) -> None:
    path = exported(result, tmp_path / "out.jsonl")
    path.write_text("not json\n\n" + path.read_text() + '{"key": "r1/a0"}\n[1]\n')
    imported = read_import(path, result.run_set)
    assert dict(imported.verdicts) == dict(result.histories)
    assert [p.reason.split(":")[0] for p in imported.problems] == ["line 1", "line 9", "line 10"]


@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_a_newer_schema_is_refused_with_what_to_do(
    result: Result, tmp_path: Path, ending: str
) -> None:
    path = exported(result, tmp_path / f"out{ending}")
    path.write_text(path.read_text().replace('"schema_version": 2', '"schema_version": 3'))
    with pytest.raises(ExportError, match=r"newer patchjury \(schema 3; this one reads 2\)"):
        read_import(path, result.run_set)


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "{}", "7", "null", "[]", '{"schema_version": "1", "attempts": []}',
        '{"schema_version": true, "attempts": []}', '{"schema_version": 1}', "[" * 100_000,
        '{"schema_version": 1, "attempts": {}}', '{"a": 1}\n{"b": 2}\n', "\ufeff", "\x00\xff",
        '{"schema_version": 1, "attempts": [',
    ],
)  # fmt: skip
def test_what_is_no_export_is_a_clear_error(result: Result, tmp_path: Path, text: str) -> None:
    path = tmp_path / "in.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PatchjuryError) as caught:
        read_import(path, result.run_set)
    assert "in.json" in str(caught.value)


def test_a_missing_file_is_a_clear_error(result: Result, tmp_path: Path) -> None:
    for path in (tmp_path / "absent.json", tmp_path):
        with pytest.raises(ExportError, match="cannot read"):
            read_import(path, result.run_set)


def test_the_ending_does_not_matter(result: Result, tmp_path: Path) -> None:
    path = exported(result, tmp_path / "out.json").rename(tmp_path / "from-a-colleague.txt")
    assert dict(read_import(path, result.run_set).verdicts) == dict(result.histories)


def test_published_evaluations_become_judgements_once(shared: Path, tmp_path: Path) -> None:
    reports = shared / "isobench" / "analysis_reports"
    run_set = read_runs(
        reports / "all_attempts_comprehensive.json",
        commits=[shared / "isobench" / "tmp_single_commit"],
    )
    imported = read_import(reports / "gpt5_evaluations.json", run_set)
    store = Store(tmp_path / "store")
    counts = apply_import(imported, run_set, store)
    assert (counts.judgements, counts.judgements_added, counts.verdicts) == (143, 143, 0)
    states = [j.state.value for calls in store.load().judgements.values() for j in calls]
    assert (states.count("error"), states.count("verdict")) == (114, 29)
    assert apply_import(imported, run_set, store).judgements_added == 0


def test_verdicts_on_real_attempts_travel_to_a_colleague(shared: Path, tmp_path: Path) -> None:
    run_set = read_runs(shared / "real_runs")
    histories = {
        attempt.key: (
            Verdict(f"id{n}", attempt.key, "ada", NOON + timedelta(seconds=n), Outcome.FAILURE),
        )
        for n, attempt in enumerate(run_set.attempts)
    }
    assessments = [assess(a, histories[a.key]) for a in run_set.attempts]
    path = exported(Result(run_set, assessments, histories), tmp_path / "out.json")
    store = Store(tmp_path / "colleague")
    assert apply_import(read_import(path, run_set), run_set, store).verdicts_added == 33
    assert dict(store.load().verdicts) == histories


def test_analyses_and_assignments_come_back_once(result: Result, tmp_path: Path) -> None:
    subjects = (
        (AnalysisScope.WHOLE, ""),
        (AnalysisScope.COMMIT, SHA),
        (AnalysisScope.ATTEMPT, "r1/a0"),
    )
    analyses = [
        Analysis(f"n{n}", scope, about, "ada", NOON, {"findings": "x"})
        for n, (scope, about) in enumerate(subjects)
    ]
    given = [
        Assignment("g", "r1/a0", "bo", NOON, "p"),
        Assignment("h", "elsewhere", "bo", NOON, "p"),
    ]
    path = exported(result, tmp_path / "out.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    data["analyses"] = codec.to_data(analyses)
    data["assignments"] = [*codec.to_data(given), {"id": "broken"}]
    path.write_text(json.dumps(data), encoding="utf-8")
    imported = read_import(path, result.run_set)
    (problem,) = imported.problems
    assert "the export.assignments[2]" in problem.reason
    store = Store(tmp_path / "store")
    counts = [apply_import(imported, result.run_set, store) for _ in range(2)]
    assert [(c.writings, c.writings_added) for c in counts] == [(4, 4), (4, 0)]
    contents = store.load()
    assert {a.id for a in contents.analyses} == {"n0", "n1", "n2"}
    assert [a.id for a in contents.assignments] == ["g"]


def test_facts_and_ledger_of_another_are_kept_under_their_name_and_counted_nowhere(
    result: Result, tmp_path: Path
) -> None:
    path = exported(result, tmp_path / "out.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    data["given"]["ledger"] = codec.to_data(Totals(calls=7, cost=1.25, unknown_costs=2))
    data["attempts"][3]["check"] = {"attempt": 5}
    path.write_text(json.dumps(data), encoding="utf-8")
    imported = read_import(path, result.run_set)
    assert any("the check report on r2/a0" in problem.reason for problem in imported.problems)
    store = Store(tmp_path / "store")
    counts = [apply_import(imported, result.run_set, store) for _ in range(2)]
    assert [c.reported for c in counts] == [2, 2]
    (told,) = count_reported(store.load().reported)
    assert told.reported_by.startswith("import ") and told.created == NOON
    assert (told.checked, told.ledger and told.ledger.calls) == (1, 7)
    known = [assess(attempt) for attempt in result.run_set.attempts]
    stats = summarise(result.run_set, known, {}, reported=[told])
    assert stats.money.judge is None and stats.patterns.checked == 0
    assert f"reported by {told.reported_by}" in format_statistics(stats)
