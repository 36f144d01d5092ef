"""The figures that must come out of the real runs in ../shared."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from core.models import JudgementState, PatchState, RunSet
from core.readers import read_evaluations, read_runs


@pytest.fixture(scope="module")
def attempts_file(shared: Path) -> RunSet:
    return read_runs(shared / "isobench/analysis_reports/all_attempts_comprehensive.json")


@pytest.fixture(scope="module")
def state(shared: Path) -> RunSet:
    return read_runs(shared / "isobench/state")


@pytest.fixture(scope="module")
def real_runs(shared: Path) -> RunSet:
    return read_runs(shared / "real_runs")


def texts(runs: RunSet) -> list[str]:
    """The patch of every attempt that has one."""
    return [a.patch.source.read() for a in runs.attempts if a.patch.has_text and a.patch.source]


def test_attempts_file_counts(attempts_file: RunSet) -> None:
    attempts = attempts_file.attempts
    assert len(attempts) == 300
    assert len({a.key for a in attempts}) == 300
    assert len(attempts_file.commits) == 96
    assert sum(a.marked_success is True for a in attempts) == 134
    assert sum(a.patch.has_text for a in attempts) == 143
    assert sum(a.patch.state is PatchState.CUT for a in attempts) == 66
    returned = [a.execution.returncode for a in attempts if a.marked_success]
    assert sum(code not in (0, None) for code in returned) == 65
    assert attempts_file.problems == ()


def test_attempts_file_patches_are_read_from_their_place(attempts_file: RunSet) -> None:
    patches = texts(attempts_file)
    assert sum("diff --git a/model_patch.diff" in patch for patch in patches) == 55
    assert len(set(patches)) == 126
    for attempt in attempts_file.attempts:
        if attempt.patch.has_text and attempt.patch.source:
            assert len(attempt.patch.source.read().encode()) == attempt.patch.held_bytes


def test_attempts_file_records_keep_prompt_and_execution(attempts_file: RunSet) -> None:
    first = attempts_file.attempts[0]
    assert first.key == "all_attempts_comprehensive.json/vllm_core-0511ee90/vllm_core-0000"
    assert first.reference_sha == "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"
    assert first.base == "89ac266b262f08d25ebf25fc66122d1b2367ae64"
    assert first.target_files == ("vllm/config.py", "vllm/envs.py")
    assert first.execution.error is not None
    assert first.execution.error.startswith("FileNotFoundError: [Errno 2]")
    assert "Docker" in first.prompts[0].read()


def test_human_commits_are_found_beside_or_named(shared: Path, attempts_file: RunSet) -> None:
    path = shared / "isobench/analysis_reports/all_attempts_comprehensive.json"
    named = read_runs(path, commits=[shared / "isobench/tmp_single_commit"])
    for runs in (attempts_file, named):
        assert sum(c.diff is not None for c in runs.commits.values()) == 96
    commit = attempts_file.commits["8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"]
    assert commit.subject.startswith("[Perf] Disable chunked local attention")
    assert commit.files == ("vllm/config.py", "vllm/envs.py")
    assert commit.diff is not None
    assert commit.diff.read().startswith("diff --git a/vllm/config.py")


def test_evaluations_on_top_of_the_attempts_file(shared: Path, attempts_file: RunSet) -> None:
    path = shared / "isobench/analysis_reports/gpt5_evaluations.json"
    judgements, problems = read_evaluations(path, attempts_file.attempts)
    states = Counter(judgement.state for judgement in judgements)
    assert states == {JudgementState.ERROR: 114, JudgementState.VERDICT: 29}
    assert problems == []
    assert len({judgement.id for judgement in judgements}) == 143
    for judgement in judgements:
        if judgement.state is JudgementState.ERROR:
            assert judgement.error.startswith("Evaluation error")
            assert judgement.criteria.syntax_correct is None
            assert judgement.criteria.quality_score is None
    verdict = next(j for j in judgements if j.state is JudgementState.VERDICT)
    assert verdict.criteria.optimization_logic_match is False


def test_evaluations_that_match_nothing_are_counted_once(shared: Path, state: RunSet) -> None:
    path = shared / "isobench/analysis_reports/gpt5_evaluations.json"
    judgements, problems = read_evaluations(path, state.attempts)
    assert judgements == []
    assert [p.reason for p in problems] == ["143 evaluations match no loaded attempt"]


def test_a_folder_may_mix_inputs(shared: Path) -> None:
    runs = read_runs(shared / "isobench")
    assert len(runs.attempts) == 509 + 300 - 278  # the same attempts, found twice
    assert len(runs.judgements) == 143
    assert sum(a.execution.tokens_in is not None for a in runs.attempts) > 100
    reason = "278 of 300 records are attempts whose folders are here, and count once"
    assert reason in [problem.reason for problem in runs.problems]


def test_state_by_folder(state: RunSet) -> None:
    assert len(state.attempts) == 509
    assert sum(not a.has_journal for a in state.attempts) == 0
    assert Counter(a.agent for a in state.attempts) == {
        "trae": 310,
        "codex": 103,
        "claude_code": 96,
    }
    assert Counter(a.patch.state for a in state.attempts) == {
        PatchState.WHOLE: 336,
        PatchState.EMPTY: 172,
        PatchState.MISSING: 1,
    }
    assert state.problems == ()
    attempt = state.attempts[0]
    assert (state.root / attempt.key).is_dir()
    assert {text.name for text in attempt.logs} >= {"journal.json", "run_summary.json"}


def test_every_layout_against_the_manifest(shared: Path, real_runs: RunSet) -> None:
    manifest = json.loads((shared / "real_runs/MANIFEST.json").read_text(encoding="utf-8"))
    attempts = {attempt.key: attempt for attempt in real_runs.attempts}
    assert attempts.keys() == {entry["path"] for entry in manifest}
    assert len(attempts) == 33
    assert sum(not a.has_journal for a in attempts.values()) == 5
    for entry in manifest:
        attempt = attempts[entry["path"]]
        assert attempt.agent == entry["agent"]
        assert attempt.model == (entry["model"] or "unknown")
        assert attempt.reference_sha == entry["human"]
        assert attempt.base in (entry["pre"], None)
        assert attempt.status == entry["status"]
        assert attempt.patch.has_text is (entry["patch_bytes"] is not None)
        assert attempt.patch.held_bytes in (entry["patch_bytes"], 0)


def test_a_patch_that_was_recorded_but_is_not_here_is_unknown_not_missing(
    real_runs: RunSet,
) -> None:
    states = Counter(a.patch.state for a in real_runs.attempts if not a.patch.has_text)
    assert states == {PatchState.MISSING: 4, PatchState.UNREADABLE: 3, PatchState.EMPTY: 1}
    assert len(real_runs.problems) == 3
    for problem in real_runs.problems:
        assert problem.reason == "a patch was recorded, but model_patch.diff is not here"
