"""Every kind of evaluation output in `tests/cases/formats`: what its notes say is right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.errors import InputError
from core.models import Attempt, PatchState, RunSet
from core.readers import read_runs
from core.readers.reader_registry import READERS
from tests.conftest import ROOT

CASES = ROOT / "tests/cases/formats"
EXPECTED = sorted(path.parent.name for path in CASES.glob("*/expect.json"))


def read(kind: str) -> RunSet:
    return read_runs(CASES / kind)


def first(kind: str) -> Attempt:
    return read(kind).attempts[0]


def reasons(runs: RunSet) -> str:
    return "\n".join(f"{problem.path} {problem.reason}" for problem in runs.problems)


def names(texts: Sequence[object]) -> list[str]:
    return [text.name for text in texts]  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", EXPECTED)
def test_the_figures_of_every_kind(kind: str) -> None:
    runs = read(kind)
    found = {
        "attempts": len(runs.attempts),
        "marked_success": sum(a.marked_success is True for a in runs.attempts),
        "no_claim": sum(a.marked_success is None for a in runs.attempts),
        "human_commits_found": sum(c.diff is not None for c in runs.commits.values()),
    }
    expected = json.loads((CASES / kind / "expect.json").read_text("utf-8"))
    assert {name: found[name] for name in expected} == expected
    for attempt in runs.attempts:
        for text in (attempt.patch.source, *attempt.prompts, *attempt.logs):
            assert text is None or isinstance(text.read(), str)
        if attempt.patch.has_text and attempt.patch.source:
            assert "+++ " in attempt.patch.source.read()
    for commit in runs.commits.values():
        assert commit.diff is None or "+++ " in commit.diff.read()


def test_every_case_belongs_to_a_reader() -> None:
    named = {case for reader in READERS for case in reader.cases}
    assert {path.name for path in CASES.iterdir()} == named


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("kernelbench", "KernelBench results contain whole files, not patches"),
        ("terminal-bench", "terminal-bench results contain no patches"),
    ],
)
def test_what_cannot_be_opened_is_named(kind: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        read(kind)
    assert said in raised.value.hint


@pytest.mark.parametrize(
    ("kind", "agent", "model", "status"),
    [
        ("swe-agent", "SWE-agent", "cfg__model", "submitted"),
        ("mini-swe-agent", "mini-swe-agent", "anthropic/model-1", "Submitted"),
        ("openhands", "OpenHands CodeActAgent", "litellm_proxy/model-1", "resolved"),
        ("harbor", "mini-swe-agent", "model-1", "passed"),
        ("inspect", "Inspect", "openai/model-1", "correct"),
        ("hal", "A (model-1)", "model-1", "resolved"),
        ("trae-agent", "trae-agent", "trae-agent", None),
        ("swebench-experiments", "Agent + Model", "model-1", "submitted"),
        ("swe-bench-live", "unknown", "swe-bench-live", "resolved"),
        ("swebench-pro", "unknown", "grok-code", "resolved"),
    ],
)
def test_who_made_it_and_how_it_ended(
    kind: str, agent: str, model: str, status: str | None
) -> None:
    attempt = first(kind)
    assert (attempt.agent, attempt.model, attempt.status) == (agent, model, status)


@pytest.mark.parametrize(
    ("kind", "steps", "tokens", "cost", "seconds"),
    [
        ("swe-agent", 4, (100, 10), 0.3, None),
        ("mini-swe-agent", 5, (None, None), 0.2, None),
        ("openhands", 1, (10, 2), 0.3, None),
        ("harbor", 2, (100, 20), 0.2, 300.0),
        ("trae-agent", 1, (1, 1), None, 60.0),
        ("swebench-experiments", 4, (100, 10), 0.3, None),
    ],
)
def test_what_it_cost(
    kind: str, steps: int, tokens: tuple[int, int], cost: float | None, seconds: float | None
) -> None:
    run = first(kind).execution
    assert (run.steps, (run.tokens_in, run.tokens_out)) == (steps, tokens)
    assert (run.cost_usd, run.duration_s) == (cost, seconds)


@pytest.mark.parametrize(
    ("kind", "logs"),
    [
        ("swe-agent", ["acme__widget-1.traj"]),
        ("mini-swe-agent", ["acme__widget-1.traj.json"]),
        ("openhands", ["history", "metrics", "test_result"]),
        ("harbor", ["result.json", "trajectory.json", "reward.txt", "test-stdout.txt"]),
        ("inspect", ["scores"]),
        ("trae-agent", ["trajectory_20250612_220546.json"]),
        ("swebench-experiments", ["test_output.txt", "report.json", "acme__widget-1.traj"]),
    ],
)
def test_its_logs(kind: str, logs: list[str]) -> None:
    assert names(first(kind).logs) == logs


@pytest.mark.parametrize(
    ("kind", "prompt"),
    [
        ("openhands", "Fix it"),
        ("harbor", "Fix it"),
        ("inspect", "Fix it"),
        ("trae-agent", "Fix it"),
        ("mini-swe-agent", "u"),
        ("swe-smith", "p"),
        ("autocoderover", "p"),
    ],
)
def test_what_the_agent_was_told(kind: str, prompt: str) -> None:
    assert first(kind).prompts[0].read() == prompt


def test_a_contradiction_is_named_with_both_reports() -> None:
    said = reasons(read("autocoderover"))
    assert "new_eval_results/report.json and old_eval_results/final_report.json contradict" in said
    assert "m.run1.json and m.run2.json contradict each other on 4" in reasons(
        read("reports-two-runs")
    )
    assert "no known kind" not in said


def test_two_submissions_are_marked_by_their_own_reports() -> None:
    marked = {a.model: a.marked_success for a in read("two-submissions").attempts}
    assert marked == {"alpha-run": True, "beta-run": False}


def test_a_report_is_of_the_longest_model_name() -> None:
    marked = {(a.model, a.marked_success) for a in read("reports-prefix").attempts}
    assert marked == {("gpt-5", None), ("gpt-5.1", True)}


def test_an_evaluation_that_failed_claims_nothing() -> None:
    statuses = {a.item: (a.status, a.marked_success) for a in read("swebench-harness").attempts}
    assert statuses["acme__widget-2"] == ("error", None)


def test_records_found_twice_are_named() -> None:
    assert "all_preds.jsonl contains the same records as all_preds.json" in reasons(
        read("dup-json-jsonl")
    )
    assert "output.swebench.jsonl contains the same records as" in reasons(read("openhands"))


def test_candidates_are_named_and_can_be_opened_alone() -> None:
    path = "results/repair_sample_1/output_0_processed.jsonl"
    assert f"{path} holds a candidate of what was chosen" in reasons(read("agentless"))
    (attempt,) = read_runs(CASES / "agentless" / path).attempts
    assert attempt.patch.state is PatchState.WHOLE
    (only,) = read("trae-agent").attempts
    assert only.key == "results/predictions.json/trae-agent/acme__widget-1"
    candidates = read_runs(CASES / "trae-agent/selection.jsonl").attempts
    assert [a.marked_success for a in candidates] == [True, False]


def test_the_fix_of_swe_smith_is_the_reverse_and_that_is_said() -> None:
    runs = read("swe-smith")
    (commit,) = runs.commits.values()
    assert commit.diff is not None
    assert commit.diff.read().endswith("@@ -1 +1 @@\n-a = BUG\n+a = 1\n")
    assert "the reverse of the patch that put the bug in" in reasons(runs)
    assert "reverse" in commit.source


def test_gso_commits_have_their_own_sha_and_base() -> None:
    runs = read("gso")
    (commit,) = runs.commits.values()
    assert (commit.sha, commit.subject) == ("2" * 40, "PERF: faster")
    assert runs.attempts[0].base is None  # the parent of a commit that no repository holds


def test_a_prediction_pasted_into_a_prediction_is_read() -> None:
    assert first("swt-patch-dict").patch.state is PatchState.WHOLE


def test_a_measurement_does_not_shadow_the_commit() -> None:
    (commit,) = read("iso-bench-benchmarks").commits.values()
    assert (commit.diff is not None, commit.message, commit.parent) == (True, "m", "d" * 40)


def test_failed_tests_of_swefficiency_are_no_success(tmp_path: Path) -> None:
    assert first("swefficiency").marked_success is None
    report = next((CASES / "swefficiency/eval_reports").iterdir())
    predictions = (CASES / "swefficiency/predictions/oh_m.jsonl").read_text("utf-8")
    (tmp_path / "oh_m.jsonl").write_text(predictions, "utf-8")
    text = report.read_text("utf-8").replace("0.75,1.0,1.0", "0.75,0.5,0.5")
    (tmp_path / report.name).write_text(text, "utf-8")
    (attempt,) = read_runs(tmp_path).attempts
    assert attempt.marked_success is False
