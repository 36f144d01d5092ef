"""Records in files: attempts, predictions with their references and results, evaluations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import InputError, SourceError
from core.models import Attempt, JudgementState, PatchState, RunSet
from core.readers import read_evaluations, read_runs
from tests.core.runs_on_disk import BASE, DIFF, HUMAN, write


def attempt_record(item: str = "i-0", **fields: Any) -> dict[str, Any]:
    return {
        "run_id": "r-1",
        "item_id": item,
        "commit": HUMAN[:8],
        "status": "success",
        "patch": {"exists": True, "size_bytes": len(DIFF), "content": DIFF},
        "prompt": {"task": "t", "commits": {"human": HUMAN, "pre": BASE}},
        "execution": {"returncode": 1, "duration_seconds": 2.5, "error": None},
        "task_description": "go",
    } | fields


def by_item(runs: RunSet) -> dict[str, Attempt]:
    return {attempt.item: attempt for attempt in runs.attempts}


def reasons(runs: RunSet) -> list[str]:
    return [f"{p.path} {p.reason}" for p in runs.problems if "human commit" not in p.reason]


@pytest.mark.parametrize(
    ("patch", "state", "held", "recorded"),
    [
        ({"size_bytes": 400, "content": DIFF}, PatchState.CUT, len(DIFF), 400),
        ({"size_bytes": 5, "content": "é\nab"}, PatchState.WHOLE, 5, 5),
        ({"content": DIFF}, PatchState.WHOLE, len(DIFF), None),
        ({"exists": True, "size_bytes": 0, "content": ""}, PatchState.EMPTY, 0, 0),
        ({"exists": False, "size_bytes": 0}, PatchState.MISSING, None, None),
        (None, PatchState.MISSING, None, None),
        ({"size_bytes": 400}, PatchState.UNREADABLE, None, 400),
        ({"size_bytes": 400, "content": " "}, PatchState.UNREADABLE, 1, 400),
        ({"size_bytes": "9", "content": ["x"]}, PatchState.MISSING, None, None),
    ],
)
def test_patch_evidence_of_a_record(
    tmp_path: Path, patch: object, state: PatchState, held: int | None, recorded: int | None
) -> None:
    path = write(tmp_path / "a.json", [attempt_record(patch=patch)])
    (attempt,) = read_runs(path).attempts
    evidence = attempt.patch
    assert (evidence.state, evidence.held_bytes, evidence.recorded_bytes) == (state, held, recorded)


def test_texts_are_read_from_their_bytes(tmp_path: Path) -> None:
    contents = ["größe\n" * 3, DIFF, "日本\r\n\x00"]
    records = [attempt_record(str(n), patch={"content": c}) for n, c in enumerate(contents)]
    text = json.dumps(records, ensure_ascii=False, indent=1)
    for data in (text.encode(), text.encode("utf-8-sig"), json.dumps(records).encode()):
        path = write(tmp_path / "a.json", data)
        found = by_item(read_runs(path))
        read = [a.patch.source.read() for a in found.values() if a.patch.source]
        assert read == contents
        assert found["1"].prompts[1].read() == "go"
        assert json.loads(found["1"].logs[0].read())["returncode"] == 1
    write(path, "[]")
    source = found["1"].patch.source
    assert source is not None
    with pytest.raises(SourceError):
        source.read()


def test_a_cut_file_gives_the_records_before_the_cut(tmp_path: Path) -> None:
    text = json.dumps([attempt_record(str(n)) for n in range(5)])
    runs = read_runs(write(tmp_path / "a.json", text[: len(text) // 2]))
    assert len(runs.attempts) == 2
    (reason,) = reasons(runs)
    assert reason.startswith("a.json is not JSON")
    assert reason.endswith("2 records before that")


def test_records_that_are_no_records_are_counted(tmp_path: Path) -> None:
    records: list[object] = [None, attempt_record(), 3, [], {"x": 1}]
    runs = read_runs(write(tmp_path / "a.json", records))
    assert len(runs.attempts) == 1
    assert reasons(runs) == ["a.json contains 4 records of an unknown kind beside 1 other"]


def test_one_record_that_is_not_utf8_is_left_out(tmp_path: Path) -> None:
    text = json.dumps([attempt_record("good"), attempt_record("bad"), attempt_record("last")])
    runs = read_runs(write(tmp_path / "a.json", text.encode().replace(b'"bad"', b'"b\xffd"')))
    assert list(by_item(runs)) == ["good", "last"]
    assert by_item(runs)["last"].prompts[1].read() == "go"
    assert "is not UTF-8 in record 2" in reasons(runs)[0]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 100_000, b"\xff\xfe[\x00", b'"text"', b"[1, 2", b"{}{"]
)
def test_broken_json_beside_good_runs(tmp_path: Path, content: bytes) -> None:
    write(tmp_path / "good.json", [attempt_record()])
    write(tmp_path / "bad.json", content)
    runs = read_runs(tmp_path)
    assert len(runs.attempts) == 1
    assert content == b'"text"' or any(reason.startswith("bad.json ") for reason in reasons(runs))
    with pytest.raises(InputError):
        read_runs(tmp_path / "bad.json")


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, float("nan"), "\ud800", "../../etc"])
def test_any_value_in_a_record(tmp_path: Path, value: object) -> None:
    record = dict.fromkeys(attempt_record(), value)
    runs = read_runs(write(tmp_path / "a.json", [record, {"run_id": 1, "item_id": 2}]))
    assert len(runs.attempts) == 2
    for attempt in runs.attempts:
        assert ".." not in attempt.key.split("/")


def prediction(name: str = "org__x-1", **fields: Any) -> dict[str, Any]:
    record = {"instance_id": name, "model_patch": DIFF, "model_name_or_path": "org/m"}
    return record | fields


def as_lines(records: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\r\n" for record in records)


PREDICTIONS = [
    prediction("org__x-1"),
    prediction("org__x-2", model_patch="\n\n" + DIFF),
    prediction("/home/me/vllm__repo-3", model_patch=None),
    prediction("org__x-4", model_patch=""),
    prediction("org__x-1"),
]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.jsonl", as_lines(PREDICTIONS)),
        ("p.json", as_lines(PREDICTIONS)),
        ("p.json", json.dumps(PREDICTIONS)),
        ("p.json", json.dumps({str(n): record for n, record in enumerate(PREDICTIONS)})),
    ],
)
def test_predictions_in_every_form(tmp_path: Path, name: str, text: str) -> None:
    runs = read_runs(write(tmp_path / name, text))
    assert {a.key.removeprefix(name): a.patch.state for a in runs.attempts} == {
        "/org_m/org__x-1": PatchState.WHOLE,
        "/org_m/org__x-2": PatchState.WHOLE,
        "/org_m/home_me_vllm__repo-3": PatchState.MISSING,
        "/org_m/org__x-4": PatchState.EMPTY,
        "/org_m/org__x-1#2": PatchState.WHOLE,
    }
    second = by_item(runs)["org__x-2"]
    assert second.patch.source is not None
    assert second.patch.source.read() == "\n\n" + DIFF
    assert (second.model, second.marked_success, second.run) == ("org/m", None, name)


def test_broken_lines_are_counted_once(tmp_path: Path) -> None:
    text = as_lines([prediction()]) + '{"instance_id": \n\n{"x\n' + as_lines([prediction("b")])
    runs = read_runs(write(tmp_path / "p.jsonl", text))
    assert len(runs.attempts) == 2
    (reason,) = reasons(runs)
    assert reason.startswith("p.jsonl line 2 is not JSON")
    assert reason.endswith("and 1 more lines are broken")


INSTANCES = [
    {
        "instance_id": "org__x-1",
        "patch": DIFF,
        "base_commit": BASE,
        "problem_statement": "It is slow\n\nVery.",
        "created_at": "2024-01-02T03:04:05Z",
    },
    {"instance_id": "org__x-2", "patch": DIFF, "base_commit": BASE, "commit": HUMAN},
]


@pytest.mark.parametrize("beside", [True, False])
def test_reference_dataset(tmp_path: Path, beside: bool) -> None:
    path = write(tmp_path / "runs/p.jsonl", as_lines([prediction(), prediction("org__x-2")]))
    folder = "runs" if beside else "data"
    dataset = write(tmp_path / folder / "dataset.jsonl", as_lines(INSTANCES))
    runs = read_runs(path, commits=() if beside else [dataset])
    first, second = (by_item(runs)[f"org__x-{n}"] for n in (1, 2))
    assert (first.reference_sha, first.base, second.reference_sha) == ("org__x-1", BASE, HUMAN)
    assert first.prompts[0].read().startswith("It is slow")
    commit = runs.commits["org__x-1"]
    assert (commit.subject, commit.parent) == ("It is slow", BASE)
    assert commit.diff is not None
    assert commit.diff.read() == DIFF
    assert runs.problems == ()


def test_predictions_without_a_dataset_say_so(tmp_path: Path) -> None:
    runs = read_runs(write(tmp_path / "p.jsonl", prediction()))
    assert runs.commits["org__x-1"].diff is None
    assert [p.path for p in runs.problems] == ["org__x-1"]


@pytest.mark.parametrize(
    ("results", "second", "third"),
    [
        ({"resolved": ["org__x-1"]}, False, False),
        ({"resolved": 1, "resolved_ids": ["org__x-1"], "incomplete_ids": ["c"]}, False, None),
        ({"resolved_ids": ["org__x-1"], "submitted_ids": ["org__x-1", "b"]}, False, None),
        ({"resolved": {"org__x-1": True, "b": False}}, False, None),
        ({"org__x-1": {"resolved": True}, "b": {"resolved": False}}, False, None),
    ],
)
@pytest.mark.parametrize("where", ["results.json", "results/results.json"])
def test_results_mark_success(
    tmp_path: Path, results: object, second: bool, third: bool | None, where: str
) -> None:
    write(tmp_path / "p.jsonl", as_lines([prediction(), prediction("b"), prediction("c")]))
    write(tmp_path / where, results)
    found = by_item(read_runs(tmp_path))
    marked = [found[name].marked_success for name in ("org__x-1", "b", "c")]
    assert marked == [True, second, third]
    assert found["org__x-1"].status == "resolved"


def test_results_of_one_model_do_not_mark_another(tmp_path: Path) -> None:
    for model in ("org/a", "org/b"):
        name = model.replace("/", "__")
        write(tmp_path / f"{name}.jsonl", prediction(model_name_or_path=model))
        resolved = ["org__x-1"] if model == "org/a" else []
        write(tmp_path / f"{name}.run.json", {"resolved_ids": resolved})
    marked = {a.model: a.marked_success for a in read_runs(tmp_path).attempts}
    assert marked == {"org/a": True, "org/b": False}


def evaluation(item: str = "i-0", **opinion: Any) -> dict[str, Any]:
    return {"run_id": "r-1", "item_id": item, "evaluation": opinion or None}


def evaluations(*records: object) -> list[dict[str, Any]]:
    return [{"commit": HUMAN[:8], "evaluated_attempts": list(records)}]


OPINION: dict[str, Any] = {
    "syntax_correct": True,
    "files_match": "yes",
    "optimization_logic_match": False,
    "is_template_code": None,
    "quality_score": 0.25,
    "issues": ["wrong file", 3],
    "reasoning": "because",
}


def test_earlier_evaluations_found_beside_the_runs(tmp_path: Path) -> None:
    write(
        tmp_path / "a.json", [attempt_record("i-0"), attempt_record("i-1"), attempt_record("i-2")]
    )
    failed = OPINION | {"issues": ["Evaluation error: no reply"]}
    records = (
        evaluation(**OPINION),
        evaluation("i-1", **failed),
        evaluation("i-2"),
        evaluation("x"),
    )
    path = write(tmp_path / "evaluations.json", evaluations(*records))
    runs = read_runs(tmp_path)
    verdict, error, empty = runs.judgements
    assert verdict.state is JudgementState.VERDICT
    assert verdict.attempt == "a.json/r-1/i-0"
    assert verdict.criteria.syntax_correct is True
    assert verdict.criteria.optimization_logic_match is False
    assert verdict.criteria.files_match is None  # "yes" is neither true nor false
    assert verdict.criteria.quality_score == 0.25
    assert [issue.message for issue in verdict.issues] == ["wrong file"]
    assert (verdict.reasoning, verdict.origin) == ("because", "evaluations.json")
    assert error.state is empty.state is JudgementState.ERROR
    assert error.error == "Evaluation error: no reply"
    assert error.criteria.syntax_correct is None
    assert reasons(runs) == ["evaluations.json 1 evaluations match no loaded attempt"]
    again, _ = read_evaluations(path, runs.attempts)
    assert [j.id for j in again] == [j.id for j in runs.judgements]


def test_an_evaluation_that_fits_two_attempts_is_not_guessed(tmp_path: Path) -> None:
    write(tmp_path / "a.json", [attempt_record(), attempt_record()])
    path = write(tmp_path / "e.json", evaluations(evaluation(**OPINION)))
    judgements, problems = read_evaluations(path, read_runs(tmp_path / "a.json").attempts)
    assert judgements == []
    assert [p.reason for p in problems] == ["1 evaluations match several loaded attempts"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'[{"evaluated_attempts": 3}]'])
def test_a_file_without_evaluations_is_an_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="no earlier evaluations"):
        read_evaluations(write(tmp_path / "e.json", content), ())
    with pytest.raises(InputError, match="no earlier evaluations"):
        read_evaluations(tmp_path / "absent.json", ())
