"""Where nothing opens, the message names what was seen and what would help."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError
from core.readers import read_runs
from tests.core.readers.output_samples import DIFF, Data, T, lines, log, make, pred, row

GPQA = {"id": 1, "epoch": 1, "input": "q", "metadata": {}, "scores": {"choice": {"value": "C"}}}
AIDER = {"testdir": "d", "testcase": "bob", "model": "m", "tests_outcomes": [True], "cost": 0.1}
LIVE_CODE = {"question_title": "t", "question_id": "1", "output_list": ["x"], "code_list": ["y"]}
NESTED = ".aider.results.json"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({f"run/practice/bob/{NESTED}": AIDER}, "Aider's benchmark results contain no patches"),
        ({"m/eval_all.json": [LIVE_CODE]}, "LiveCodeBench results contain whole programs"),
        ({"s.jsonl": lines({"task_id": "HumanEval/0", "completion": "x"})}, "HumanEval, MBPP"),
        ({"s.jsonl": lines({"task_id": "BigCodeBench/0", "solution": "x"})}, "contain functions"),
        ({"grading_report.json": {"competition_reports": []}}, "MLE-bench results contain scores"),
        ({"eval_results.json": {"1": [{"sample_id": 0, "compiled": True, "correctness": True}]}},
         "KernelBench results contain whole files"),
        ({"a.json": log(GPQA, task="gpqa")}, "an Inspect log about gpqa contains no patches"),
        ({"0001-fix.patch": DIFF, "b.diff": DIFF}, "2 patches (0001-fix.patch, b.diff), and noth"),
        ({"a.pdf": b"%PDF", "b/c.pdf": b"%PDF", "d": b"x"}, "Seen: 2 .pdf, 1 no ending."),
        ({}, "The folder is empty."),
        ({"data.jsonl": lines(row())}, "1 human change, and no attempt at any: add predictions"),
        ({"m.json": {"resolved_ids": [T]}}, "1 report, and nothing that they are about"),
        ({"logs.zip": b"PK", "x.tar.gz": b"x"}, "2 archives (logs.zip, x.tar.gz): unpack them"),
        ({"p.jsonl": lines({"instance_id": T, "patch": DIFF})}, "an agent's patch is model_patch"),
        ({"a.json": [{"id": 1, "answer": "x"}]}, "a.json with 1 record of an unknown kind (field"),
    ],
)  # fmt: skip
def test_what_was_seen_is_named(files: Data, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no attempts were found") as raised:
        read_runs(make(tmp_path / "runs", files))
    assert said in raised.value.hint


def test_archives_beside_attempts_are_told(tmp_path: Path) -> None:
    runs = read_runs(make(tmp_path, {"preds.jsonl": lines(pred()), "a/logs.tar.gz": b"x"}))
    assert any("1 archive (logs.tar.gz) was not opened" in p.reason for p in runs.problems)


@pytest.mark.parametrize(
    ("name", "held", "said"),
    [
        ("x.zip", b"PK", "Seen: 1 archive (x.zip): unpack it first."),
        ("fix.patch", DIFF, "1 patch (fix.patch), and nothing that says for which task"),
        ("journal.json", {"status": "success"}, "If it belongs to a run, open the folder."),
        ("report.json", {"resolved_ids": [T]}, "put them beside their predictions"),
        ("a.pdf", b"%PDF", "Seen: 1 .pdf."),
    ],
)
def test_what_one_file_is_is_named(name: str, held: object, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no attempts were found") as raised:
        read_runs(make(tmp_path, {name: held}) / name)
    assert said in raised.value.hint
