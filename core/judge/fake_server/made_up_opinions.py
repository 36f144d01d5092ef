"""The opinions that the fake server makes up: it compares added lines, and knows nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.judge.question.fences import read_fenced

_ADDED = re.compile(r"^ *\d* \+(?!\+\+ )(.*\S.*)$", re.M)
_NUMBER = re.compile(r"^ {0,5}(\d{1,6}) ", re.M)
_NAME = re.compile(r"^- (\S.*)$", re.M)


def make_rubric(prompt: str) -> dict[str, Any]:
    """A rubric that names the human commit's files."""
    files = _names(read_fenced(prompt).get("human commit", ""))
    return {
        "bottleneck": f"made up: something slow in {', '.join(files)}",
        "essential_change": "made up: the lines that the human commit adds",
        "must_haves": [f"changes {name}" for name in files],
        "acceptable_alternatives": [],
    }


def make_opinion(
    prompt: str, schema: Mapping[str, Any], *, obedient: bool = False, contrary: bool = False
) -> dict[str, Any]:
    """An opinion: yes if most of the human's added lines are added.

    `obedient`: says yes to everything, like a model that follows a planted instruction. `contrary`:
    says the opposite about the logic.
    """
    evidence = read_fenced(prompt)
    human, attempt = evidence.get("human commit", ""), evidence.get("attempt", "")
    wanted, found = set(_ADDED.findall(human)), set(_ADDED.findall(attempt))
    matches = obedient or (bool(wanted) and 2 * len(wanted & found) > len(wanted))
    matches = matches is not contrary
    same_files = obedient or _names(human) == _names(attempt)
    truth = {
        "syntax_correct": True,
        "files_match": same_files,
        "optimization_logic_match": matches,
        "is_template_code": False,
    }
    mine = sorted(found)[:1] or _names(attempt)[:1]
    absent = sorted(wanted - found)[:1] or sorted(wanted)[:1] or _names(human)[:1]

    def answered(part: dict[str, Any], is_true: bool) -> dict[str, Any]:
        word = "yes" if is_true else "no"
        if word not in part["properties"]["answer"]["enum"]:
            word = "cannot_assess"
        return {"evidence": mine if is_true else absent, "why": "made up", "answer": word}

    shape = schema["properties"]
    asked = shape["criteria"]["properties"]
    criteria = {name: answered(part, truth[name]) for name, part in asked.items()}
    musts = shape["must_haves"]["properties"]
    must_haves = {name: answered(part, matches) for name, part in musts.items()}
    issues: list[dict[str, Any]] = []
    if not matches:
        file = next(iter(_names(attempt)), None)
        message = "made up: the human's lines are not here"
        number = _NUMBER.search(attempt)
        line = int(number[1]) if number and file else None
        issues.append({"severity": "error", "file": file, "line": line, "message": message})
    return {
        "reasoning": "made up by a test server that compares added lines",
        "criteria": criteria,
        "must_haves": must_haves,
        "issues": issues,
        "quality_score": 1.0 if matches else 0.25,
    }


def invent_quotes(opinion: dict[str, Any]) -> None:
    """Make every answer of an opinion quote something that was never shown."""
    answers = (*opinion.get("criteria", {}).values(), *_musts(opinion).values())
    for answer in answers:
        answer["evidence"] = ["return invented_by_the_judge()"]


def _musts(opinion: dict[str, Any]) -> dict[str, Any]:
    musts = opinion.get("must_haves", {})
    return musts if isinstance(musts, dict) else {}  # a rubric has a list of them


def _names(text: str) -> list[str]:
    head = text.partition("\n\n")[0] if text.startswith("Files changed") else text
    start = head.find("Files changed")
    listed = head[start:].partition("\n\n")[0] if start >= 0 else ""
    return _NAME.findall(listed)
