"""Steps from chat messages: mini-swe-agent, Claude Code, and any list of roles and contents.

Formats: OpenAI chat completions (`tool_calls`, role `tool`), Anthropic content blocks (`text`,
`thinking`, `tool_use`, `tool_result`), mini-swe-agent `trajectory_format` 1 and 1.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from core.readers.trajectories.step import Step, call_text, looks_failed, record, records, text_in
from core.records import replace


def steps_of_messages(messages: Iterable[dict[str, Any]]) -> Iterator[Step]:
    """A step for each message; the result of a call is in the step of the call."""
    waiting: list[Step] = []
    for message in messages:
        results = list(_results(message))
        if results:
            for text, failed in results:
                step = waiting.pop(0) if waiting else Step("tool")
                yield replace(step, result=text, failed=failed or looks_failed(text))
            continue
        yield from waiting
        waiting = list(_said(message))
        if not any(step.action for step in waiting):
            yield from waiting
            waiting = []
    yield from waiting


def _results(message: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """The results that a message returns to calls, and whether it calls them errors."""
    role, content = message.get("role"), message.get("content")
    if role in ("tool", "function"):
        yield text_in(content), message.get("is_error") is True
    for block in records(content):
        if block.get("type") == "tool_result":
            yield text_in(block.get("content")), block.get("is_error") is True
    output = record(message.get("extra")).get("returncode")
    if role == "user" and output is not None and not records(content):
        yield text_in(content), output != 0


def _said(message: dict[str, Any]) -> Iterator[Step]:
    who = {"assistant": "agent"}.get(str(message.get("role")), str(message.get("role") or ""))
    content, when = message.get("content"), text_in(message.get("timestamp"))
    blocks = records(content)
    calls = [
        call_text(b.get("name"), b.get("input")) for b in blocks if b.get("type") == "tool_use"
    ]
    for call in records(message.get("tool_calls")):
        function = record(call.get("function")) or call
        calls.append(call_text(function.get("name"), function.get("arguments")))
    for action in record(message.get("extra")).get("actions") or ():
        if not calls:
            calls.append(call_text("", action) if not isinstance(action, str) else action)
    told = [block for block in blocks if block.get("type") not in ("tool_use", "tool_result")]
    thought = text_in(told if blocks else content)
    reasoning = text_in(message.get("reasoning_content") or message.get("reasoning"))
    thought = "\n".join(filter(None, (reasoning, thought)))
    first = Step(who, thought=thought, action=calls[0] if calls else "", when=when)
    if not first.is_empty:
        yield first
    yield from (Step(who, action=call) for call in calls[1:])


def steps_of_mini(messages: list[dict[str, Any]]) -> Iterator[Step]:
    """mini-swe-agent: the action is in a block of the answer, the result in the next message.

    Documented: mini-swe-agent docs/usage/output_files.md.
    """
    if any(message.get("tool_calls") or message.get("role") == "tool" for message in messages):
        yield from steps_of_messages(messages)
        return
    waiting: Step | None = None
    for message in messages:
        content, role = text_in(message.get("content")), message.get("role")
        if role == "assistant":
            if waiting is not None:
                yield waiting
            thought, action = _fenced(content)
            waiting = Step(thought=thought, action=action)
        elif role == "user" and waiting is not None and waiting.action:
            yield replace(waiting, result=content, failed=looks_failed(content))
            waiting = None
        else:
            if waiting is not None:
                yield waiting
                waiting = None
            yield Step(str(role or ""), thought=content)
    if waiting is not None:
        yield waiting


def _fenced(text: str) -> tuple[str, str]:
    """The text before the last fenced block, and the block's content."""
    before, fence, rest = text.partition("```")
    if not fence:
        return text, ""
    block = rest.partition("```")[0]
    first, _, code = block.partition("\n")
    return before.strip(), (
        code if first.strip().isidentifier() or not first.strip() else block
    ).strip()


def steps_of_claude(events: Iterable[dict[str, Any]]) -> Iterator[Step]:
    """Claude Code's `--output-format stream-json`, and the one line of `json`."""
    events = list(events)
    messages = [record(event.get("message")) for event in events if "message" in event]
    yield from steps_of_messages(messages)
    for event in events:
        if event.get("type") == "result":
            failed = event.get("is_error") is True
            turns = event.get("num_turns")
            action = f"end: {text_in(event.get('subtype'))}, {turns} turns"
            yield Step(action=action, result=text_in(event.get("result")), failed=failed)
