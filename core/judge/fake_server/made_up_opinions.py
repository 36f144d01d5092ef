"""The opinions the fake server makes up: it compares added lines, and knows nothing else."""

from __future__ import annotations

import re
from typing import Any

from core.models import CRITERIA

_SECTION = re.compile(
    r"^<<<patchjury:(\w+) begin ([^>]+)>>>\n(.*?)\n<<<patchjury:\1 end \2>>>$", re.M | re.S
)
_ADDED = re.compile(r"^ *\d* \+(?!\+\+ )(.*\S.*)$", re.M)
_NAME = re.compile(r"^- (\S.*)$", re.M)


def sections(prompt: str) -> dict[str, str]:
    """The pieces of evidence in a prompt by name."""
    return {name: text for _, name, text in _SECTION.findall(prompt)}


def make_rubric(prompt: str) -> dict[str, Any]:
    """A rubric that names the human commit's files."""
    files = _names(sections(prompt).get("human commit", ""))
    return {
        "bottleneck": f"made up: something slow in {', '.join(files)}",
        "essential_change": "made up: the lines that the human commit adds",
        "must_haves": [f"changes {name}" for name in files],
        "acceptable_alternatives": [],
    }


def make_opinion(prompt: str, schema: dict[str, Any], *, obedient: bool = False) -> dict[str, Any]:
    """An opinion: yes when most of the lines that the human added are added.

    `obedient`: says yes to everything, as a model that follows a planted instruction would.
    """
    evidence = sections(prompt)
    human, attempt = evidence.get("human commit", ""), evidence.get("attempt", "")
    wanted, found = set(_ADDED.findall(human)), set(_ADDED.findall(attempt))
    matches = obedient or (bool(wanted) and 2 * len(wanted & found) > len(wanted))
    same_files = obedient or _names(human) == _names(attempt)
    truth = {
        "syntax_correct": True,
        "files_match": same_files,
        "optimization_logic_match": matches,
        "is_complete": matches,
        "is_template_code": False,
    }
    allowed = schema["properties"]["criteria"]["properties"]
    criteria = {}
    for name in CRITERIA:
        answer = "yes" if truth[name] else "no"
        if answer not in allowed[name]["properties"]["answer"]["enum"]:
            answer = "cannot_assess"
        quotes = sorted(wanted & found)[:1]
        criteria[name] = {"evidence": quotes, "why": "made up", "answer": answer}
    issues: list[dict[str, Any]] = []
    if not matches:
        file = next(iter(_names(attempt)), None)
        message = "made up: the human's lines are not here"
        issues.append({"severity": "error", "file": file, "line": 1, "message": message})
    return {
        "reasoning": "made up by a test server that compares added lines",
        "criteria": criteria,
        "issues": issues,
        "quality_score": 1.0 if matches else 0.25,
    }


def _names(text: str) -> list[str]:
    head = text.partition("\n\n")[0] if text.startswith("Files changed") else text
    start = head.find("Files changed")
    listed = head[start:].partition("\n\n")[0] if start >= 0 else ""
    return _NAME.findall(listed)
