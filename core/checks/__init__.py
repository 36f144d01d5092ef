"""Facts that need no model: every rule of every family, and the report on one attempt."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime

from core.checks.context import Context
from core.checks.registry import (
    FAMILIES,
    Fact,
    Found,
    Measure,
    Rule,
    Settled,
    all_rules,
    rules_about,
)
from core.checks.rule_budget import RULE_SECONDS, BudgetExceeded, budget
from core.models import CheckReport, Criteria, FamilyReport, Finding, Severity
from core.text import one_line

__all__ = [
    "FAILED",
    "FAMILIES",
    "all_rules",
    "check_attempt",
    "describe_fault",
    "faulty_rules",
    "rules_about",
]

FAILED = "patch.unchecked"
"""The rule for reports that an attempt could not be checked, or that a rule failed."""

_FAULT = ".fault"
_log = logging.getLogger(__name__)

MAX_FINDINGS = 50
"""How many findings of one rule on one attempt are kept; a last one counts the rest."""


def check_attempt(
    context: Context,
    *,
    families: Collection[str] = FAMILIES,
    inputs: str = "",
    created: datetime | None = None,
    rule_seconds: float = RULE_SECONDS,
) -> CheckReport:
    """What the rules of `families` say about one attempt.

    Two certain rules that contradict each other leave the criterion unknown. A rule that fails says
    nothing about this attempt and is named by `faulty_rules`; the others count.
    """
    findings: list[Finding] = []
    settled: dict[str, set[bool]] = {}
    measures: dict[str, float | int | bool | str | None] = {}
    for rule in all_rules(families):
        found: list[Found] = []
        for fact in _facts(rule, context, rule_seconds):
            if isinstance(fact, Found):
                found.append(fact)
            elif isinstance(fact, Settled):
                settled.setdefault(fact.criterion, set()).add(fact.value)
            else:
                measures[fact.name] = fact.value
                if fact.name.endswith(_FAULT):
                    findings.append(_failure(rule, str(fact.value)))
        if found:
            findings.extend(_findings(rule, found))
    criteria = Criteria(
        **{name: values.pop() for name, values in settled.items() if len(values) == 1}
    )
    return CheckReport(context.attempt.key, criteria, tuple(findings), measures, inputs, created)


def _facts(rule: Rule, context: Context, seconds: float) -> list[Fact]:
    """What one rule says; if it fails, only that it did."""
    try:
        with budget(seconds):
            facts = list(rule.check(context))
        if not facts:
            return facts
        settled = {fact.criterion for fact in facts if isinstance(fact, Settled)}
        if not settled <= set(rule.criteria):
            raise ValueError(f"it does not declare that it settles {settled - set(rule.criteria)}")
        return facts
    except BudgetExceeded:
        return [Measure(f"{rule.id}.unknown", f"it took more than {seconds:g} s")]
    except RecursionError:
        return [Measure(f"{rule.id}.unknown", "the source is nested too deeply")]
    except Exception as error:  # noqa: BLE001 - a fault of one rule costs that rule only
        _log.exception("the rule %s failed on %s", rule.id, context.attempt.key)
        return [Measure(f"{rule.id}{_FAULT}", describe_fault(error))]


def _failure(rule: Rule, reason: str) -> Finding:
    message = f"the rule {rule.id} failed, so its answer is unknown: {reason}"
    return Finding(FAILED, Severity.WARNING, message, certain=True)


def describe_fault(error: Exception) -> str:
    """An error of our own in a line, without a machine's paths."""
    return one_line(f"{type(error).__name__}: {error}")


def faulty_rules(report: CheckReport | FamilyReport) -> dict[str, str]:
    """The rules that failed on an attempt, each with its error; what they would say is unknown."""
    measures = report.measures.items()
    return {
        name.removesuffix(_FAULT): str(value) for name, value in measures if name.endswith(_FAULT)
    }


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
