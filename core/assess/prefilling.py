"""What an analysis of an attempt may start from: findings and criteria under the headings.

A proposal that a person asks for, edits and records; it is built from the assessment as they may
see it, so nothing sealed is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.assess.outcome import is_bad
from core.models import CRITERIA, Assessment, Finding, Severity, by_rule
from core.text import visible

_SHOWN = 3
"""How many findings of one rule are written out; the rest are counted."""

_GOOD = {
    "syntax_correct": "The changed files parse.",
    "files_match": "It changes the same files as the human commit.",
    "optimization_logic_match": "Its logic matches that of the human commit.",
    "is_complete": "Nothing from the human change is missing.",
    "is_template_code": "It contains no template code.",
}
_BY = {"check": "certain", "judge": "the judge", "person": "a reviewer"}

_TOO_MUCH = ("template.", "files.extra", "files.outside-targets", "patch.scratch-file")
_LOGIC = ("coverage.", "files.missed", "copies.human")
_STORY = ("run.", "base.", "prompt.", "leak.", "patch.cut", "patch.missing", "patch.empty")


def prefilled(known: Assessment, heading: str) -> str:
    """The lines that the evidence suggests for one heading of an analysis; "" if none."""
    lines = {
        "right": lambda: _right(known),
        "errors": lambda: _errors(known),
        "over_optimization": lambda: _said(_of(known, _TOO_MUCH)),
        "logic": lambda: _said(_of(known, _LOGIC)),
        "story": lambda: _story(known),
    }.get(heading)
    return "" if lines is None else "\n".join(f"- {line}" for line in lines())


def _right(known: Assessment) -> Iterator[str]:
    for name in CRITERIA:
        if getattr(known.criteria, name) is not None and not is_bad(known.criteria, name):
            yield f"{_GOOD[name]} ({_BY[known.settled_by[name]]})"


def _errors(known: Assessment) -> Iterator[str]:
    elsewhere = (*_TOO_MUCH, *_LOGIC, *_STORY)
    rest = [f for f in _findings(known) if not f.rule.startswith(elsewhere)]
    yield from _said([f for f in rest if f.severity is not Severity.INFO])


def _story(known: Assessment) -> Iterator[str]:
    run = known.attempt.execution
    if run.error:
        yield f"The run reported: {visible(run.error.strip())[:300]}"
    elif run.returncode:
        yield f"The run ended with return code {run.returncode}."
    yield from _said(_of(known, _STORY))


def _of(known: Assessment, rules: tuple[str, ...]) -> list[Finding]:
    return [finding for finding in _findings(known) if finding.rule.startswith(rules)]


def _findings(known: Assessment) -> Sequence[Finding]:
    return known.report.findings if known.report else ()


def _said(findings: Sequence[Finding]) -> Iterator[str]:
    for rule, found in by_rule(findings).items():
        for finding in found[:_SHOWN]:
            place = f"{visible(finding.place)}: " if finding.place else ""
            yield f"{place}{visible(finding.message)} ({rule})"
        if len(found) > _SHOWN:
            yield f"and {len(found) - _SHOWN} more by {rule}"
