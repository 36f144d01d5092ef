"""One step of an agent, whatever recorded it, and what marks it as failed."""

from __future__ import annotations

import json
import re
from typing import Any

from msgspec import Struct

_TRACEBACK = re.compile(r"^Traceback \(most recent call last\):", re.M)
_CODE = re.compile(r"<returncode>(-?\d+)</returncode>")


class Step(Struct, frozen=True):
    """What an agent thought, did and got back. `who`: agent, user, system or tool.

    `failed`: an action that its own record calls an error, that returned a code other than 0, or
    whose output has a Python traceback.
    """

    who: str = "agent"
    thought: str = ""
    action: str = ""
    result: str = ""
    failed: bool = False
    when: str = ""

    @property
    def is_empty(self) -> bool:
        """Is it empty?"""
        return not (self.thought or self.action or self.result)


def text_in(value: object) -> str:
    """What a value says as text: a text, the texts of a list of parts, else its JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(filter(None, map(text_in, value)))
    if isinstance(value, dict):
        for key in ("text", "content", "thinking", "output", "message"):
            if key in value:
                return text_in(value[key])
    return json.dumps(value, indent=2, ensure_ascii=False)


def record(value: object) -> dict[str, Any]:
    """A value as a record; an empty one if it is none."""
    return value if isinstance(value, dict) else {}


def records(value: object) -> list[dict[str, Any]]:
    """The records of a list; none if there is none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def call_text(name: object, given: object) -> str:
    """A tool call as people read it: its name, then its arguments."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            return f"{text_in(name)} {given}".strip()
    if isinstance(given, dict):
        for key in ("command", "cmd", "code"):
            if isinstance(given.get(key), str | list) and len(given) <= 3:
                told = given[key]
                words = told if isinstance(told, str) else " ".join(map(str, told))
                return f"{text_in(name)}: {words}" if name else words
        lines = [f"  {key}: {text_in(value)}" for key, value in given.items()]
        return "\n".join([text_in(name), *lines])
    return f"{text_in(name)} {text_in(given)}".strip()


def looks_failed(result: str) -> bool:
    """Does the output of an action itself say that it failed?"""
    code = _CODE.search(result)
    return bool(code and int(code[1])) or bool(_TRACEBACK.search(result))
