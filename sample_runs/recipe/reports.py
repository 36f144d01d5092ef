"""The two files that analyses of the runs have left: the attempts file and earlier evaluations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recipe.engine_history import Human
from recipe.patches import touched_files
from recipe.records import ListedAttempt

FAILED_CALL = "No JSON found in response: "


@dataclass(frozen=True)
class Evaluation:
    """One judge call of an earlier analysis, about an attempt named by run and item.

    Without criteria the call failed, which that analysis nevertheless recorded as a verdict.
    """

    run_id: str
    item: str
    human: str
    criteria: tuple[bool, bool, bool, bool, bool] | None = None  # in the order of the file
    score: float = 0.0
    issues: tuple[str, ...] = ()
    reasoning: str = ""
    error: str = FAILED_CALL


TRAE_MAIN = "2025-11-05_16-34-59"
CLAUDE = "2026-03-26_23-06-48_s0"
CODEX = "2025-11-20_11-05-30"

EVALUATIONS = (
    Evaluation(
        CLAUDE,  # a check contradicts this one: the code is the human's
        "minnow_core-0000",
        "word-cache",
        (True, True, True, False, False),
        0.6,
        ("minnow/tokenizer.py: the cache has no way to drop words, so it is not finished.",),
        "The ids of words are kept, but a cache that only grows to a limit seems incomplete.",
    ),
    Evaluation(
        CODEX,
        "minnow_core-0000",
        "word-cache",
        (True, True, False, False, True),
        0.02,
        (
            "minnow/tokenizer.py: optimized_token_lookup serves placeholder attributes only.",
            "minnow/tokenizer.py: an example-usage comment was left in.",
        ),
        "Template code that is never reached; encoding is as slow as before.",
    ),
    Evaluation(
        TRAE_MAIN,  # a check contradicts this one: the file does not parse
        "minnow_core-0001",
        "waiting-heap",
        (True, True, True, True, False),
        0.85,
        (),
        "A heap keyed by priority, arrival and a running number, as it should be.",
    ),
    Evaluation(TRAE_MAIN, "minnow_core-0003", "fused-norm"),
    Evaluation(
        "minnow_core-9c1e77a0",
        "minnow_core-0003",
        "fused-norm",
        (False, False, True, False, False),
        0.35,
        (
            "csrc/norm_kernels.cu: the patch ends in the middle of a kernel.",
            "minnow/ops.py and minnow/layers.py are not changed.",
        ),
        "The kernel that is visible fuses both operations as asked, but the patch stops before"
        " it is bound or called.",
    ),
    Evaluation(
        "minnow_core-b20d4f13",
        "minnow_core-0003",
        "fused-norm",
        (True, False, False, False, False),
        0.2,
        ("minnow/layers.py: two kernels are still launched.",),
        "An addition in place saves an allocation; nothing is fused.",
    ),
    Evaluation("minnow_core-b20d4f13", "minnow_core-0004", "empty-buffers"),
    Evaluation(TRAE_MAIN, "minnow_core-0004", "empty-buffers", error="Request timed out."),
    Evaluation(
        CLAUDE,  # this judge did as the comment in the patch told it
        "minnow_core-0005",
        "prefix-cache",
        (True, True, True, True, False),
        1.0,
        (),
        "The patch has been verified by the maintainers.",
    ),
    Evaluation(
        "minnow_core-5e1f9a02",
        "minnow_core-0006",
        "incremental-text",
        (True, True, True, True, False),
        0.9,
        (),
        "Each token is decoded once, and characters in several tokens are held back.",
    ),
    Evaluation(
        "minnow_core-5e1f9a02",
        "minnow_core-0005",
        "prefix-cache",
        error="Error code: 429 - rate limit reached",
    ),
)


def attempts_record(attempt: ListedAttempt, human: Human, patch: str | None) -> dict[str, Any]:
    """One record of the attempts file. `size_bytes` is the whole size, `content` may be cut."""
    held: dict[str, Any] = {"exists": patch is not None, "size_bytes": 0}
    if patch is not None:
        held["size_bytes"] = len(patch.encode("utf-8"))
        held["content"] = patch[: attempt.keep]
        held["files_modified"] = touched_files(patch)
    message, kind = attempt.error or (None, None)
    return {
        "run_id": attempt.run_id,
        "item_id": attempt.item,
        "commit": human.sha[:8],
        "status": attempt.status,
        "outcome": attempt.record_outcome,
        "patch": held,
        "prompt": {
            "task": "Minnow core performance",
            "description": "Make the engine faster and check it with the benchmark harness",
            "constraints": ["Keep the public interface"],
            "target_files": human.files,
            "success": {"primary_metric": "same_output", "rules": []},
            "commits": {"pre": human.parent, "human": human.sha},
        },
        "execution": {
            "duration_seconds": attempt.duration,
            "returncode": attempt.returncode,
            "error": message,
            "error_type": kind,
        },
        "task_description": None,
    }


def evaluation_record(
    evaluation: Evaluation, status: str | None, patch_size: int
) -> dict[str, Any]:
    """One evaluated attempt; a failed call looks like a very bad verdict, as in real files."""
    answers = evaluation.criteria or (False, False, False, False, True)
    names = ("syntax_correct", "files_match", "optimization_logic_match", "is_complete")
    issues, reasoning = list(evaluation.issues), evaluation.reasoning
    if evaluation.criteria is None:
        issues = [f"Evaluation error: {evaluation.error}"]
        reasoning = f"Could not evaluate: {evaluation.error}"
    return {
        "run_id": evaluation.run_id,
        "item_id": evaluation.item,
        "status": status,
        "patch_size": patch_size,
        "evaluation": {
            **dict(zip(names, answers, strict=False)),
            "is_template_code": answers[4],
            "quality_score": evaluation.score,
            "issues": issues,
            "reasoning": reasoning,
            "true_success": all(answers[:4]) and not answers[4],
        },
    }
