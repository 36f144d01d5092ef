"""Which agent wrote a log, recognised by its content, and the steps in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from core.readers.trajectories.agents import (
    steps_of_atif,
    steps_of_codex,
    steps_of_openhands,
    steps_of_swe_agent,
    steps_of_trae,
)
from core.readers.trajectories.chat import steps_of_claude, steps_of_messages, steps_of_mini
from core.readers.trajectories.step import Step, records

_CLAUDE = {"assistant", "user", "system", "result"}
_CODEX = ("thread.", "turn.", "item.", "response_item", "session_meta", "event_msg")
_LOOKED_AT = 50
"""How many lines of a log of events are examined before it counts as one."""


class Trajectory(Struct, frozen=True):
    """The steps of a log and who wrote it; `unread` lines of it were not JSON."""

    kind: str
    steps: tuple[Step, ...]
    unread: int = 0


def parse_trajectory(text: str) -> Trajectory | None:
    """The steps of a log; None if it is of no known kind or has no step."""
    start = text.lstrip()[:1]
    if start not in ("{", "["):
        return None
    try:
        data = json.loads(text)
    except RecursionError:
        return None
    except ValueError:
        return _of_lines(text)
    if isinstance(data, list):
        return _of_events(records(data), 0)
    return _of_record(data) if isinstance(data, dict) else None


def _of_record(data: dict[str, Any]) -> Trajectory | None:
    if str(data.get("schema_version", "")).startswith("ATIF"):
        return _made("ATIF", steps_of_atif(data))
    if "agent_steps" in data:
        return _made("TRAE", steps_of_trae(data))
    if "trajectory" in data and "trajectory_format" not in data:
        return _made("SWE-agent", steps_of_swe_agent(data))
    messages = records(data.get("messages"))
    if "trajectory_format" in data or (messages and "info" in data):
        return _made("mini-swe-agent", steps_of_mini(messages))
    if records(data.get("history")):
        return _of_events(records(data["history"]), 0)
    if messages:
        return _made("chat", steps_of_messages(messages))
    return _of_events([data], 0)


def _of_events(events: list[dict[str, Any]], unread: int) -> Trajectory | None:
    sample = events[:_LOOKED_AT]
    types = [str(event.get("type", "")) for event in sample]
    if any(("action" in one and "args" in one) or "observation" in one for one in sample):
        return _made("OpenHands", steps_of_openhands(events), unread)
    if any(kind.startswith(_CODEX) for kind in types) or any("msg" in one for one in sample):
        return _made("Codex", steps_of_codex(events), unread)
    if _CLAUDE & set(types) and any("message" in one or "subtype" in one for one in sample):
        return _made("Claude Code", steps_of_claude(events), unread)
    if sample and all("role" in one for one in sample):
        return _made("chat", steps_of_messages(events), unread)
    return None


def _of_lines(text: str) -> Trajectory | None:
    events: list[dict[str, Any]] = []
    unread = 0
    for number, line in enumerate(text.split("\n")):
        if not line.strip():
            continue
        try:
            events += records([json.loads(line)])
        except (ValueError, RecursionError):
            unread += 1
            if number < _LOOKED_AT and not events and unread > 5:
                return None
    if not events or unread > len(events):
        return None
    return _of_events(events, unread)


def _made(kind: str, steps: Iterable[Step], unread: int = 0) -> Trajectory | None:
    found = tuple(step for step in steps if not step.is_empty)
    return Trajectory(kind, found, unread) if found else None
