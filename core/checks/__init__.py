"""Facts that need no model: every rule of every family, and the report on one attempt."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from core.checks.context import Context
from core.checks.registry import FAMILIES, Found, Rule, Settled, all_rules
from core.models import CheckReport, Criteria, Finding

__all__ = ["FAMILIES", "all_rules", "check_attempt"]

MAX_FINDINGS = 50
"""Findings of one rule on one attempt that are kept; a last one counts the rest."""


def check_attempt(
    context: Context,
    *,
    families: Collection[str] = FAMILIES,
    inputs: str = "",
    created: datetime | None = None,
) -> CheckReport:
    """What the rules of `families` say of one attempt.

    Two certain rules that contradict each other leave the criterion unknown.
    """
    findings: list[Finding] = []
    settled: dict[str, set[bool]] = {}
    measures: dict[str, float | int | bool | str | None] = {}
    for rule in all_rules():
        if rule.family not in families:
            continue
        found: list[Found] = []
        try:
            facts = list(rule.check(context))
        except RecursionError:
            measures[f"{rule.id}.unknown"] = "the source is nested too deeply"
            continue
        for fact in facts:
            if isinstance(fact, Found):
                found.append(fact)
            elif isinstance(fact, Settled):
                settled.setdefault(fact.criterion, set()).add(fact.value)
            else:
                measures[fact.name] = fact.value
        findings.extend(_findings(rule, found))
    criteria = Criteria(
        **{name: values.pop() for name, values in settled.items() if len(values) == 1}
    )
    return CheckReport(context.attempt.key, criteria, tuple(findings), measures, inputs, created)


def _findings(rule: Rule, found: list[Found]) -> list[Finding]:
    rest = len(found) - MAX_FINDINGS
    if rest > 0:
        found = [*found[:MAX_FINDINGS], Found(f"and {rest} more", file=found[MAX_FINDINGS].file)]
    return [
        Finding(
            rule=rule.id,
            severity=fact.severity or rule.severity,
            message=fact.message,
            certain=rule.certain if fact.certain is None else fact.certain,
            file=fact.file,
            line=fact.line,
            side=fact.side,
        )
        for fact in found
    ]
