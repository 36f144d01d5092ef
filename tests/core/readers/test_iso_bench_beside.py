"""What lies beside ISO-Bench's run folders: evaluations, records of the same attempts, patches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.models import PatchState
from core.readers import read_runs
from tests.core.readers.output_samples import DIFF, GOLD, lines, make, pred
from tests.core.runs_on_disk import BASE, HUMAN, write, write_attempt

PLACE = "codex/gpt-5/389be848/sglang_core-0001"


def evaluation(**told: Any) -> dict[str, Any]:
    meta = {"agent": "codex", "timestamp": "389be848", "item_id": "sglang_core-0001"}
    return {
        "meta": meta,
        "commits": {"human": HUMAN, "pre": BASE},
        "agent": {"status": "success", "patch_generated": True},
        "evaluation": {"status": "success", "baseline_ms": 20.0, "patched_ms": 10.0} | told,
    }


def test_an_evaluation_is_not_another_attempt(tmp_path: Path) -> None:
    attempt = write_attempt(tmp_path / "state/runs/sglang" / PLACE)
    folder = tmp_path / "eval_results_v2/sglang" / PLACE
    write(folder / "run_summary.json", evaluation())
    write(folder / "test_stdout.txt", "fast")
    runs = read_runs(tmp_path)
    (one,) = runs.attempts
    assert (one.key, one.model) == (f"state/runs/sglang/{PLACE}", "gpt-5")
    assert one.patch.state is PatchState.WHOLE
    assert "test_stdout.txt" in [log.name for log in one.logs]
    assert [(m.subject.value, m.value, m.unit) for m in runs.measurements] == [
        ("baseline", 20.0, "ms"),
        ("attempt", 10.0, "ms"),
    ]
    assert attempt.is_dir()


def test_an_evaluation_alone_stands_for_its_attempt(tmp_path: Path) -> None:
    folder = tmp_path / "eval_results_v2/sglang" / PLACE
    write(folder / "run_summary.json", evaluation(baseline_ms=None, patched_ms=None))
    runs = read_runs(tmp_path)
    (one,) = runs.attempts
    assert (one.reference_sha, one.patch.state) == (HUMAN, PatchState.UNREADABLE)
    assert any(
        "is the evaluation of an attempt whose folder and patch" in p.reason for p in runs.problems
    )


def test_two_evaluations_that_differ_are_told(tmp_path: Path) -> None:
    write_attempt(tmp_path / "state/runs/sglang" / PLACE)
    for version, took in (("v1", 10.0), ("v2", 30.0)):
        folder = tmp_path / f"eval_results_{version}/sglang" / PLACE
        write(folder / "run_summary.json", evaluation(patched_ms=took))
    runs = read_runs(tmp_path)
    assert len(runs.attempts) == 1
    assert not runs.measurements
    assert any("measured sglang_core-0001 differently" in p.reason for p in runs.problems)


def test_records_of_one_attempt_in_two_files_are_one(tmp_path: Path) -> None:
    record: dict[str, Any] = {"run_id": "vllm_core-05", "item_id": "vllm_core-0000"}
    record |= {"human_commit_full": HUMAN} | {"execution": {"status": "error", "returncode": 1}}
    write(tmp_path / "all_attempts.json", [record])
    write(tmp_path / "per_commit.json", {"attempts": [record | {"patch": {"content": DIFF}}]})
    runs = read_runs(tmp_path)
    (one,) = runs.attempts
    assert one.patch.has_text
    assert any(
        "contains 1 of the same records as per_commit.json" in p.reason for p in runs.problems
    )


def test_a_patch_named_after_no_task_is_no_attempt_beside_others(tmp_path: Path) -> None:
    files = {"preds.jsonl": lines(pred()), "misc/patches/integration_v1.0.patch": GOLD}
    runs = read_runs(make(tmp_path / "beside", files))
    assert [attempt.item for attempt in runs.attempts] == ["acme__w-1"]
    assert any("not named after a task: left out" in p.reason for p in runs.problems)
    alone = read_runs(make(tmp_path / "alone", {"patches/widget-1.patch": DIFF}))
    assert [attempt.item for attempt in alone.attempts] == ["widget-1"]
