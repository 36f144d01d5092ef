"""Each agent's log is recognised by its content and read as thought, action, result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.readers.trajectories import Step, parse_trajectory
from tests.conftest import ROOT

Facts = tuple[str, str, str, str, bool]


def lines(*events: object) -> str:
    return "\n".join(json.dumps(event) for event in events)


def facts(text: str, kind: str) -> list[Facts]:
    found = parse_trajectory(text)
    assert found is not None and found.kind == kind
    return [(s.who, s.thought, s.action, s.result, s.failed) for s in found.steps]


MINI = {
    "trajectory_format": "mini-swe-agent-1",
    "info": {"exit_status": "Submitted"},
    "messages": [
        {"role": "system", "content": "s"},
        {"role": "assistant", "content": "Look.\n```bash\nls /gone\n```"},
        {"role": "user", "content": "<returncode>2</returncode>\nno such file"},
        {"role": "assistant", "content": "Done.\n```bash\necho ok\n```"},
        {"role": "user", "content": "<returncode>0</returncode>\nok"},
    ],
}


def test_mini_swe_agent() -> None:
    assert facts(json.dumps(MINI), "mini-swe-agent") == [
        ("system", "s", "", "", False),
        ("agent", "Look.", "ls /gone", "<returncode>2</returncode>\nno such file", True),
        ("agent", "Done.", "echo ok", "<returncode>0</returncode>\nok", False),
    ]


def test_mini_swe_agent_with_calls_of_tools() -> None:
    messages = [
        {
            "role": "assistant",
            "content": "Try.",
            "tool_calls": [{"function": {"name": "bash", "arguments": '{"command": "make"}'}}],
        },
        {"role": "tool", "content": "<returncode>1</returncode>"},
    ]
    text = json.dumps({**MINI, "trajectory_format": "mini-swe-agent-1.1", "messages": messages})
    assert facts(text, "mini-swe-agent") == [
        ("agent", "Try.", "bash: make", "<returncode>1</returncode>", True)
    ]


def test_swe_agent_and_a_traceback_is_an_error() -> None:
    steps = [
        {
            "thought": "t",
            "action": "python x.py",
            "observation": "Traceback (most recent call last):",
        },
        {"thought": "", "response": "r", "action": "submit", "observation": ""},
    ]
    assert facts(json.dumps({"trajectory": steps, "info": {}}), "SWE-agent") == [
        ("agent", "t", "python x.py", "Traceback (most recent call last):", True),
        ("agent", "r", "submit", "", False),
    ]


def test_atif() -> None:
    step = {
        "step_id": 1,
        "source": "agent",
        "message": "m",
        "reasoning_content": "why",
        "tool_calls": [{"function_name": "bash", "arguments": {"command": "ls"}}],
        "observation": {
            "results": [{"content": "a"}, {"content": [{"type": "text", "text": "b"}]}]
        },
    }
    text = json.dumps({"schema_version": "ATIF-v1.7", "steps": [step]})
    assert facts(text, "ATIF") == [("agent", "why\nm", "bash: ls", "a\nb", False)]


def test_openhands_observations_stand_with_the_action_that_they_answer() -> None:
    history = [
        {"id": 0, "source": "user", "action": "message", "args": {"content": "Fix it"}},
        {
            "id": 1,
            "source": "agent",
            "action": "run",
            "args": {"command": "pytest", "thought": "t"},
        },
        {
            "id": 2,
            "cause": 1,
            "observation": "run",
            "content": "1 failed",
            "extras": {"exit_code": 1},
        },
        {"id": 3, "source": "agent", "action": "finish", "args": {}, "message": "done"},
    ]
    expected = [
        ("user", "Fix it", "", "", False),
        ("agent", "t", "run: pytest", "1 failed", True),
        ("agent", "", "finish done", "", False),
    ]
    assert facts(json.dumps(history), "OpenHands") == expected
    assert facts(json.dumps({"instance_id": "x", "history": history}), "OpenHands") == expected


def test_trae() -> None:
    step = {
        "step_number": 1,
        "state": "completed",
        "llm_response": {"content": "I look"},
        "tool_calls": [{"name": "bash", "arguments": {"command": "ls"}}],
        "tool_results": [{"success": False, "error": "denied"}],
    }
    bare = {"step_number": 2, "state": "completed"}
    assert facts(json.dumps({"agent_steps": [step, bare]}), "TRAE") == [
        ("agent", "I look", "bash: ls", "denied", True),
        ("agent", "completed", "", "", False),
    ]


def test_claude_code() -> None:
    block = {"type": "tool_use", "id": "1", "name": "Bash", "input": {"command": "make"}}
    told = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Build."}, block]
    result = {"type": "tool_result", "tool_use_id": "1", "content": "boom", "is_error": True}
    text = lines(
        {"type": "system", "subtype": "init"},
        {"type": "assistant", "message": {"role": "assistant", "content": told}},
        {"type": "user", "message": {"role": "user", "content": [result]}},
        {"type": "result", "subtype": "success", "num_turns": 2, "result": "Done."},
    )
    assert facts(text, "Claude Code") == [
        ("agent", "hm\nBuild.", "Bash: make", "boom", True),
        ("agent", "", "end: success, 2 turns", "Done.", False),
    ]


def test_codex_items_messages_and_rollouts() -> None:
    command = {
        "type": "command_execution",
        "command": "ls",
        "aggregated_output": "x",
        "exit_code": 2,
    }
    items = lines(
        {"type": "thread.started"},
        {"type": "item.completed", "item": {"type": "reasoning", "text": "hm"}},
        {"type": "item.completed", "item": command},
    )
    assert facts(items, "Codex") == [
        ("agent", "hm", "", "", False),
        ("agent", "", "ls", "x", True),
    ]
    messages = lines(
        {"id": "0", "msg": {"type": "agent_message", "message": "hello"}},
        {"id": "1", "msg": {"type": "exec_command_begin", "command": ["bash", "-lc", "ls"]}},
        {"id": "1", "msg": {"type": "exec_command_end", "stdout": "x", "exit_code": 0}},
    )
    assert [action for _, _, action, _, _ in facts(messages, "Codex")] == ["", "bash -lc ls", ""]
    call = {"type": "function_call", "name": "shell", "arguments": '{"command": ["ls"]}'}
    rollout = lines(
        {"type": "session_meta", "payload": {}},
        {"type": "response_item", "payload": call},
        {"type": "response_item", "payload": {"type": "function_call_output", "output": "x"}},
    )
    assert facts(rollout, "Codex") == [("agent", "", "shell: ls", "x", False)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain text",
        "{",
        '{"a": 1}',
        "[]",
        "[1, 2]",
        '{"agent_steps": 5}',
        "[" * 100_000,
        "{}\n" * 9,
    ],
)
def test_what_is_no_trajectory_is_none(text: str) -> None:
    assert parse_trajectory(text) is None


def test_odd_values_are_shown_as_they_are_and_torn_lines_are_counted() -> None:
    odd = {"thought": {"x": 1}, "action": ["a", None], "observation": 5}
    (step,) = parse_trajectory(json.dumps({"trajectory": [odd, 7]})).steps  # type: ignore[union-attr]
    assert step == Step("agent", '{\n  "x": 1\n}', "a", "5")
    torn = lines({"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}) + '\n{"ro'
    found = parse_trajectory(torn)
    assert found is not None and (len(found.steps), found.unread) == (2, 1)


def test_the_sample_runs_hold_steps() -> None:
    paths = sorted((ROOT / "sample_runs").rglob("trajectory.json"))
    assert any(parse_trajectory(path.read_text("utf-8")) for path in paths)


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("mini-swe-agent/**/*.traj.json", "mini-swe-agent"),
        ("swe-agent/**/*.traj", "SWE-agent"),
        ("trae-agent/trajectory_*.json", "TRAE"),
        ("harbor/**/trajectory.json", "ATIF"),
    ],
)
def test_the_known_outputs_are_recognised(shared: Path, pattern: str, kind: str) -> None:
    paths = list((shared / "cases" / "formats").glob(pattern))
    found = [parse_trajectory(path.read_text("utf-8")) for path in paths]
    assert paths and {one.kind if one else None for one in found} == {kind}
