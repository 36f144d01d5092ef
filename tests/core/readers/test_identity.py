"""Whose a report is, what is one attempt, and what follows a file that was renamed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.models import Outcome
from core.readers import read_runs
from core.session import open_session
from tests.core.readers.output_samples import (
    DIFF,
    GOLD,
    Data,
    T,
    U,
    lines,
    make,
    pred,
    report,
)

YES, NO = {"resolved_ids": [T], "submitted_ids": [T]}, {"resolved_ids": [], "submitted_ids": [T]}
HARNESS = "logs/run_evaluation"


def by_model(*models: str) -> str:
    return lines(*(pred(model=model) for model in models))


@pytest.mark.parametrize(
    ("files", "marked", "said"),
    [
        (
            {"a.jsonl": by_model("gpt-5", "gpt-5-mini"), "gpt-5-mini.run.json": YES},
            {"gpt-5": None, "gpt-5-mini": True},
            "",
        ),
        (
            {"a.jsonl": by_model("gpt-4o", "gpt-4o-2024-05-13"), "gpt-4o.x.json": YES},
            {"gpt-4o": True, "gpt-4o-2024-05-13": None},
            "",
        ),
        (
            {"a.jsonl": by_model("openai/gpt-5", "azure/gpt-5"), "gpt-5.x.json": YES},
            {"openai/gpt-5": None, "azure/gpt-5": None},
            "does not say which of several models",
        ),
        (
            {"a.jsonl": by_model("openai/gpt-5", "azure/gpt-5"), "openai__gpt-5.x.json": YES},
            {"openai/gpt-5": True, "azure/gpt-5": None},
            "",
        ),
        (
            {
                "p/a.jsonl": by_model("a"),
                "p/b.jsonl": by_model("b"),
                "reports/a.x.json": YES,
                "reports/b.x.json": NO,
            },
            {"a": True, "b": False},
            "",
        ),
        (
            {
                "preds.jsonl": by_model("x/a", "x/b"),
                f"{HARNESS}/r/x__a/{T}/report.json": {T: report()},
                f"{HARNESS}/r/x__a/{T}/test_output.txt": "A",
                f"{HARNESS}/r/x__b/{T}/report.json": {T: report(resolved=False)},
                f"{HARNESS}/r/x__b/{T}/test_output.txt": "B",
            },
            {"x/a": True, "x/b": False},
            "",
        ),
        (
            {"a.jsonl": by_model("m"), "m.r1.json": YES, "m.r2.json": YES | {"error_ids": [U]}},
            {"m": True},
            "",
        ),
        (
            {
                "a.jsonl": by_model("m"),
                "m.r1.json": {"resolved_ids": [], "submitted_ids": [T], "error_ids": [T]},
                "m.r2.json": YES,
            },
            {"m": True},
            "",
        ),
    ],
)
def test_whom_a_report_speaks_of(
    files: Data, marked: dict[str, bool | None], said: str, tmp_path: Path
) -> None:
    runs = read_runs(make(tmp_path, files))
    assert {attempt.model: attempt.marked_success for attempt in runs.attempts} == marked
    assert any(said in problem.reason for problem in runs.problems)


def claims(folder: Path) -> list[bool | None]:
    return [attempt.marked_success for attempt in read_runs(folder).attempts]


def test_of_several_runs_of_a_model_the_one_is_meant_that_the_report_names(tmp_path: Path) -> None:
    files = {"p/run1.jsonl": lines(pred()), "p/run2.jsonl": lines(pred(patch=GOLD))}
    make(tmp_path, files | {"reports/m-1.run1.json": YES, "reports/m-1.run2.json": NO})
    assert claims(tmp_path) == [True, False]


def test_a_report_of_one_of_several_attempts_is_not_that_of_all(tmp_path: Path) -> None:
    attempts = lines(pred(), pred(patch=GOLD), pred(patch=""))
    make(tmp_path, {"preds.jsonl": attempts, "m-1.x.json": YES})
    assert claims(tmp_path) == [None, None, None]
    (said,) = [p.reason for p in read_runs(tmp_path).problems if p.path == "m-1.x.json"]
    assert "several attempts here (3 in all): it does not say which" in said


@pytest.mark.parametrize(
    "files",
    [
        {"a.jsonl": lines(pred(), pred(U)), "b.json": {U: pred(U), T: pred()}},
        {"a.jsonl": lines(pred()), "b.json": [pred(patch=f"{DIFF}\n", cost=0.1)]},
        {"s/a.jsonl": lines(pred(), pred(U)), "copy/s/a.jsonl": lines(pred(), pred(U))},
        {"all.jsonl": lines(pred(), pred(U)), "part/some.jsonl": lines(pred())},
    ],
)
def test_what_is_written_twice_is_one_attempt(files: Data, tmp_path: Path) -> None:
    runs = read_runs(make(tmp_path, files))
    assert [a.item for a in runs.attempts] == sorted({a.item for a in runs.attempts})
    assert any("contains the same records as" in problem.reason for problem in runs.problems)


def test_two_models_that_wrote_the_same_are_two(tmp_path: Path) -> None:
    files = {f"{m}.jsonl": lines(pred(model=m), pred(U, model=m)) for m in ("a", "b")}
    assert len(read_runs(make(tmp_path, files)).attempts) == 4


@pytest.mark.parametrize("name", ["better.jsonl", "x/preds.jsonl", "preds.json"])
def test_verdicts_follow_a_file_that_was_renamed(name: str, tmp_path: Path) -> None:
    before = make(tmp_path / "runs", {"preds.jsonl": lines(pred(), pred(U, patch=GOLD))})
    triage = open_session(before, reviewer="ann").triage
    for attempt in triage.run_set.attempts:
        triage.decide(attempt.key, outcome=Outcome.PARTIAL_SUCCESS, note=attempt.item)
    triage.save()
    (before / "preds.jsonl").unlink()
    changed = pred(U, patch=GOLD.replace("9", "7"))
    make(before, {name: lines(pred(), changed)})
    triage = open_session(before, reviewer="ann").triage
    notes = {k.attempt.item: k.verdict and k.verdict.note for k in triage.assessments()}
    assert notes == {T: T, U: None}, "a verdict follows its patch, and only that"
    assert list(triage.strays()) == [f"preds.jsonl/m-1/{U}"], "what does not follow is told"
