"""Steps from what one agent writes: ATIF, SWE-agent, OpenHands, TRAE, Codex.

Sources: harborframework.com docs/agents/trajectory-format (ATIF); SWE-agent
docs/usage/trajectories.md; OpenHands `openhands/events`; trae-agent docs/TRAJECTORY_RECORDING.md;
`codex exec --json` and the rollout files of Codex.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from core.readers.trajectories.chat import steps_of_messages
from core.readers.trajectories.step import Step, call_text, looks_failed, record, records, text_in
from core.records import replace


def steps_of_atif(data: dict[str, Any]) -> Iterator[Step]:
    """Agent Trajectory Interchange Format."""
    for step in records(data.get("steps")):
        calls = [
            call_text(call.get("function_name"), call.get("arguments"))
            for call in records(step.get("tool_calls"))
        ]
        results = records(record(step.get("observation")).get("results"))
        told = (text_in(step.get("reasoning_content")), text_in(step.get("message")))
        result = "\n".join(text_in(one.get("content")) for one in results)
        yield Step(
            text_in(step.get("source")) or "agent",
            "\n".join(filter(None, told)),
            "\n".join(calls),
            result,
            looks_failed(result) or any(one.get("is_error") is True for one in results),
            text_in(step.get("timestamp")),
        )


def steps_of_swe_agent(data: dict[str, Any]) -> Iterator[Step]:
    """SWE-agent's `.traj`."""
    for step in records(data.get("trajectory")):
        result = text_in(step.get("observation"))
        thought = text_in(step.get("thought")) or text_in(step.get("response"))
        yield Step("agent", thought, text_in(step.get("action")), result, looks_failed(result))


def steps_of_openhands(events: Iterable[dict[str, Any]]) -> Iterator[Step]:
    """OpenHands' `history`: actions, and observations that name the action they answer."""
    waiting: dict[object, Step] = {}
    for event in events:
        if "observation" in event:
            result = text_in(event.get("content") or event.get("message"))
            extras = record(event.get("extras"))
            code = record(extras.get("metadata")).get("exit_code", extras.get("exit_code"))
            failed = event["observation"] == "error" or code not in (None, 0, -1)
            step = waiting.pop(event.get("cause"), Step("environment"))
            yield replace(step, result=result, failed=failed or looks_failed(result))
            continue
        for step in waiting.values():
            yield step
        waiting = {}
        step = _openhands_action(event)
        if step.action:
            waiting[event.get("id")] = step
        elif not step.is_empty:
            yield step
    yield from waiting.values()


def _openhands_action(event: dict[str, Any]) -> Step:
    given, kind = record(event.get("args")), text_in(event.get("action"))
    rest = {k: v for k, v in given.items() if k in ("command", "code", "path", "content", "url")}
    who, when = text_in(event.get("source")) or "agent", text_in(event.get("timestamp"))
    thought = text_in(given.get("thought"))
    if kind in ("message", "system", "recall", "think", ""):
        told = text_in(given.get("content")) or text_in(event.get("message"))
        return Step(who, "\n".join(filter(None, (thought, told))), when=when)
    return Step(who, thought, call_text(kind, rest or text_in(event.get("message"))), when=when)


def steps_of_trae(data: dict[str, Any]) -> Iterator[Step]:
    """TRAE's trajectory: its `agent_steps`."""
    for step in records(data.get("agent_steps")):
        reply = record(step.get("llm_response"))
        calls = records(step.get("tool_calls")) or records(reply.get("tool_calls"))
        results = records(step.get("tool_results"))
        error = text_in(step.get("error"))
        texts = [text_in(r.get("result")) or text_in(r.get("error")) for r in results]
        failed = any(r.get("success") is False for r in results) or step.get("state") == "error"
        result = "\n".join(filter(None, (*texts, error)))
        told = (text_in(reply.get("content")), text_in(step.get("reflection")))
        yield Step(
            "agent",
            "\n".join(filter(None, told))
            or ("" if result or calls else text_in(step.get("state"))),
            "\n".join(call_text(c.get("name"), c.get("arguments")) for c in calls),
            result,
            failed or bool(error) or looks_failed(result),
            text_in(step.get("timestamp")),
        )


def steps_of_codex(events: Iterable[dict[str, Any]]) -> Iterator[Step]:
    """Codex: `codex exec --json` (items, or messages of older versions) and rollout files."""
    rollout: list[dict[str, Any]] = []
    for event in events:
        payload = record(event.get("payload"))
        if event.get("type") == "response_item" and payload:
            rollout.append(_as_message(payload))
        elif event.get("type") == "item.completed":
            yield _codex_item(record(event.get("item")))
        elif "msg" in event:
            yield from _codex_message(record(event["msg"]))
        elif event.get("type") in ("error", "turn.failed"):
            error = record(event.get("error")) or event
            yield Step(action=text_in(event["type"]), result=text_in(error), failed=True)
    yield from steps_of_messages(one for one in rollout if one)


def _codex_item(item: dict[str, Any]) -> Step:
    kind = item.get("type") or item.get("item_type")
    if kind in ("agent_message", "assistant_message", "reasoning"):
        return Step(thought=text_in(item.get("text")))
    if kind == "command_execution":
        result = text_in(item.get("aggregated_output"))
        failed = item.get("exit_code") not in (None, 0) or item.get("status") == "failed"
        return Step(action=text_in(item.get("command")), result=result, failed=failed)
    rest = {key: value for key, value in item.items() if key not in ("id", "type", "status")}
    return Step(action=call_text(kind, rest), failed=item.get("status") == "failed")


def _codex_message(told: dict[str, Any]) -> Iterator[Step]:
    kind = text_in(told.get("type"))
    if kind in ("agent_message", "agent_reasoning"):
        yield Step(thought=text_in(told.get("message") or told.get("text")))
    elif kind == "exec_command_begin":
        yield Step(action=call_text("", {"command": told.get("command")}))
    elif kind == "exec_command_end":
        result = text_in(told.get("stdout")) + text_in(told.get("stderr"))
        yield Step(result=result, failed=told.get("exit_code") not in (None, 0))
    elif kind in ("error", "stream_error"):
        yield Step(result=text_in(told.get("message")), failed=True)
    elif kind == "patch_apply_begin":
        yield Step(action=call_text("patch", told.get("changes")))


def _as_message(payload: dict[str, Any]) -> dict[str, Any]:
    """An item of a rollout as a chat message."""
    kind = payload.get("type")
    if kind == "message":
        return {"role": payload.get("role"), "content": text_in(payload.get("content"))}
    if kind == "reasoning":
        return {"role": "assistant", "content": text_in(payload.get("summary"))}
    if kind in ("function_call", "local_shell_call", "custom_tool_call"):
        given = payload.get("arguments") or payload.get("action") or payload.get("input")
        return {
            "role": "assistant",
            "tool_calls": [{"name": payload.get("name") or kind, "arguments": given}],
        }
    if kind in ("function_call_output", "custom_tool_call_output"):
        return {"role": "tool", "content": text_in(payload.get("output"))}
    return {}
