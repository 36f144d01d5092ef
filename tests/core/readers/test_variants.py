"""What real outputs of the known kinds look like beside the samples: each was once read wrongly."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.core.readers.output_samples import (
    ATIF,
    BASE,
    DIFF,
    GOLD,
    JOB,
    OPT,
    PRO,
    SAID,
    Data,
    T,
    U,
    Variant,
    check,
    eval_zip,
    job,
    lines,
    log,
    mini,
    pred,
    report,
    rollout,
    row,
    sample,
    traj,
    trial,
)

PREDICTIONS = [
    Variant(
        "costs-and-logs-in-predictions",
        {"preds.jsonl": lines(pred(text="Fix it", full_output="talk", cost=0.5))},
        {"prompt": "Fix it", "logs": ["full_output"], "cost": 0.5},
    ),
    Variant(
        "compressed",
        {"preds.jsonl.gz": gzip.compress(lines(pred(), pred(U)).encode())},
        {"attempts": 2, "patch": DIFF},
    ),
    Variant(
        "compressed-list",
        {"preds.json.gz": gzip.compress(json.dumps([pred(), pred(U, patch="é" + DIFF)]).encode())},
        {"attempts": 2, "patch": DIFF},
    ),
    Variant(
        "resolved-beside-a-conversation",
        {
            "rows.jsonl": lines(
                {"instance_id": T, "model_patch": DIFF, "trajectory": SAID, "resolved": 1}
                | {"exit_status": "submit", "repo": "acme/w"}
            )
        },
        {"marked": 1, "status": "submit", "logs": ["trajectory"], "prompt": "Fix it"},
    ),
    Variant(
        "a-patch-and-an-id-alone",
        {"data.jsonl": lines({"instance_id": T, "patch": GOLD}), "preds.jsonl": lines(pred())},
        {"attempts": 1, "found": 1},
        "taken as the human changes (an agent's patch is model_patch)",
    ),
    Variant("pred-that-is-a-patch", {f"{T}/{T}.pred": DIFF}, {"attempts": 1, "patch": DIFF}),
    Variant(
        "rows-of-results",
        {
            "preds.jsonl": lines(pred(), pred(U)),
            "results.jsonl": lines(
                {"instance_id": T, "resolved": True}, {"instance_id": U, "resolved": False}
            ),
        },
        {"marked": 1, "unclaimed": 0},
    ),
    Variant(
        "rows-of-results-by-model",
        {
            "preds.jsonl": lines(pred(), pred(model="m-2")),
            "results.jsonl": lines(
                {"instance_id": T, "resolved": True, "model": "m-1"},
                {"instance_id": T, "resolved": False, "model": "m-2"},
            ),
        },
        {"attempts": 2, "marked": 1, "unclaimed": 0},
    ),
    Variant(
        "evaluation-that-failed-leaves-no-report",
        {
            "preds.jsonl": lines(pred(), pred(U)),
            f"logs/run_evaluation/r/m-1/{T}/report.json": {T: report()},
            f"logs/run_evaluation/r/m-1/{T}/test_output.txt": "ok",
            f"logs/run_evaluation/r/m-1/{U}/run_instance.log": "boom",
            f"logs/run_evaluation/r/m-1/{U}/patch.diff": DIFF,
        },
        {"marked": 1, "unclaimed": 1, "logs_of_last": ["run_instance.log"]},
    ),
    Variant(
        "trajectories-as-text",
        {
            "all_preds.jsonl": lines(pred()),
            f"trajs/{T}.md": "# talk",
            f"trajs/{U}.md": "# other",
            "results/results.json": {"resolved": [T]},
        },
        {"attempts": 1, "marked": 1, "logs": [f"{T}.md"]},
        f"trajs/{U}.md belongs to no attempt",
    ),
    Variant(
        "trajectories-of-no-known-form",
        {"all_preds.jsonl": lines(pred()), f"trajs/{T}.json": {"messages": []}},
        {"attempts": 1, "logs": [f"{T}.json"]},
    ),
    Variant(
        "trajectories-in-folders",
        {"all_preds.jsonl": lines(pred()), f"trajs/{T}/chat.txt": "x"},
        {"attempts": 1, "logs": ["chat.txt"]},
    ),
    Variant(
        "pointers-of-git-lfs",
        {
            "preds.jsonl": lines(pred()),
            "more.jsonl": "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n",
        },
        {"attempts": 1},
        "more.jsonl is a Git LFS pointer, not the file: `git lfs pull` fetches it",
    ),
    Variant(
        "explanations-that-quote-a-diff",
        {
            "preds.jsonl": lines(pred()),
            "outputs/why.jsonl": lines(
                {"explanation": f"It does\n{DIFF}", "instance_id": T, "repo": "acme/w"}
            ),
        },
        {
            "attempts": 1,
            "problems": f"{T} no human commit with this id was found (--commits, --repo)",
        },
    ),
    Variant(
        "logs-of-the-older-harness",
        {"all_preds.jsonl": lines(pred()), f"logs/{T}.m-1.eval.log": "x"},
        {"attempts": 1, "logs": [f"{T}.m-1.eval.log"]},
    ),
    Variant(
        "one-submission-under-two-names",
        {
            "s/all_preds.jsonl": lines(pred(), pred(U, model="m-1-test")),
            "s/results/results.json": {"no_generation": [], "resolved": [T]},
            "s/metadata.yaml": "name: An agent\n",
        },
        {"attempts": 2, "marked": 1, "unclaimed": 0, "agent": "An agent"},
    ),
    Variant(
        "autocoderover-costs-and-logs",
        {
            "predictions_for_swebench.json": [pred(model="gpt-4")],
            f"applicable_patch/{T}_2024-04-06_13-51-50/meta.json": {"task_info": row()},
            f"applicable_patch/{T}_2024-04-06_13-51-50/cost.json": {
                "model": "gpt-4",
                "total_input_tokens": 100,
                "total_output_tokens": 10,
                "total_cost": 0.5,
            },
            f"applicable_patch/{T}_2024-04-06_13-51-50/info.log": "x",
            f"applicable_patch/{T}_2024-04-06_13-51-50/extracted_patch_1.diff": DIFF,
            f"applicable_patch/{T}_2024-04-06_13-51-50/developer_patch.diff": GOLD,
        },
        {"attempts": 1, "agent": "AutoCodeRover", "cost": 0.5, "tokens": (100, 10), "found": 1}
        | {"logs": ["info.log", "cost.json"], "patch": DIFF},
    ),
    Variant(
        "autocoderover-without-predictions",
        {
            f"a/{T}_2024-04-06_13-51-50/meta.json": {"task_info": row()},
            f"a/{T}_2024-04-06_13-51-50/extracted_patch_9.diff": GOLD,
            f"a/{T}_2024-04-06_13-51-50/extracted_patch_10.diff": DIFF,
        },
        {"attempts": 1, "item": T, "patch": DIFF, "found": 1},
    ),
    Variant(
        "dataset-without-its-patches",
        {
            "data.jsonl": lines(
                {"instance_id": T, "base_commit": BASE, "problem_statement": "Fix it"}
            ),
            "preds.jsonl": lines(pred()),
        },
        {"attempts": 1, "found": 0, "prompt": "Fix it", "base": BASE},
    ),
]

AGENTS = [
    Variant(
        "swe-agent-out-of-money",
        {f"run/{T}/{T}.traj": traj(info={"exit_status": "exit_cost", "submission": None})},
        {"status": "exit_cost", "state": "missing", "prompt": "Fix it"},
    ),
    Variant(
        "swe-agent-replay-as-object",
        {f"run/{T}/{T}.traj": traj(replay_config={"agent": {"model": {"name": "x/m-1"}}})},
        {"model": "x/m-1", "steps": 7},
    ),
    Variant(
        "swe-agent-demonstration",
        {
            f"run/{T}/{T}.traj": traj(
                history=[{"role": "user", "content": "demo", "is_demo": True}, *SAID]
            )
        },
        {"prompt": "Fix it"},
    ),
    Variant(
        "swe-agent-long",
        {f"run/{T}/{T}.traj": traj(history=[*SAID, {"role": "tool", "content": "x" * 99_000}])},
        {"prompt": "Fix it", "steps": 7},
    ),
    Variant(
        "swe-agent-logs",
        {
            "run/preds.json": {T: pred()},
            f"run/{T}/{T}.traj": traj(),
            f"run/{T}/{T}.info.log": "x",
            f"run/{T}/{T}.debug.log": "y",
        },
        {"attempts": 1, "logs": [f"{T}.debug.log", f"{T}.info.log", f"{T}.traj"]},
    ),
    Variant(
        "mini-swe-agent-killed",
        {f"{T}/{T}.traj.json": mini()},
        {"tokens": (100, 11), "prompt": "Fix it", "model": "a/m-1", "patch": DIFF},
    ),
    Variant(
        "mini-swe-agent-long",
        {f"{T}/{T}.traj.json": mini(messages=[*mini()["messages"], {"content": "x" * 99_000}])},
        {"tokens": (100, 11), "prompt": "Fix it"},
    ),
    Variant(
        "openhands-of-the-sdk",
        {"output.jsonl": lines(rollout(metadata={"llm": {"model": "x/m-2"}}, metrics=None))},
        {"model": "x/m-2", "agent": "OpenHands", "found": 1},
    ),
    Variant(
        "openhands-long",
        {"output.jsonl": lines(rollout(history=[{"observation": "x" * 9_000}] * 20))},
        {"steps": 20, "prompt": "Fix it", "logs": ["history", "metrics", "test_result"]},
    ),
    Variant(
        "openhands-critic",
        {
            "output.critic_attempt_1.jsonl": lines(rollout(), rollout(U, test_result={})),
            "output.critic_attempt_2.jsonl": lines(rollout(U)),
            "output.jsonl": lines(rollout(), rollout(U)),
        },
        {"attempts": 2, "found": 2},
        "candidates of what was chosen",
    ),
    Variant(
        "openhands-died",
        {
            "output.jsonl": lines(
                rollout(metadata=None, metrics=None, history=None, instance=None, error="died")
                | {"test_result": {"git_patch": None}}
            )
        },
        {"state": "missing", "status": "error", "unclaimed": 1},
    ),
    Variant(
        "openhands-metadata-beside",
        {
            "output.jsonl": lines(rollout(metadata=None)),
            "metadata.json": {"agent_class": "CodeActAgent", "llm_config": {"model": "x/m-1"}},
        },
        {"model": "x/m-1", "agent": "OpenHands CodeActAgent"},
    ),
    Variant(
        "openhands-costs-by-call",
        {
            "output.jsonl": lines(
                rollout(
                    metrics={
                        "costs": [{"cost": 0.2}, {"cost": 0.3}],
                        "token_usages": [{"prompt_tokens": 60, "completion_tokens": 4}] * 2,
                    }
                )
            )
        },
        {"cost": 0.5, "tokens": (120, 8)},
    ),
    Variant(
        "openhands-on-gso",
        {
            "output.jsonl": lines(
                rollout(
                    instance={"instance_id": T, "gt_diff": GOLD, "opt_commit": OPT}
                    | {"base_commit": f"{OPT}^", "repo": "a/w"}
                )
            )
        },
        {"found": 1, "human": OPT},
    ),
    Variant(
        "openhands-evaluated-twice-written",
        {
            "output.jsonl": lines(rollout()),
            "output.swebench_eval.jsonl": lines(rollout(report={"resolved": True})),
            "report.json": {"resolved_ids": [T], "unresolved_ids": [], "error_ids": []},
        },
        {"attempts": 1, "marked": 1, "unclaimed": 0, "found": 1},
    ),
    Variant(
        "swe-gym-rows",
        {
            "rows.jsonl": lines(
                {"instance_id": T, "run_id": "r", "resolved": False, "messages": SAID}
                | {"test_result": {"git_patch": DIFF}}
            )
        },
        {"attempts": 1, "marked": 0, "unclaimed": 0, "prompt": "Fix it", "patch": DIFF},
    ),
    Variant("harbor-system-step", job(), {"marked": 1, "prompt": "Fix it", "steps": 3}),
    Variant(
        "harbor-cost-in-the-trajectory",
        job(**{"result.json": trial(agent_result=None)}),
        {"cost": 0.5, "tokens": (100, 10)},
    ),
    Variant(
        "harbor-reward-as-json",
        job(
            **{
                "result.json": trial(verifier_result=None),
                "verifier/reward.txt": None,
                "verifier/reward.json": {"reward": 0},
            }
        ),
        {"marked": 0, "unclaimed": 0, "status": "failed"},
    ),
    Variant(
        "harbor-several-diffs",
        job(**{"artifacts/a.diff": GOLD}),
        {"patch": DIFF},
        "has several diffs (a.diff, model.patch): model.patch counts",
    ),
    Variant(
        "harbor-diff-in-a-folder",
        job(**{"artifacts/model.patch": None, "artifacts/logs/artifacts/patch.diff": DIFF}),
        {"patch": DIFF},
    ),
    Variant(
        "harbor-two-trials",
        job()
        | {
            f"{JOB}2/result.json": trial(verifier_result={"rewards": {"reward": 0.0}}),
            f"{JOB}2/artifacts/model.patch": GOLD,
            f"{JOB}2/agent/trajectory.json": ATIF,
        },
        {"attempts": 2, "marked": 1, "unclaimed": 0},
    ),
    Variant(
        "trae-results",
        {
            f"results/r/{T}/{T}.patch": DIFF,
            f"results/r/{T}/{T}.json": {
                "task": "Fix it",
                "model": "m-1",
                "llm_interactions": [{"response": {"usage": {"input_tokens": 60}}}] * 2,
                "agent_steps": [{"step_number": 1}, {"step_number": 2}],
                "success": True,
            },
        },
        {"steps": 2, "tokens": (120, None), "prompt": "Fix it", "model": "m-1", "unclaimed": 1},
    ),
]

BENCHMARKS = [
    Variant(
        "inspect-epochs",
        {"a.eval": eval_zip(sample(), sample(epoch=2, scores={"s": {"value": "I"}}))},
        {"attempts": 2, "marked": 1, "unclaimed": 0, "found": 1, "tokens": (100, 10)},
    ),
    Variant(
        "inspect-long",
        {
            "a.eval": eval_zip(
                sample(messages=[*SAID, *[{"role": "assistant", "content": "x" * 9_000}] * 20])
            )
        },
        {"steps": 20, "prompt": "Fix it"},
    ),
    Variant("inspect-killed", {"a.eval": eval_zip(sample(), header="_journal/start.json")}),
    Variant(
        "inspect-conversation-as-input",
        {"a.json": log(sample(input=SAID))},
        {"prompt": "Fix it", "attempts": 1},
    ),
    Variant(
        "inspect-costs",
        {
            "a.json": log(
                sample(
                    model_usage={
                        "a": {"input_tokens": 1, "output_tokens": 2, "total_cost": 0.2},
                        "b": {"input_tokens": 9, "output_tokens": 8, "total_cost": 0.3},
                    }
                )
            )
        },
        {"cost": 0.5, "tokens": (10, 10)},
    ),
    Variant(
        "inspect-score-of-parts",
        {
            "a.json": log(
                sample(
                    scores={
                        "style": {"value": 0.2},
                        "swe": {"value": {"resolved": 1, "x": 0}, "metadata": {"patch": DIFF}},
                    }
                )
            )
        },
        {"marked": 1, "patch": DIFF},
    ),
    Variant("inspect-numbers-as-ids", {"a.json": log(sample(0), sample(1))}, {"attempts": 2}),
    Variant(
        "inspect-without-samples",
        {"a.json": log() | {"samples": None}, "preds.json": [pred()]},
        {"attempts": 1},
        "a.json is an Inspect log without samples",
    ),
    Variant(
        "pro-outputs",
        {
            "preds.json": [{"instance_id": PRO, "patch": DIFF, "prefix": "m-1"}],
            "out/eval_results.json": {PRO: True},
            f"out/{PRO}/m-1_stdout.log": "o",
            f"out/{PRO}/m-1_patch.diff": DIFF,
        },
        {"attempts": 1, "marked": 1, "logs": ["m-1_stdout.log"]},
    ),
    Variant(
        "pro-results-of-nobody",
        {
            "a.json": [{"instance_id": PRO, "patch": DIFF, "prefix": "m-1"}],
            "b.json": [{"instance_id": PRO, "patch": GOLD, "prefix": "m-2"}],
            "eval_results.json": {PRO: True},
        },
        {"attempts": 2, "unclaimed": 2},
        "does not say which of several models",
    ),
    Variant(
        "multi-number-as-text",
        {
            "p.jsonl": lines({"org": "acme", "repo": "w", "number": "1", "fix_patch": DIFF}),
            "final_report.json": {"resolved_ids": ["acme/w:pr-1"], "unresolved_ids": []},
            "d.jsonl": lines(
                {"org": "acme", "repo": "w", "number": 1, "fix_patch": GOLD, "body": None}
                | {"base": {"sha": BASE}, "title": "t"}
            ),
        },
        {"attempts": 1, "marked": 1, "found": 1},
    ),
    Variant(
        "multi-predictions-by-pull-request",
        {
            "p.jsonl": lines(pred("acme/w:pr-1")),
            "d.jsonl": lines(
                {"org": "acme", "repo": "w", "number": 1, "fix_patch": GOLD, "base": {}}
            ),
            "final_report.json": {"resolved_ids": ["acme/w:pr-1"]},
        },
        {"attempts": 1, "marked": 1, "found": 1, "item": "acme/w:pr-1"},
    ),
    Variant(
        "flags-with-one-that-did-not-end",
        {"p.jsonl": lines(pred(T), pred(U)), "eval_results.json": {T: True, U: None}},
        {"attempts": 2, "marked": 1, "unclaimed": 1},
    ),
    Variant(
        "reports-by-task-with-one-that-did-not-end",
        {
            "p.jsonl": lines(pred(T), pred(U)),
            "report.json": {T: {"resolved": False}, U: {"resolved": None}},
        },
        {"attempts": 2, "marked": 0, "unclaimed": 1},
    ),
    Variant(
        "hal-without-a-patch",
        {
            "x_RAW_SUBMISSIONS.jsonl": lines({T: {"answer": DIFF}}, {U: ""}),
            "x_UPLOAD.json": {
                "config": {"agent_name": "A", "run_id": "x", "agent_args": {"model_name": "m-1"}},
                "results": {"successful_tasks": [T], "failed_tasks": [U]},
                "raw_eval_results": None,
            },
        },
        {"attempts": 2, "marked": 1, "unclaimed": 0, "model": "m-1", "agent": "A"},
    ),
]


@pytest.mark.parametrize(
    "variant", [*PREDICTIONS, *AGENTS, *BENCHMARKS], ids=lambda variant: variant.name
)
def test_variants(variant: Variant, tmp_path: Path) -> None:
    check(variant, tmp_path)


def test_long_texts_of_inspect_are_put_back_in_their_places(tmp_path: Path) -> None:
    text = 'Fix "it"\n'
    held: Data = {
        "input": "attachment://abc",
        "messages": [{"role": "user", "content": "attachment://abc"}],
        "attachments": {"abc": text},
    }
    variant = Variant("attachments", {"a.eval": eval_zip(sample(**held))}, {"prompt": text})
    (attempt,) = check(variant, tmp_path).attempts
    assert json.loads(attempt.logs[0].read())[0]["content"] == text
